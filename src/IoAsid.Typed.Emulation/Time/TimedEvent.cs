namespace IoAsid.Typed.Emulation;

/// <summary>
/// Something that happens when the machine's time has come; at most once in a <see cref="TimedEvents"/> at a time.
/// </summary>
internal abstract class TimedEvent
{
    internal const int NotQueued = -1;

    /// <summary>When, in nanoseconds.</summary>
    internal long Due { get; set; }

    /// <summary>Which of two at the same time is first.</summary>
    internal long Number { get; set; }

    /// <summary>The place in the heap, or <see cref="NotQueued"/>.</summary>
    internal int Place { get; set; } = NotQueued;

    /// <summary>The time has come; called outside of any step.</summary>
    internal abstract void Fire();

    internal bool IsBefore(TimedEvent other) => Due < other.Due || Due == other.Due && Number < other.Number;
}
