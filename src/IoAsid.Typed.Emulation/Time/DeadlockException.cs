namespace IoAsid.Typed.Emulation;

/// <summary>A run was to continue until a task is complete, but no step and no timer is left that could complete the task.</summary>
public sealed class DeadlockException : Exception
{
    /// <summary>Initializes the exception with the waits of the machine.</summary>
    /// <param name="waits">The waits that parts of the machine report.</param>
    public DeadlockException(IReadOnlyList<string> waits)
        : base(Describe(waits)) => Waits = waits;

    /// <summary>The waits that parts of the machine report. Empty if no part waits.</summary>
    public IReadOnlyList<string> Waits { get; }

    private static string Describe(IReadOnlyList<string> waits) =>
        "No step can run, no timer is set, and the task is not complete. The event that it awaits never happens. "
        + (waits.Count == 0
            ? "No part of the machine reports a wait. Was an interrupt not sent, was its vector not programmed, "
                + "or does code use ConfigureAwait(false), which leaves the scheduler?"
            : "Waiting: " + string.Join("; ", waits) + ".");
}
