using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>A scheduler of steps on one thread. The clock of QEMU advances only if no step is queued.</summary>
internal sealed class QtestScheduler : SynchronizationContext, IScheduler
{
    private const long Tick = 1_000_000;

    private readonly QtestConnection _connection;
    private readonly Queue<Action> _steps = new();
    private readonly List<PendingWait> _waits = [];
    private long _now;

    public QtestScheduler(QtestConnection connection)
    {
        _connection = connection;
        Clock = new MachineClock(this);
    }

    public TimeProvider Clock { get; }

    /// <summary>The actions that poll for events of hardware if no step is queued.</summary>
    public List<Action> Polls { get; } = [];

    public void Post(Action step) => _steps.Enqueue(step);

    public override void Post(SendOrPostCallback d, object? state) => _steps.Enqueue(() => d(state));

    public ValueTask Yield()
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _steps.Enqueue(done.SetResult);
        return new ValueTask(done.Task);
    }

    public ValueTask<bool> WaitUntil(Func<bool> condition, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        PendingWait wait = new(condition, _now + (long)timeout.TotalNanoseconds);
        _waits.Add(wait);
        return new ValueTask<bool>(wait.Done.Task.WaitAsync(cancellationToken));
    }

    public async ValueTask Delay(TimeSpan span, CancellationToken cancellationToken = default) => await WaitUntil(static () => false, span, cancellationToken);

    /// <summary>Runs work, and the steps that it queues, until the work is complete.</summary>
    public void Run(Func<Task> work)
    {
        SynchronizationContext? outer = Current;
        SetSynchronizationContext(this);
        try
        {
            Task? task = null;
            _steps.Enqueue(() => task = work());
            while (task is not { IsCompleted: true })
                RunOne();
            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    private void RunOne()
    {
        if (_steps.TryDequeue(out Action? step))
        {
            step();
            return;
        }

        Polls.ForEach(poll => poll());
        if (_steps.Count == 0 && !EndWaits())
            _now = _connection.MoveClock(Tick);
    }

    private bool EndWaits()
    {
        bool any = false;
        foreach (PendingWait wait in _waits.ToArray())
        {
            bool holds = wait.Condition();
            if (!holds && _now < wait.Due)
                continue;
            _waits.Remove(wait);
            wait.Done.SetResult(holds);
            any = true;
        }

        return any;
    }

    private sealed record PendingWait(Func<bool> Condition, long Due)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The time of the machine. Its timers are not needed without page requests, and never fire.</summary>
    private sealed class MachineClock(QtestScheduler scheduler) : TimeProvider
    {
        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => scheduler._now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new IdleTimer();
    }

    private sealed class IdleTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
