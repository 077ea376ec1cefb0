namespace IoAsid.Typed.Benchmarks.Counters;

/// <summary>The counts of a piece of code in the emulated processor.</summary>
/// <param name="Instructions">The instructions that were executed.</param>
/// <param name="Loads">The reads of memory.</param>
/// <param name="Stores">The writes of memory.</param>
/// <param name="Locked">The locked instructions.</param>
/// <param name="Lines">The accesses whose cache line was not in the data cache of the first level.</param>
/// <param name="Pages">The accesses whose memory page was not in the second-level TLB.</param>
internal sealed record Counts(double Instructions, double Loads, double Stores, double Locked, double Lines, double Pages)
{
    public static Counts operator /(Counts counts, double operations) => new(
        counts.Instructions / operations,
        counts.Loads / operations,
        counts.Stores / operations,
        counts.Locked / operations,
        counts.Lines / operations,
        counts.Pages / operations);
}
