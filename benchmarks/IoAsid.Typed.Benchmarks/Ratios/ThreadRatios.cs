namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>Allocation and free from two threads, each with a root of its own, against one of the threads alone.</summary>
internal static class ThreadRatios
{
    private const int Live = 1 << 12;

    // Two threads do one and a half times the work of one.
    private const double Goal = 1 / 1.5;

    public static void Measure(RatioTable table)
    {
        using IoAsidSpace relaxed = new(new IoAsidSpaceOptions { ReusePolicy = IoAsidReusePolicy.Relaxed });
        Measure(table, relaxed, relaxed, "one space with relaxed order", Goal);

        using IoAsidSpace ordered = new();
        Measure(table, ordered, ordered, "one space, lowest number first", goal: null);

        using IoAsidSpace other = new();
        Measure(table, ordered, other, "a space for each, lowest number first", goal: null);
    }

    private static void Measure(RatioTable table, IoAsidSpace first, IoAsidSpace second, string place, double? goal)
    {
        AllocationRatios.Ours one = new(first, Live);
        AllocationRatios.Ours other = new(second, Live);
        Measure(table, one.LastInFirstOut, other.LastInFirstOut, "last in first out", place, goal);
        Measure(table, one.Churn, other.Churn, "churn at half full", place, goal);
    }

    private static void Measure(RatioTable table, Action<int> first, Action<int> second, string order, string place, double? goal)
    {
        using Pair pair = new(first, second);
        Sample[] times = Interleaved.Nanoseconds(pair.Run, first);
        table.Add(new($"allocate and free from two threads, {order}", place, times[0], "one thread", times[1], goal));
    }
}
