namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>The data of the ids.</summary>
internal sealed class Data
{
    public static readonly Data Shared = new();

    /// <summary>The field that measurements read.</summary>
    public int Number = 1;

    /// <summary>The sink of a loop's results, which prevents their removal by the compiler.</summary>
    public static long Sink { get; set; }
}
