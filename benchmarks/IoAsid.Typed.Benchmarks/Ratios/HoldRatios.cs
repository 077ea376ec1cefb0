namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>The acquisition and the release of holds.</summary>
internal static class HoldRatios
{
    private const string Contender = "interlocked add and subtract";

    public static void Measure(RatioTable table)
    {
        Holds holds = new();
        Sample[] alone = Interleaved.Nanoseconds(
            holds.Scoped, holds.Referenced, holds.Nested, holds.Counted, holds.CountedNested, holds.ScopedFloor, holds.ReferencedFloor);
        table.Add(new("scoped hold, taken and released", "one id", alone[0], Contender, alone[3], 1.6, alone[5]));
        table.Add(new("reference object, taken and released", "one id", alone[1], Contender, alone[3], 2.5, alone[6]));
        table.Add(new("scoped hold, one of two nested ones", "two ids", alone[2], Contender, alone[4], Goal: null));

        using Company other = new(() => holds.Scoped(1 << 10));
        using Company counting = new(() => holds.Counted(1 << 10));
        Sample[] two = Interleaved.Nanoseconds(
            (() => Replace(counting, other), holds.Scoped),
            (() => Replace(other, counting), holds.Counted));
        table.Add(new("scoped hold, two threads on one id", "one id", two[0], Contender, two[1], Goal: null));
    }

    private static void Replace(Company resting, Company working)
    {
        resting.Pause();
        working.Resume();
    }
}
