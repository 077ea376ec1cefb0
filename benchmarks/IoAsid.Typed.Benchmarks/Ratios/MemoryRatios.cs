namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>The bytes that an operation allocates, and the bytes that an id, an empty space and a root keep.</summary>
internal static class MemoryRatios
{
    private const int Operations = 10_000;
    private const int ManySpaces = 64;

    public static void Measure(RatioTable table)
    {
        IoAsidSet<Data> set = new IoAsidSpace().CreateSet<Data>("root");
        RawIoAsid id = set.Allocate(Data.Shared).Id;
        AddAllocated(table, "find", () => set.TryFind(id, out _));
        AddAllocated(table, "scoped hold", () => set.Hold(id).Dispose());
        AddAllocated(table, "allocate and free", () => set.Allocate(Data.Shared).Free());

        table.Add(new("bytes per live id, dense", "64K", Sample.Exact(PerDenseId(1 << 16)), "", null, 24));
        table.Add(new("bytes per live id, dense", "1M", Sample.Exact(PerDenseId(1 << 20)), "", null, 24));
        table.Add(new("bytes per live id, interleaved", "1,000 sets x 64", Sample.Exact(PerInterleavedId(1_000, 64)), "", null, 32));
        table.Add(new("bytes of an empty space with one root", "", Sample.Exact(Kept(EmptySpaces) / ManySpaces), "", null, 6 * 1024));
        table.Add(new("bytes per root of a space with many", "1,000 roots x 1 id", Sample.Exact(Kept(ManyRoots) / 1_000), "", null, Goal: 1024));
        AddSparse(table, "1,024 of 2^20", count: 1 << 10, IoAsidSpaceOptions.PasidCapacity, goalAfterFree: 256);
        AddSparse(table, "50,000 of 2^32", count: 50_000, IoAsidSpaceOptions.MaxCapacity, goalAfterFree: 128);
    }

    /// <summary>Returns the bytes that remain in use as long as an object does.</summary>
    public static double Kept(Func<object> make)
    {
        // The first call allocates statics and compiled code, which do not count.
        make();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        object made = make();
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(made);
        return kept;
    }

    private static void AddAllocated(RatioTable table, string label, Action operation)
    {
        operation();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Operations; i++)
            operation();

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        table.Add(new("bytes allocated by " + label, "", Sample.Exact((double)allocated / Operations), "", null, Goal: 0));
    }

    /// <summary>Adds the rows of ids at equal distances, with one id in each page.</summary>
    private static void AddSparse(RatioTable table, string size, int count, long capacity, double goalAfterFree)
    {
        table.Add(new("bytes per id, one a page", size, Sample.Exact(PerSparseId(count, capacity, free: false)), "", null, Goal: null));
        table.Add(new("bytes per id, one a page, after all are freed", size, Sample.Exact(PerSparseId(count, capacity, free: true)), "", null, goalAfterFree));
    }

    private static double PerSparseId(int count, long capacity, bool free) =>
        Kept(() =>
        {
            IoAsidSpace space = new(new IoAsidSpaceOptions { ReservedNumbers = [], Capacity = capacity });
            IoAsidSet<Data> set = space.CreateSet<Data>("root");
            for (long index = 0; index < count; index++)
            {
                uint number = (uint)(index * (capacity / count));
                set.Allocate(Data.Shared, number, number);
            }

            if (free)
                set.FreeAll();

            return space;
        }) / count;

    /// <summary>Returns the bytes of each id in a set with the given number of ids.</summary>
    public static double PerDenseId(int count) =>
        Kept(() =>
        {
            IoAsidSpace space = new(new IoAsidSpaceOptions { Capacity = Math.Max(count, IoAsidSpaceOptions.PasidCapacity), ReservedNumbers = [] });
            IoAsidSet<Data> set = space.CreateSet<Data>("root");
            Fill(count, () => set.Allocate(Data.Shared));
            return space;
        }) / count;

    private static double PerInterleavedId(int sets, int each) =>
        Kept(() =>
        {
            IoAsidSpace space = Space();
            IoAsidSet<Data> root = space.CreateSet<Data>("root");
            IoAsidSet<Data>[] subsets = [.. Enumerable.Range(0, sets).Select(index => root.CreateSubset<Data>("subset"))];
            int next = 0;
            Fill(sets * each, () => subsets[next++ % sets].Allocate(Data.Shared));
            return space;
        }) / (sets * each);

    /// <summary>Creates many spaces, because the collector's own counts change by more than the bytes of one.</summary>
    private static IoAsidSpace[] EmptySpaces()
    {
        IoAsidSpace[] spaces = [.. Enumerable.Range(0, ManySpaces).Select(_ => new IoAsidSpace())];
        foreach (IoAsidSpace space in spaces)
            space.CreateSet<Data>("root");

        return spaces;
    }

    private static IoAsidSpace ManyRoots()
    {
        IoAsidSpace space = new();
        Fill(1_000, () => space.CreateSet<Data>("root").Allocate(Data.Shared));
        return space;
    }

    private static IoAsidSpace Space() => new(new IoAsidSpaceOptions { ReservedNumbers = [] });

    private static void Fill(int count, Func<IoAsidHandle<Data>> allocate)
    {
        for (int i = 0; i < count; i++)
            allocate();
    }
}
