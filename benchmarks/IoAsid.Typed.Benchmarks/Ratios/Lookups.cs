using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using IoAsid.Typed.Benchmarks.Floors;

namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>Ids in sets and the same data in the contenders. Lookups are in random order.</summary>
internal sealed class Lookups : IDisposable
{
    private readonly uint[] _ids;
    private readonly GCHandle<Data>[] _gcHandles;
    private readonly IoAsidSet<Data> _root;
    private readonly IoAsidSet<Data> _subset;
    private readonly Data[] _array;
    private readonly ConcurrentDictionary<uint, Data> _dictionary = new();
    private readonly IoAsidSet<Data> _interleaved;
    private readonly int _idShift;
    private readonly IoAsidHandle<Data> _written;
    private readonly FloorTable _floor = new();
    private readonly FloorSet _floorSet;
    private uint _random = 1;
    private int _next;

    /// <param name="count">The number of ids of the root.</param>
    /// <param name="otherRoots">The number of other roots of the space, which have one id each.</param>
    public Lookups(int count, int otherRoots = 0)
    {
        IoAsidSpace space = Space(count);
        for (uint other = 0; other < otherRoots; other++)
            space.CreateSet<Data>("other").Allocate(Data.Shared, (uint)count, (uint)IoAsidSpaceOptions.PasidCapacity - 1);

        _root = space.CreateSet<Data>("root");
        _subset = _root.CreateSubset<Data>("subset");
        _array = new Data[count];
        _interleaved = Interleaved(count);
        _floorSet = new FloorSet(index: 1, new FloorBudget(count));
        for (uint id = 0; id < count; id++)
        {
            Data data = new();
            _written = _subset.Allocate(data);
            _floor.Put(id, _floorSet, data);
            _array[id] = data;
            _dictionary[id] = data;
        }

        _idShift = 32 - BitOperations.Log2((uint)count);
        _ids = [.. Enumerable.Range(0, count).Select(id => (uint)id)];
        new Random(1).Shuffle(_ids);
        GCHandle<Data>[] inOrder = [.. _array.Select(data => new GCHandle<Data>(data))];
        _gcHandles = [.. _ids.Select(id => inOrder[id])];
    }

    public void Dispose() => Array.ForEach(_gcHandles, handle => handle.Dispose());

    public void TouchedThroughRoot(int count) => InTurn(_ids, count, this, static (ids, lookups) => Touch(lookups._root, ids));

    public void TouchedAtFloor(int count) => InTurn(_ids, count, this, static (ids, lookups) => Touch(lookups._floor, ids));

    public void TouchedThroughGCHandles(int count) => InTurn(_gcHandles, count, this, static (handles, _) => Touch(handles));

    public void ThroughRoot(int count) => Count(new ThroughSet(_root), count);

    public void ThroughSubset(int count) => Count(new ThroughOwnPages(_subset), count);

    public void ThroughInterleaved(int count) => Count(new ThroughSharedPages(_interleaved), count);

    public void InArray(int count) => Count(new OfArray(_array), count);

    public void InDictionary(int count) => Count(new OfDictionary(_dictionary), count);

    public void AtFloorOfRoot(int count) => Count(new FloorOfRoot(_floor), count);

    public void AtFloorOfOwnPages(int count) => Count(new FloorOfOwnPages(_floor, _floorSet), count);

    public void AtFloorOfSharedPages(int count) => Count(new FloorOfSharedPages(_floor, _floorSet), count);

    /// <summary>Replaces data, and allocates and frees ids, like a busy driver.</summary>
    public void WriteOne()
    {
        for (int i = 0; i < 1 << 10; i++)
        {
            _written.SetData(Data.Shared);
            _subset.Allocate(Data.Shared).Free();
        }
    }

    private static IoAsidSpace Space(int count) => new(new IoAsidSpaceOptions { Capacity = Math.Max(count, IoAsidSpaceOptions.PasidCapacity), ReservedNumbers = [] });

