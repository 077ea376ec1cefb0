using IoAsid.Typed.Benchmarks.Ratios;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;
using Samples;

namespace IoAsid.Typed.Benchmarks.Emulation;

/// <summary>Translations by the IOTLB, and by walks of each kind.</summary>
internal static class TranslationRatios
{
    private const int Pasids = 4;
    private const int HotPages = 1024 / Pasids;

    public static void Measure(RatioTable table)
    {
        UnitRequests hits = Hits();
        RunHitsAndWalks(hits);
        MeasureHit(table, hits);
        MeasureWalks(table);
    }

    // The runtime compiles the unit for the requests that it has seen. Hits and plain walks of each grant come first, so that their rows do not depend on the rows before them.
    private static void RunHitsAndWalks(UnitRequests hits)
    {
        PasidGrantType[] grants = [PasidGrantType.FirstStage, PasidGrantType.SecondStage, PasidGrantType.Nested];
        UnitRequests[] kinds = [hits, .. grants.Select(grant => new Walks(grant, Walks.UncachedLeafTables).Requests)];
        Interleaved.Calibrate(count => Array.ForEach(kinds, kind => kind.Translate(count)));
    }

    // Requests to pages of several PASIDs that the IOTLB holds.
    private static UnitRequests Hits()
    {
        BenchUnit bench = new();
        for (uint number = 0; number < Pasids; number++)
        {
            PageTables tables = bench.UsedTables(firstStage: true);
            for (ulong page = 0; page < HotPages; page++)
                tables.Map(page << BenchUnit.PageShift, bench.Pages.Allocate());

            bench.SetPasid(new Pasid(number), new PasidEntry { GrantType = PasidGrantType.FirstStage, DomainId = new DomainId(1), FirstStageTable = tables.Top });
        }

        Random random = new(1);
        return new(bench.Unit, [.. Enumerable.Range(0, 1 << 12).Select(_ => Request(new Pasid((uint)random.Next(Pasids)), (ulong)random.Next(HotPages) << BenchUnit.PageShift))]);
    }

    private static void MeasureHit(RatioTable table, UnitRequests hits)
    {
        FindLoop set = new(1 << 16);
        Sample[] times = Interleaved.Nanoseconds(hits.Translate, set.Find);
        table.Add(new("IOTLB hit", "1024 pages, 4 PASIDs", times[0], "find through a root set at 64K", times[1], 10));
    }

    private static void MeasureWalks(RatioTable table)
    {
        // The leaf tables map far more pages than the IOTLB holds, so that every request walks.
        Walks warm = new(PasidGrantType.FirstStage, leafTables: 16_384);
        Sample[] times = Interleaved.Nanoseconds(warm.Requests.Translate, warm.ReadPath);
        table.Add(new("walk, 4 levels, first stage, A and D set", "64 MB of tables", times[0], "reading the same four addresses", times[1], 5));

        Walks second = new(PasidGrantType.SecondStage, leafTables: 16_384);
        times = Interleaved.Nanoseconds(second.Requests.Translate, second.ReadPath);
        table.Add(new("walk, 4 levels, second stage, A and D set", "64 MB of tables", times[0], "reading the same four addresses", times[1], Goal: null));

        MeasureNested(table);
        Walks cold = new(PasidGrantType.FirstStage, leafTables: 1024, options => options with { Caching = false });
        times = Interleaved.Nanoseconds(cold.Requests.Translate, cold.ReadPath);
        table.Add(new("walk, nothing cached", "4 MB of tables", times[0], "reading the four paging entries", times[1], Goal: null));

        Walks setting = new(PasidGrantType.FirstStage, Walks.LeafTablesInCache);
        times = Interleaved.Nanoseconds((setting.ClearBits, setting.Requests.TranslateEach), (() => { }, setting.ReadPath));
        table.Add(new("walk, A and D of the leaf to set", "0.25 MB of tables", times[0], "reading the same four addresses", times[1], Goal: null));
        MeasureUpperLevels(table, PasidGrantType.FirstStage, "first stage");
        MeasureUpperLevels(table, PasidGrantType.SecondStage, "second stage");
        MeasureUpperLevels(table, PasidGrantType.Nested, "nested");
    }

    private static void MeasureNested(RatioTable table)
    {
        MeasureNested(table, new Walks(PasidGrantType.Nested, Walks.UncachedLeafTables), "4 MB of tables", goal: 8);
        // The unit's caches are too small for the leaf tables, and the processor's are not.
        Walks small = new(PasidGrantType.Nested, Walks.LeafTablesInCache, options => options with { IotlbCapacity = 4, StructureCapacity = 4 });
        MeasureNested(table, small, "0.25 MB of tables", goal: null);
    }

    private static void MeasureNested(RatioTable table, Walks nested, string size, double? goal)
    {
        const string Walk = "walk, nested 4 on 4 levels, A and D set";
        const string Contender = "reading the four first-stage entries";
        const string Floor = "its four reads, one after the other";
        const string Latency = "the same, one walk after the other";
        Sample[] times = Interleaved.Nanoseconds(nested.Requests.Translate, nested.ReadPath, nested.FollowPath, nested.FollowPathInTurn);
        table.Add(new(Walk, size, times[0], Contender, times[1], goal));
        table.Add(new(Floor, size, times[2], Contender, times[1], Goal: null));
        table.Add(new(Latency, size, times[3], Contender, times[1], Goal: null));
        table.Add(new(Walk, size, times[0], Latency, times[3], Goal: null));
    }

    // The IOTLB holds too few pages for a hit, and the paging-structure caches hold all upper levels.
    private static void MeasureUpperLevels(RatioTable table, PasidGrantType grant, string label)
    {
        Walks cached = new(grant, Walks.LeafTablesInCache, options => options with { IotlbCapacity = 4 });
        Walks uncached = new(grant, Walks.LeafTablesInCache, options => options with { IotlbCapacity = 4, StructureCapacity = 0 });
        Sample[] times = Interleaved.Nanoseconds(cached.Requests.Translate, uncached.Requests.Translate);
        table.Add(new($"walk, {label}, upper levels cached", "0.25 MB of tables", times[0], "without paging-structure caches", times[1], Goal: 1));
    }

    internal static DmaRequest Request(Pasid pasid, ulong address) => new(BenchUnit.Device, address, DmaAccess.Write, new PasidPrefix(pasid));

    /// <summary>The contender of an IOTLB hit: the library's own lookup of random ids.</summary>
    private sealed class FindLoop
    {
        private readonly IoAsidSet<Data> _root;
        private readonly uint _mask;
        private uint _random = 1;

        public FindLoop(int count)
        {
            IoAsidSpace space = new(new IoAsidSpaceOptions { ReservedNumbers = [] });
            _root = space.CreateSet<Data>("root");
            for (int id = 0; id < count; id++)
                _root.Allocate(new Data());

            _mask = (uint)count - 1;
        }

        public void Find(int count)
        {
            long found = 0;
            for (int i = 0; i < count; i++)
            {
                _random = _random * 1664525 + 1013904223;
                if (_root.TryFind(new RawIoAsid((_random >> 8) & _mask), out Data? data))
                    found += data.GetHashCode() & 1;
            }

            Data.Sink = found;
        }
    }
}
