using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using IoAsid.Typed.Benchmarks.Floors;

namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>Allocation and free, against a bitmap without a lock, a locked bitmap with a dictionary, and GC handles.</summary>
internal static class AllocationRatios
{
    private static readonly (int Live, string Name)[] Sizes = [(1 << 12, "4K"), (1 << 16, "64K")];

    public static void Measure(RatioTable table)
    {
        foreach ((int live, string name) in Sizes)
        {
            Ours ours = new(live);
            Ours relaxed = new(live, IoAsidReusePolicy.Relaxed);
            Floor floor = new(live);
            Bitmap bitmap = new(live);
            ByHand byHand = new(live);
            string size = name + " live";
            Sample[] stack = Interleaved.Nanoseconds(
                bitmap.LastInFirstOut, byHand.LastInFirstOut, GCHandles, ours.LastInFirstOut, relaxed.LastInFirstOut, floor.LastInFirstOut);
            AddLastInFirstOut(table, "lowest number first", size, stack[3], stack, stack[5]);
            AddLastInFirstOut(table, "relaxed order", size, stack[4], stack, floor: null);

            Sample[] churn = Interleaved.Nanoseconds(bitmap.Churn, byHand.Churn, ours.Churn, relaxed.Churn, floor.Churn);
            AddChurn(table, "lowest number first", size, churn[2], churn, churn[4]);
            AddChurn(table, "relaxed order", size, churn[3], churn, floor: null);
        }
    }

    /// <summary>Returns random places among so many live ids, in an order that is the same in each run.</summary>
    public static int[] RandomOrder(int live, int length = 1 << 16)
    {
        Random random = new(1);
        var order = new int[length];
        for (int i = 0; i < order.Length; i++)
            order[i] = random.Next(live);

        return order;
    }

    private static void AddLastInFirstOut(RatioTable table, string order, string size, Sample ours, Sample[] contenders, Sample? floor)
    {
        string label = $"allocate and free, {order}, last in first out";
        table.Add(new(label, size, ours, "the unlocked bitmap alone", contenders[0], 3.5, floor));
        table.Add(new(label, size, ours, "bitmap+lock+dictionary+node", contenders[1], 0.3, floor));
        table.Add(new(label, size, ours, "GCHandle.Alloc and Free", contenders[2], 1.2, floor));
    }

    private static void AddChurn(RatioTable table, string order, string size, Sample ours, Sample[] contenders, Sample? floor)
    {
        string label = $"allocate and free, {order}, churn at half full";
        table.Add(new(label, size, ours, "the unlocked bitmap alone", contenders[0], 4, floor));
        table.Add(new(label, size, ours, "bitmap+lock+dictionary+node", contenders[1], 0.45, floor));
    }

    public static void GCHandles(int count)
    {
        for (int i = 0; i < count; i++)
            GCHandle.Alloc(Data.Shared).Free();
    }

    /// <summary>Fills the space, then frees a random half of the ids, so that the free numbers are scattered.</summary>
    private static void HalfFill<T>(T[] live, Func<T> allocate, Action<T> free)
    {
        var all = new T[2 * live.Length];
        Fill(all, allocate);
        new Random(2).Shuffle(all);
        for (int i = 0; i < live.Length; i++)
        {
            free(all[i]);
            live[i] = all[live.Length + i];
        }
    }

    private static void Fill<T>(T[] live, Func<T> allocate)
    {
        for (int i = 0; i < live.Length; i++)
            live[i] = allocate();
    }

    internal sealed class Ours
    {
        private readonly IoAsidSet<Data> _set;
        private readonly IoAsidHandle<Data>[] _live;
        private readonly int[] _order;

        public Ours(int live, IoAsidReusePolicy policy = IoAsidReusePolicy.Lowest)
            : this(new IoAsidSpace(new IoAsidSpaceOptions { Capacity = 2 * live, ReservedNumbers = [], ReusePolicy = policy }), live, scattered: true)
        {
        }

