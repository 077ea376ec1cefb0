using System.Collections.Concurrent;
using IoAsid.Typed.Benchmarks.Ratios;

namespace IoAsid.Typed.Benchmarks.Growth;

/// <summary>The costs of sets with 2⁸ to 2²⁴ ids.</summary>
internal static class IdGrowth
{
    private const string Ids = "ids";
    private const string Ours = "a typed set";
    private const string InDictionary = "ConcurrentDictionary";
    private const string InGCHandles = "GC handles";
    private static readonly int[] Sizes = [.. Enumerable.Range(4, 9).Select(exponent => 1 << (2 * exponent))];

    public static Chart Find() => Measured("growth-find", "Find the data of a random id", "nanoseconds", [Ours, "an array", InDictionary], static size =>
    {
        using Lookups lookups = new(size);
        return Nanoseconds(lookups.ThroughRoot, lookups.InArray, lookups.InDictionary);
    });

    public static Chart Allocate() => Measured(
        "growth-allocate", "Free a random id and allocate one", "nanoseconds", [Ours, InDictionary, InGCHandles], static size =>
    {
        using Churn churn = new(size);
        return Nanoseconds(churn.InSet, churn.InDictionary, churn.InGCHandles);
    });

    public static Chart Memory() => Measured("growth-memory", "Memory of live ids", "bytes for each id", [Ours, InDictionary, "Dictionary"], static size =>
    [
        MemoryRatios.PerDenseId(size),
        PerEntry<ConcurrentDictionary<uint, Data>>(size),
        PerEntry<Dictionary<uint, Data>>(size),
    ]);

    private static Chart Measured(string name, string title, string unit, string[] contenders, Func<int, double[]> measure)
    {
        double[][] costs = [.. Sizes.Select(measure)];
        return new(name, title, Ids, unit, 2, [.. contenders.Select((contender, index) => new Curve(contender, [.. Sizes.Zip(costs, (size, cost) => ((double)size, cost[index]))]))]);
    }

    private static double[] Nanoseconds(params Action<int>[] bodies) => [.. Interleaved.Nanoseconds(bodies).Select(sample => sample.Median)];

    private static double PerEntry<TTable>(int size)
        where TTable : IDictionary<uint, Data>, new() => MemoryRatios.Kept(() => Filled(new TTable(), size)) / size;

    private static object Filled(IDictionary<uint, Data> table, int size)
    {
        for (uint id = 0; id < size; id++)
            table.Add(id, Data.Shared);

        return table;
    }
}
