namespace IoAsid.Typed.Emulation;

/// <summary>An event that fires at a point of virtual time. It is in a <see cref="TimedEvents"/> at most once at a time.</summary>
internal abstract class TimedEvent
{
    internal const int NotQueued = -1;

    /// <summary>The due time, in nanoseconds.</summary>
    internal long Due { get; set; }

    /// <summary>The sequence number. Of two events with the same due time, the lower number fires first.</summary>
    internal long Number { get; set; }

    /// <summary>The index in the heap, or <see cref="NotQueued"/>.</summary>
    internal int HeapIndex { get; set; } = NotQueued;

    /// <summary>Handles the event at its due time. The call is outside of steps.</summary>
    internal abstract void Fire();

    internal bool IsBefore(TimedEvent other) => Due < other.Due || Due == other.Due && Number < other.Number;
}
