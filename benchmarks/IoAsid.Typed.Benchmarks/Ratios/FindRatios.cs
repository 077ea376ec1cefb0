namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>Lookups of random ids that are live.</summary>
internal static class FindRatios
{
    private static readonly (int Count, string Name, double AgainstArray, double AgainstDictionary, double Interleaved)[] Sizes =
        [(1 << 10, "1K", 1.25, 0.5, 2), (1 << 16, "64K", 1.3, 0.2, 2.5), (1 << 20, "1M", 1.3, 0.25, 3)];

    // With so few ids and so many roots, the root has chunks instead of a page.
    private const int FewIds = 64;
    private const int ManyRoots = 256;

    public static void Measure(RatioTable table)
    {
        foreach ((int count, string name, double againstArray, double againstDictionary, double interleaved) in Sizes)
        {
            using Lookups lookups = new(count);
            Sample[] times = Warm(
                count, lookups.ThroughRoot, lookups.ThroughSubset, lookups.ThroughInterleaved, lookups.InArray, lookups.InDictionary,
                lookups.AtFloorOfRoot, lookups.AtFloorOfOwnPages, lookups.AtFloorOfSharedPages);
            table.Add(new("find through a root set", name, times[0], "raw T[] load", times[3], againstArray, times[5]));
            table.Add(new("find through a root set", name, times[0], "ConcurrentDictionary", times[4], againstDictionary, times[5]));
            table.Add(new("find through a subset, pages of its own", name, times[1], "raw T[] load", times[3], 2, times[6]));
            table.Add(new("find through a subset, ids interleaved", name, times[2], "raw T[] load", times[3], interleaved, times[7]));

            Sample[] touched = Warm(count, lookups.TouchedThroughRoot, lookups.TouchedThroughGCHandles, lookups.TouchedAtFloor);
            table.Add(new("find through a root set, and read the data", name, touched[0], "GCHandle<T>.Target, and the same", touched[1], 1.25, touched[2]));
        }

        using Lookups few = new(FewIds, ManyRoots);
        Sample[] fewTimes = Interleaved.Nanoseconds(few.ThroughRoot, few.InArray, few.InDictionary);
        table.Add(new("find through a root of few ids among many roots", $"{FewIds}", fewTimes[0], "raw T[] load", fewTimes[1], Goal: null));
        table.Add(new("find through a root of few ids among many roots", $"{FewIds}", fewTimes[0], "ConcurrentDictionary", fewTimes[2], Goal: null));

        using Lookups shared = new(1 << 16);
        WithCompany(table, "a second thread reading", shared, () => shared.ThroughRoot(1 << 12), goal: 1.1);
        WithCompany(table, "a second thread writing", shared, shared.WriteOne, goal: 1.3);
    }

    /// <summary>Measures each body after a pass of the same body over as many ids as there are, so that no turn depends on what another body left in the caches.</summary>
    private static Sample[] Warm(int count, params Action<int>[] bodies) =>
        Interleaved.Nanoseconds([.. bodies.Select(body => ((Action)(() => body(count)), body))]);

    private static void WithCompany(RatioTable table, string label, Lookups lookups, Action company, double goal)
    {
        using Company other = new(company);
        Sample[] times = Interleaved.Nanoseconds((other.Resume, lookups.ThroughRoot), (other.Pause, lookups.ThroughRoot));
        table.Add(new("find with " + label, "64K", times[0], "the same alone", times[1], goal));
    }
}
