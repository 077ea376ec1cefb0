namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>What the ids carry.</summary>
internal sealed class Data
{
    public static readonly Data Shared = new();

    /// <summary>So few that they stay in the first-level cache: what is measured is the way to them.</summary>
    public static readonly Data[] Few = [.. Enumerable.Range(1, 64).Select(value => new Data { Value = value })];

    /// <summary>What a driver reads of the data it found.</summary>
    public int Value { get; private init; }

    /// <summary>Keeps what a loop found from being optimised away.</summary>
    public static long Sink { get; set; }
}
