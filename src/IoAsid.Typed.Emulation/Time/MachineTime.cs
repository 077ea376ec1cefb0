namespace IoAsid.Typed.Emulation;

/// <summary>The virtual time of a machine, and its timed events. Time moves with steps. It jumps to the next event when no step can run.</summary>
internal sealed class MachineTime(long stepNanoseconds)
{
    private readonly TimedEvents _events = new();

    /// <summary>The time since the machine was switched on, in nanoseconds.</summary>
    public long Now { get; private set; }

    /// <summary>The duration of a step, in nanoseconds.</summary>
    public long StepNanoseconds => stepNanoseconds;

    public void FireAfter(TimedEvent item, TimeSpan span) => _events.Add(item, Nanoseconds.After(Now, span));

    /// <summary>Cancels an event. Does nothing if the event is not scheduled.</summary>
    public void Cancel(TimedEvent item) => _events.Remove(item);

    public void FireDue()
    {
        while (_events.NextDue <= Now)
            _events.RemoveFirst().Fire();
    }

    public void PassStep() => Now += stepNanoseconds;

    public void AdvanceTo(long time) => Now = Math.Max(Now, time);

    /// <summary>Tries to jump to the next event before a time.</summary>
    public bool TryJumpAhead(long end)
    {
        long due = _events.NextDue;
        if (due >= end)
            return false;
        AdvanceTo(due);
        return true;
    }
}
