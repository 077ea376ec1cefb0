namespace IoAsid.Typed.Emulation;

/// <summary>The time of a machine and the events that wait for it. It moves with steps, and jumps to the next event when nothing can run.</summary>
internal sealed class MachineTime(long stepNanoseconds)
{
    private readonly TimedEvents _events = new();

    /// <summary>The time since the machine was switched on, in nanoseconds.</summary>
    public long Now { get; private set; }

    /// <summary>The duration of a step, in nanoseconds.</summary>
    public long StepNanoseconds => stepNanoseconds;

    public void FireAfter(TimedEvent item, TimeSpan span) => _events.Add(item, Nanoseconds.After(Now, span));

    /// <summary>Takes an event back; one that is not waiting is left alone.</summary>
    public void Cancel(TimedEvent item) => _events.Remove(item);

    public void FireDue()
    {
        while (_events.NextDue <= Now)
            _events.TakeFirst().Fire();
    }

    public void PassStep() => Now += stepNanoseconds;

    public void AdvanceTo(long time) => Now = Math.Max(Now, time);

    /// <summary>Jumps to the next event; false if there is none before a time.</summary>
    public bool TryJumpAhead(long end)
    {
        long due = _events.NextDue;
        if (due >= end)
            return false;
        AdvanceTo(due);
        return true;
    }
}
