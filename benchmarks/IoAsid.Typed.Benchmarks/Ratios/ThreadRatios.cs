namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>Allocation and free from two threads, each with a root of its own, against one of the threads alone.</summary>
internal static class ThreadRatios
{
    private const int Live = 1 << 12;

    // Two threads do one and a half times the work of one.
    private const double Goal = 1 / 1.5;

    public static void Measure(RatioTable table)
    {
        using IoAsidSpace relaxed = Relaxed();
        Measure(table, "one space with relaxed order", new(relaxed, Live, scattered: false), new(relaxed, Live, scattered: false), Goal);

        using IoAsidSpace scattered = Relaxed();
        Measure(table, "the same, free numbers scattered", new(scattered, Live, scattered: true), new(scattered, Live, scattered: true), goal: null);

        using IoAsidSpace ordered = new();
        Measure(table, "one space, lowest number first", new(ordered, Live, scattered: false), new(ordered, Live, scattered: false), goal: null);

        using IoAsidSpace other = new();
        Measure(table, "a space for each, lowest number first", new(ordered, Live, scattered: false), new(other, Live, scattered: false), goal: null);
    }

    private static IoAsidSpace Relaxed() => new(new IoAsidSpaceOptions { ReusePolicy = IoAsidReusePolicy.Relaxed });

    private static void Measure(RatioTable table, string place, AllocationRatios.Ours one, AllocationRatios.Ours other, double? goal)
    {
        Measure(table, one.LastInFirstOut, other.LastInFirstOut, "last in first out", place, goal);
        Measure(table, one.Churn, other.Churn, "churn of 4K", place, goal);
    }

    private static void Measure(RatioTable table, Action<int> first, Action<int> second, string order, string place, double? goal)
    {
        using Pair pair = new(first, second);
        Sample[] times = Interleaved.Nanoseconds(pair.Run, first);
        table.Add(new($"allocate and free from two threads, {order}", place, times[0], "one thread", times[1], goal));
    }
}
