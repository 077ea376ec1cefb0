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
    private const int LeafTablesInCache = 64;

    public static void Measure(RatioTable table)
    {
        MeasureHit(table);
        MeasureWalks(table);
    }

    private static void MeasureHit(RatioTable table)
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
        Requests hot = new(bench.Unit, [.. Enumerable.Range(0, 1 << 12).Select(_ => Request(new Pasid((uint)random.Next(Pasids)), (ulong)random.Next(HotPages) << BenchUnit.PageShift))]);
        FindLoop set = new(1 << 16);
        Sample[] times = Interleaved.Nanoseconds(hot.Translate, set.Find);
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

        Walks setting = new(PasidGrantType.FirstStage, LeafTablesInCache);
        times = Interleaved.Nanoseconds((setting.ClearBits, setting.Requests.TranslateEach), (() => { }, setting.ReadPath));
        table.Add(new("walk, A and D of the leaf to set", "0.25 MB of tables", times[0], "reading the same four addresses", times[1], Goal: null));
        MeasureUpperLevels(table, PasidGrantType.FirstStage, "first stage");
        MeasureUpperLevels(table, PasidGrantType.SecondStage, "second stage");
        MeasureUpperLevels(table, PasidGrantType.Nested, "nested");
    }

    private static void MeasureNested(RatioTable table)
    {
        MeasureNested(table, new Walks(PasidGrantType.Nested, leafTables: 1024), "4 MB of tables", goal: 8);
        // The unit's caches are too small for the leaf tables, and the processor's are not.
        Walks small = new(PasidGrantType.Nested, LeafTablesInCache, options => options with { IotlbCapacity = 4, StructureCapacity = 4 });
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
        Walks cached = new(grant, LeafTablesInCache, options => options with { IotlbCapacity = 4 });
        Walks uncached = new(grant, LeafTablesInCache, options => options with { IotlbCapacity = 4, StructureCapacity = 0 });
        Sample[] times = Interleaved.Nanoseconds(cached.Requests.Translate, uncached.Requests.Translate);
        table.Add(new($"walk, {label}, upper levels cached", "0.25 MB of tables", times[0], "without paging-structure caches", times[1], Goal: 1));
    }

    internal static DmaRequest Request(Pasid pasid, ulong address) => new(BenchUnit.Device, address, DmaAccess.Write, new PasidPrefix(pasid));

    /// <summary>The requests of a row, in a random order that is the same in each run.</summary>
    internal sealed class Requests(VtdUnit unit, DmaRequest[] requests)
    {
        private int _at;

        public void Translate(int count)
        {
            ulong sum = 0;
            int at = _at;
            for (int i = 0; i < count; i++)
            {
                sum += unit.Translate(requests[at]).Address;
                at = (at + 1) & (requests.Length - 1);
            }

            _at = at;
            Data.Sink = (long)sum;
        }

        /// <summary>Translates requests from the first one on, so that a turn accesses each page once.</summary>
        public void TranslateEach(int count)
        {
            _at = 0;
            Translate(count);
        }
    }

    private sealed class Walks
    {
        private readonly BenchUnit _bench;
        private readonly ulong[] _paths;

        // The second-stage tables of level 2 of a nested walk, by the GiB that they map.
        private readonly ulong[] _secondStageTables = new ulong[12];
        private int _at;

        public Walks(PasidGrantType grant, int leafTables, Func<UnitOptions, UnitOptions>? configure = null)
        {
            _bench = new BenchUnit(configure);
            bool first = grant != PasidGrantType.SecondStage;
            PageTables tables = _bench.UsedTables(first);
            Random random = new(1);
            DmaRequest[] requests = new DmaRequest[1 << 16];
            _paths = new ulong[requests.Length * 4];
            for (int i = 0; i < requests.Length; i++)
            {
                ulong page = (ulong)(i % leafTables) << 9 | (uint)random.Next(512);
                tables.Map(page << BenchUnit.PageShift, (4UL << 30) + (page << BenchUnit.PageShift));
                requests[i] = Request(new Pasid(1), page << BenchUnit.PageShift);
            }

            random.Shuffle(requests);
            for (int i = 0; i < requests.Length; i++)
                tables.PathTo(requests[i].Address).CopyTo(_paths, i * 4);

            PasidEntry entry = new() { GrantType = grant, DomainId = new DomainId(1), AddressWidth = AddressWidth.Bits48 };
            _bench.SetPasid(new Pasid(1), grant switch
            {
                PasidGrantType.FirstStage => entry with { FirstStageTable = tables.Top },
                PasidGrantType.SecondStage => entry with { SecondStageTable = tables.Top, SecondStageAccessedDirtyEnable = true },
                _ => entry with { FirstStageTable = tables.Top, SecondStageTable = MapToItself() },
            });
            Requests = new Requests(_bench.Unit, requests);
        }

        public Requests Requests { get; }

        public void ReadPath(int count)
        {
            ulong sum = 0;
            int at = _at;
            for (int i = 0; i < count; i++)
            {
                for (int level = 0; level < 4; level++)
                {
                    _bench.Memory.TryReadUInt64(_paths[at + level], out ulong value);
                    sum += value;
                }

                at = (at + 4) & (_paths.Length - 1);
            }

            _at = at;
            Data.Sink = (long)sum;
        }

        /// <summary>Clears the accessed and dirty bits of the leaves, and invalidates the translations.</summary>
        public void ClearBits()
        {
            for (int leaf = 3; leaf < _paths.Length; leaf += 4)
            {
                ulong bits = _bench.Pages.Read(_paths[leaf]);
                _bench.Pages.Write(_paths[leaf], (new FirstStageEntry(bits) with { Accessed = false, Dirty = false }).Bits);
            }

            _bench.Submit(new PasidIotlbInvalidation { Granularity = PasidIotlbGranularity.Pasid, DomainId = new DomainId(1), Pasid = new Pasid(1) }.Bits);
        }

        /// <summary>
        /// Reads the entries of a nested walk whose upper levels are cached. The address of each is known only after the entry before. Nothing is checked.
        /// The processor reads entries of several walks at once.
        /// </summary>
        public void FollowPath(int count)
        {
            ulong sum = 0;
            int at = _at;
            for (int i = 0; i < count; i++)
            {
                sum += Follow(at);
                at = (at + 4) & (_paths.Length - 1);
            }

            _at = at;
            Data.Sink = (long)sum;
        }

        /// <summary>Reads the same entries. A walk begins only after the end of the walk before, so the processor waits for each entry.</summary>
        public void FollowPathInTurn(int count)
        {
            ulong sum = 0;
            int at = _at;
            for (int i = 0; i < count; i++)
            {
                ulong output = Follow(at);
                sum += output;
                // No output has its highest bit set, but the processor does not know that.
                at = (at + 4 + (int)(output >> 63)) & (_paths.Length - 1);
            }

            _at = at;
            Data.Sink = (long)sum;
        }

        private ulong Follow(int at)
        {
            ulong table = SecondStagePageOf(FirstStagePageAt(_paths[at + 2]));
            return SecondStagePageOf(FirstStagePageAt(table | (_paths[at + 3] & (TranslationTables.TableSize - 1))));
        }

        private ulong FirstStagePageAt(ulong entryAddress)
        {
            _bench.Memory.TryReadUInt64(entryAddress, out ulong entry);
            return new FirstStageEntry(entry).Address;
        }

        private ulong SecondStagePageOf(ulong address)
        {
            ulong table = _secondStageTables[address >> 30];
            _bench.Memory.TryReadUInt64(table + (ulong)TranslationTables.IndexOf(address, level: 2) * sizeof(ulong), out ulong entry);
            return new SecondStageEntry(entry).PageAddress(level: 2) | address & (TranslationTables.PageSizeOf(2) - 1);
        }

        // Maps the low memory and 8 GiB of the high memory to themselves, with pages of 2 MiB.
        private ulong MapToItself()
        {
            PageTables tables = _bench.UsedTables(firstStage: false);
            foreach (int region in (int[])[0, 1, .. Enumerable.Range(4, 8)])
            {
                ulong start = (ulong)region << 30;
                for (ulong address = start; address < start + (1UL << 30); address += TranslationTables.PageSizeOf(2))
                    tables.Map(address, address, level: 2);

                _secondStageTables[region] = tables.PlaceOf(start, level: 2);
            }

            return tables.Top;
        }
    }

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
