using IoAsid.Typed.Lifetime;

namespace IoAsid.Typed.Exploration.Scheduling;

/// <summary>Runs the parts of a scenario at the same time and waits for all of them.</summary>
internal static class Concurrently
{
    public static Task Run(params Action[] parts) => Task.WhenAll(parts.Select(part => Task.Run(() => RunInThreadWithLedger(part))));

    /// <summary>Makes the ledger of the thread first. Without it the first hold of a thread goes the long way, and the short way is not explored.</summary>
    private static void RunInThreadWithLedger(Action part)
    {
        _ = HoldLedger.Current;
        part();
    }
}
