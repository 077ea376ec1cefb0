namespace IoAsid.Typed.Emulation;

/// <summary>A timer of a <see cref="VirtualClock"/>. Its callback runs as a step of the party that created the timer.</summary>
internal sealed class VirtualTimer : TimedEvent, ITimer
{
    private readonly SeededScheduler _scheduler;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private readonly Party _party;
    private readonly Action<object?> _run;
    private TimeSpan _period = Timeout.InfiniteTimeSpan;
    private int _setting;
    private bool _isDisposed;

    public VirtualTimer(SeededScheduler scheduler, TimerCallback callback, object? state)
    {
        _scheduler = scheduler;
        _callback = callback;
        _state = state;
        _party = scheduler.CurrentParty;
        _run = Run;
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        CheckSpan(dueTime, nameof(dueTime));
        CheckSpan(period, nameof(period));
        if (_isDisposed)
            return false;
        _setting++;
        _period = period;
        _scheduler.Cancel(this);
        if (dueTime != Timeout.InfiniteTimeSpan)
            _scheduler.FireAfter(this, dueTime);
        return true;
    }

    public void Dispose()
    {
        _isDisposed = true;
        _setting++;
        _scheduler.Cancel(this);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal override void Fire()
    {
        _scheduler.Enqueue(_party, _run, _setting, "timer");
        if (_period != Timeout.InfiniteTimeSpan && _period != TimeSpan.Zero)
            _scheduler.FireAfter(this, _period);
    }

    // Change and Dispose cancel a callback whose step is already queued.
    private void Run(object? setting)
    {
        if ((int)setting! == _setting)
            _callback(_state);
    }

    private static void CheckSpan(TimeSpan span, string name)
    {
        if (span < TimeSpan.Zero && span != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(name, span, "The time is negative. Pass zero or more, or Timeout.InfiniteTimeSpan for never.");
    }
}
