namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>The data of the ids.</summary>
internal sealed class Data
{
    public static readonly Data Shared = new();

    /// <summary>What a user of the data reads first.</summary>
    public int Number = 1;

    /// <summary>The sink of a loop's results, which prevents their removal by the compiler.</summary>
    public static long Sink { get; set; }
}