        public Ours(IoAsidSpace space, int live, bool scattered)
        {
            _set = space.CreateSet<Data>("root").CreateSubset<Data>("subset");
            _live = new IoAsidHandle<Data>[live];
            _order = RandomOrder(live);
            if (scattered)
                HalfFill(_live, () => _set.Allocate(Data.Shared), handle => handle.Free());
            else
                Fill(_live, () => _set.Allocate(Data.Shared));
        }

        public void LastInFirstOut(int count)
        {
            for (int i = 0; i < count; i++)
                _set.Allocate(Data.Shared).Free();
        }

        public void Churn(int count)
        {
            for (int i = 0; i < count; i++)
            {
                ref IoAsidHandle<Data> handle = ref _live[_order[i & (_order.Length - 1)]];
                handle.Free();
                handle = _set.Allocate(Data.Shared);
            }
        }
    }

    internal sealed class Floor
    {
        private readonly FloorTable _table = new();
        private readonly FloorSet _set = new(index: 1, new FloorBudget(long.MaxValue));
        private readonly FloorHandle[] _live;
        private readonly int[] _order;

        public Floor(int live)
        {
            _live = new FloorHandle[live];
            _order = RandomOrder(live);
            for (uint number = 0; number < 2 * live; number += FloorPage.Size)
                _table.EnsurePage(number);

            HalfFill(_live, () => _table.Allocate(_set, Data.Shared), handle => _table.Free(handle));
        }

        public void LastInFirstOut(int count)
        {
            for (int i = 0; i < count; i++)
                _table.Free(_table.Allocate(_set, Data.Shared));
        }

        public void Churn(int count)
        {
            for (int i = 0; i < count; i++)
            {
                ref FloorHandle handle = ref _live[_order[i & (_order.Length - 1)]];
                _table.Free(handle);
                handle = _table.Allocate(_set, Data.Shared);
            }
        }
    }

    internal sealed class Bitmap
    {
        private readonly PlainBitmap _free = new();
        private readonly uint[] _live;
        private readonly int[] _order;

        public Bitmap(int live)
        {
            _live = new uint[live];
            _order = RandomOrder(live);
            HalfFill(_live, _free.Take, _free.Return);
        }

        public void LastInFirstOut(int count)
        {
            for (int i = 0; i < count; i++)
                _free.Return(_free.Take());
        }

        public void Churn(int count)
        {
            for (int i = 0; i < count; i++)
            {
                ref uint number = ref _live[_order[i & (_order.Length - 1)]];
                _free.Return(number);
                number = _free.Take();
            }
        }
    }

    /// <summary>The contender without this library: a locked bitmap, and a node for each id in a concurrent dictionary.</summary>
    private sealed class ByHand
    {
        private readonly PlainBitmap _free = new();
        private readonly Lock _lock = new();
        private readonly ConcurrentDictionary<uint, Node> _nodes = new();
        private readonly uint[] _live;
        private readonly int[] _order;

        public ByHand(int live)
        {
            _live = new uint[live];
            _order = RandomOrder(live);
            HalfFill(_live, Allocate, Free);
        }

        public void LastInFirstOut(int count)
        {
            for (int i = 0; i < count; i++)
                Free(Allocate());
        }

        public void Churn(int count)
        {
            for (int i = 0; i < count; i++)
            {
                ref uint number = ref _live[_order[i & (_order.Length - 1)]];
                Free(number);
                number = Allocate();
            }
        }

        private uint Allocate()
        {
            uint number;
            lock (_lock)
                number = _free.Take();

            _nodes.TryAdd(number, new Node(this, Data.Shared));
            return number;
        }

        private void Free(uint number)
        {
            if (_nodes.TryRemove(number, out Node? node) && node.Set == this)
            {
                lock (_lock)
                    _free.Return(number);
            }
        }

        private sealed record Node(object Set, Data Data);
    }
}
