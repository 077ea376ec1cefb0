using IoAsid.Typed.Benchmarks.Ratios;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;
using Samples;

namespace IoAsid.Typed.Benchmarks.Emulation;

/// <summary>Walks of a unit with tables of one address space, and reads of the same entries.</summary>
internal sealed class Walks
{
    /// <summary>The number of leaf tables that the caches of a processor hold.</summary>
    public const int LeafTablesInCache = 64;

    /// <summary>The number of leaf tables of which the caches of the unit hold few, and those of a processor most.</summary>
    public const int UncachedLeafTables = 1024;

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
            requests[i] = TranslationRatios.Request(new Pasid(1), page << BenchUnit.PageShift);
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
        Requests = new UnitRequests(_bench.Unit, requests);
    }

    public UnitRequests Requests { get; }

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
