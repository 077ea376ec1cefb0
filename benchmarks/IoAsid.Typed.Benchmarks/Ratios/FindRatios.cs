using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>Lookups of random ids, all of which are there.</summary>
internal static class FindRatios
{
    private static readonly (int Count, string Name, double AgainstArray, double AgainstDictionary, double Interleaved)[] Sizes =
        [(1 << 10, "1K", 1.25, 0.5, 2), (1 << 16, "64K", 1.3, 0.2, 2.5), (1 << 20, "1M", 1.3, 0.25, 3)];

    // Few enough ids and enough roots that the root has chunks instead of a page.
    private const int FewIds = 64;
    private const int ManyRoots = 256;

    public static void Measure(RatioTable table)
    {
        foreach ((int count, string name, double againstArray, double againstDictionary, double interleaved) in Sizes)
        {
            Lookups lookups = new(count);
            Sample[] times = Interleaved.Nanoseconds(
                lookups.ThroughRoot, lookups.ThroughSubset, lookups.InArray, lookups.InDictionary, lookups.ThroughInterleaved);
            table.Add(new("find through a root set", name, times[0], "raw T[] load", times[2], againstArray));
            table.Add(new("find through a root set", name, times[0], "ConcurrentDictionary", times[3], againstDictionary));
            table.Add(new("find through a subset, pages of its own", name, times[1], "raw T[] load", times[2], 2));
            table.Add(new("find through a subset, ids interleaved", name, times[4], "raw T[] load", times[2], interleaved));

            Sample[] touched = Interleaved.Nanoseconds(lookups.TouchedThroughRoot, lookups.TouchedThroughGCHandles);
            table.Add(new("find through a root set, and read the data", name, touched[0], "GCHandle<T>.Target, and the same", touched[1], 1.25));
        }

        Lookups few = new(FewIds, ManyRoots);
        Sample[] fewTimes = Interleaved.Nanoseconds(few.ThroughRoot, few.InArray, few.InDictionary);
        table.Add(new("find through a root of few ids among many roots", $"{FewIds}", fewTimes[0], "raw T[] load", fewTimes[1], Goal: null));
        table.Add(new("find through a root of few ids among many roots", $"{FewIds}", fewTimes[0], "ConcurrentDictionary", fewTimes[2], Goal: null));

        Lookups shared = new(1 << 16);
        WithCompany(table, "a second thread reading", shared, () => shared.ThroughRoot(1 << 12), goal: 1.1);
        WithCompany(table, "a second thread writing", shared, shared.WriteOne, goal: 1.3);
    }

    private static void WithCompany(RatioTable table, string label, Lookups lookups, Action company, double goal)
    {
        using Company other = new(company);
        Sample[] times = Interleaved.Nanoseconds((other.Resume, lookups.ThroughRoot), (other.Pause, lookups.ThroughRoot));
        table.Add(new("find with " + label, "64K", times[0], "the same alone", times[1], goal));
    }

    private sealed class Lookups
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
            IoAsidSpace space = new(new IoAsidSpaceOptions { ReservedNumbers = [] });
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

        public void TouchedThroughRoot(int count) => InTurn(_ids, count, this, static (ids, lookups) => Touch(lookups._root, ids));

        public void TouchedThroughGCHandles(int count) => InTurn(_gcHandles, count, this, static (handles, _) => Touch(handles));

        public void ThroughInterleaved(int count) => Through<InterleavedLoop>(_interleaved, count);

        public void ThroughRoot(int count) => Through<RootLoop>(_root, count);

        public void ThroughSubset(int count) => Through<SubsetLoop>(_subset, count);

        public void InArray(int count) => Data.Sink = InArray(_array, ref _random, _idShift, count);

        public void InDictionary(int count) => Data.Sink = InDictionary(_dictionary, ref _random, _idShift, count);

        /// <summary>Runs a writer that replaces data and allocates and frees, as a busy driver does.</summary>
        public void WriteOne()
        {
            for (int i = 0; i < 1 << 10; i++)
            {
                _written.SetData(Data.Shared);
                _subset.Allocate(Data.Shared).Free();
            }
        }

        /// <summary>Creates a set that has all these ids except one in each page, which belongs to another set.</summary>
        private static IoAsidSet<Data> Interleaved(int count)
        {
            IoAsidSpace space = new(new IoAsidSpaceOptions { ReservedNumbers = [] });
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

        /// <summary>Returns the high bits of Knuth's linear congruential generator: random ids, without an array of them in the caches.</summary>
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

        /// <summary>Takes names in the random order of a list, as a device that hands them out one after the other.</summary>
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

        /// <typeparam name="TLoop">Makes a loop of its own for each row, as two callers would have, so that no row is laid out for another.</typeparam>
        private static long Through<TLoop>(IoAsidSet<Data> set, ref uint state, int shift, int count)
            where TLoop : struct
        {
            // Few locals, so that all of them stay in registers across the calls that the slower ways make.
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
}
