namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>The acquisition and the release of holds.</summary>
internal static class HoldRatios
{
    public static void Measure(RatioTable table)
    {
        Holds holds = new();
        Sample[] alone = Interleaved.Nanoseconds(holds.Scoped, holds.Referenced, holds.Counted);
        table.Add(new("scoped hold, taken and released", "one id", alone[0], "interlocked add and subtract", alone[2], 1.6));
        table.Add(new("reference object, taken and released", "one id", alone[1], "interlocked add and subtract", alone[2], 2.5));

        using Company other = new(() => holds.Scoped(1 << 10));
        using Company counting = new(() => holds.Counted(1 << 10));
        Sample[] two = Interleaved.Nanoseconds(
            (() => Replace(counting, other), holds.Scoped),
            (() => Replace(other, counting), holds.Counted));
        table.Add(new("scoped hold, two threads on one id", "one id", two[0], "interlocked add and subtract", two[1], Goal: null));
    }

    private static void Replace(Company resting, Company working)
    {
        resting.Pause();
        working.Resume();
    }

    private sealed class Holds
    {
        private readonly IoAsidSet<Data> _root = new IoAsidSpace().CreateSet<Data>("root");
        private readonly RawIoAsid _id;
        private ulong _count;

        public Holds() => _id = _root.Allocate(Data.Shared).Id;

        public void Scoped(int count)
        {
            IoAsidReader<Data> reader = _root;
            for (int i = 0; i < count; i++)
            {
                using IoAsidHold<Data> hold = reader.Hold(_id);
            }
        }

        public void Referenced(int count)
        {
            for (int i = 0; i < count; i++)
            {
                if (_root.TryHold(_id, out IoAsidReference<Data>? reference))
                    reference.Dispose();
            }
        }

        public void Counted(int count)
        {
            for (int i = 0; i < count; i++)
            {
                Interlocked.Increment(ref _count);
                Interlocked.Decrement(ref _count);
            }
        }
    }
}
