namespace IoAsid.Typed.Emulation;

/// <summary>A run was to go on until a task is complete, and nothing is left that could complete it.</summary>
public sealed class DeadlockException : Exception
{
    /// <summary>Nothing is left to run.</summary>
    /// <param name="waits">What parts of the machine say they wait for.</param>
    public DeadlockException(IReadOnlyList<string> waits)
        : base(Describe(waits)) => Waits = waits;

    /// <summary>What parts of the machine say they wait for; empty when none of them waits.</summary>
    public IReadOnlyList<string> Waits { get; }

    private static string Describe(IReadOnlyList<string> waits) =>
        "Nothing is left to run, no timer is set, and the task is not complete: what it awaits never happens. "
        + (waits.Count == 0
            ? "No part of the machine waits for anything. Was an interrupt never sent or its vector never programmed, "
                + "or was something awaited with ConfigureAwait(false), which leaves the scheduler?"
            : "Waiting: " + string.Join("; ", waits) + ".");
}
