namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>What the ids carry.</summary>
internal sealed class Data
{
    public static readonly Data Shared = new();

    /// <summary>Keeps what a loop found from being optimised away.</summary>
    public static long Sink { get; set; }
}
