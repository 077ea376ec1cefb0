using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

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
        for (uint id = 0; id < count; id++)
        {
            Data data = new();
            _written = _subset.Allocate(data);
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

    public void TouchedThroughGCHandles(int count) => InTurn(_gcHandles, count, this, static (handles, _) => Touch(handles));

    public void ThroughInterleaved(int count) => Through<InterleavedLoop>(_interleaved, count);

    public void ThroughRoot(int count) => Through<RootLoop>(_root, count);

    public void ThroughSubset(int count) => Through<SubsetLoop>(_subset, count);

    public void InArray(int count) => Data.Sink = InArray(_array, ref _random, _idShift, count);

    public void InDictionary(int count) => Data.Sink = InDictionary(_dictionary, ref _random, _idShift, count);

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

    private static long InArray(Data?[] array, ref uint state, int shift, int count)
    {
        uint random = state;
        long found = 0;
        for (; count > 0; count--)
        {
            random = Next(random);
            if (array[random >> shift] is not null)
                found++;
        }

        state = random;
        return found;
    }

    private static long InDictionary(ConcurrentDictionary<uint, Data> dictionary, ref uint state, int shift, int count)
    {
        uint random = state;
        long found = 0;
        for (; count > 0; count--)
        {
            random = Next(random);
            if (dictionary.TryGetValue(random >> shift, out _))
                found++;
        }

        state = random;
        return found;
    }

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

    private static long Touch(ReadOnlySpan<GCHandle<Data>> handles)
    {
        long sum = 0;
        foreach (GCHandle<Data> handle in handles)
            sum += handle.Target.Number;

        return sum;
    }

    private void Through<TLoop>(IoAsidSet<Data> set, int count)
        where TLoop : struct => Data.Sink = Through<TLoop>(set, ref _random, _idShift, count);

    /// <typeparam name="TLoop">The row. The runtime compiles a separate loop for each row, as for two callers, so that no row is optimized for another.</typeparam>
    private static long Through<TLoop>(IoAsidSet<Data> set, ref uint state, int shift, int count)
        where TLoop : struct
    {
        // There are few locals, so that all of them stay in registers across the calls of the slower paths.
        uint random = state;
        long found = 0;
        for (; count > 0; count--)
        {
            random = Next(random);
            if (set.TryFind(new RawIoAsid(random >> shift), out _))
                found++;
        }

        state = random;
        return found;
    }

    private readonly struct RootLoop;

    private readonly struct SubsetLoop;

    private readonly struct InterleavedLoop;
}