    /// <summary>Creates a set with the given number of ids, in pages from which another set has allocated before.</summary>
    private static IoAsidSet<Data> Interleaved(int count)
    {
        IoAsidSpace space = Space(count);
        IoAsidSet<Data> root = space.CreateSet<Data>("root");
        IoAsidSet<Data> other = root.CreateSubset<Data>("other");
        IoAsidSet<Data> set = root.CreateSubset<Data>("interleaved");
        for (uint id = 0; id < count; id++)
        {
            if (id % 1024 == 0)
                other.Allocate(Data.Shared).Free();

            set.Allocate(new Data());
        }

        return set;
    }

    /// <summary>Returns the next state of Knuth's linear congruential generator. Its high bits are a random id, so no array of ids occupies the caches.</summary>
    private static uint Next(uint random) => (random * 1664525) + 1013904223;

    /// <summary>Accesses the data of names in the random order of an array, like a device that sends them one after the other.</summary>
    private void InTurn<TName>(TName[] names, int count, Lookups lookups, Func<ReadOnlySpan<TName>, Lookups, long> touch)
    {
        while (count > 0)
        {
            ReadOnlySpan<TName> turn = names.AsSpan(_next, Math.Min(count, names.Length - _next));
            Data.Sink = touch(turn, lookups);
            _next = (_next + turn.Length) % names.Length;
            count -= turn.Length;
        }
    }

    private static long Touch(IoAsidSet<Data> set, ReadOnlySpan<uint> ids)
    {
        long sum = 0;
        foreach (uint id in ids)
        {
            if (set.TryFind(new RawIoAsid(id), out Data? data))
                sum += data.Number;
        }

        return sum;
    }

    private static long Touch(FloorTable floor, ReadOnlySpan<uint> ids)
    {
        long sum = 0;
        foreach (uint id in ids)
        {
            if (floor.Find(id) is { } data)
                sum += data.Number;
        }

        return sum;
    }

    private static long Touch(ReadOnlySpan<GCHandle<Data>> handles)
    {
        long sum = 0;
        foreach (GCHandle<Data> handle in handles)
            sum += handle.Target.Number;

        return sum;
    }

    private void Count<TTable>(TTable table, int count)
        where TTable : struct, ITable => Data.Sink = Count(table, ref _random, _idShift, count);

    /// <typeparam name="TTable">The row. The runtime compiles a separate loop for each row, as for two callers, so that no row is optimized for another.</typeparam>
    private static long Count<TTable>(TTable table, ref uint state, int shift, int count)
        where TTable : struct, ITable
    {
        // There are few locals, so that all of them stay in registers across the calls of the slower paths.
        uint random = state;
        long found = 0;
        for (; count > 0; count--)
        {
            random = Next(random);
            if (table.Has(random >> shift))
                found++;
        }

        state = random;
        return found;
    }

    /// <summary>One way to look an id up.</summary>
    private interface ITable
    {
        bool Has(uint id);
    }

    private readonly struct ThroughSet(IoAsidSet<Data> set) : ITable
    {
        public bool Has(uint id) => set.TryFind(new RawIoAsid(id), out _);
    }

    private readonly struct ThroughOwnPages(IoAsidSet<Data> set) : ITable
    {
        public bool Has(uint id) => set.TryFind(new RawIoAsid(id), out _);
    }

    private readonly struct ThroughSharedPages(IoAsidSet<Data> set) : ITable
    {
        public bool Has(uint id) => set.TryFind(new RawIoAsid(id), out _);
    }

    private readonly struct OfArray(Data?[] array) : ITable
    {
        public bool Has(uint id) => array[id] is not null;
    }

    private readonly struct OfDictionary(ConcurrentDictionary<uint, Data> dictionary) : ITable
    {
        public bool Has(uint id) => dictionary.TryGetValue(id, out _);
    }

    private readonly struct FloorOfRoot(FloorTable floor) : ITable
    {
        public bool Has(uint id) => floor.Find(id) is not null;
    }

    private readonly struct FloorOfOwnPages(FloorTable floor, FloorSet set) : ITable
    {
        public bool Has(uint id) => floor.FindInOwnPage(set, id) is not null;
    }

    private readonly struct FloorOfSharedPages(FloorTable floor, FloorSet set) : ITable
    {
        public bool Has(uint id) => floor.FindInSharedPage(set, id) is not null;
    }
}
