using System.Runtime.CompilerServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>Walks second-stage tables (architecture 3.7): on its own, and for every address that a first stage produces under nesting.</summary>
internal sealed class SecondStageWalk
{
    // More failed updates in a row than any concurrent writer can cause: an entry that cannot be updated at all.
    private const int MaximumAttempts = 64;

    private readonly TableMemory _memory;
    private readonly StructureCache? _structures;
    private readonly int _maximumGuestWidth;

    // [(level - 1) * 2 + PS]: bits that must be clear.
    private readonly ulong[] _reserved = new ulong[10];

    /// <param name="memory">The tables.</param>
    /// <param name="structures">The paging-structure caches, if the unit has any.</param>
    /// <param name="capabilities">The capabilities of the unit.</param>
    public SecondStageWalk(TableMemory memory, StructureCache? structures, in VtdCapabilities capabilities)
    {
        _memory = memory;
        _structures = structures;
        _maximumGuestWidth = capabilities.MaximumGuestAddressWidth;
        for (int level = 1; level <= 5; level++)
        {
            _reserved[level * 2 - 2] = SecondStageEntry.ReservedMask(level, pageSize: false, capabilities);
            _reserved[level * 2 - 1] = SecondStageEntry.ReservedMask(level, pageSize: true, capabilities);
        }
    }

    /// <summary>Translates an address.</summary>
    /// <param name="space">Where the tables are.</param>
    /// <param name="input">The input address.</param>
    /// <param name="demand">What is wanted.</param>
    /// <param name="result">The output, if nothing went wrong.</param>
    /// <returns>What went wrong.</returns>
    public SecondStageFault Walk(in AddressSpaceContext space, ulong input, WalkDemand demand, out WalkResult result)
    {
        _memory.Witness?.SecondStageBegins(input, demand);
        for (int attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            if (!TryWalk(space, input, demand, out result, out SecondStageFault fault))
                continue;
            _memory.Witness?.SecondStageEnds(fault, result.Address);
            return fault;
        }

        result = default;
        return SecondStageFault.UpdateFailed;
    }

    /// <summary>Whether an address lies beyond what the tables can translate.</summary>
    public bool IsBeyondWidth(in AddressSpaceContext space, ulong input)
    {
        int width = Math.Min(TranslationTables.ShiftOf(space.SecondStageLevels + 1), _maximumGuestWidth);
        return input >> width != 0;
    }

    // False when an entry changed before its bits could be set: what was read so far may be stale.
    private bool TryWalk(in AddressSpaceContext space, ulong input, WalkDemand demand, out WalkResult result, out SecondStageFault fault)
    {
        result = default;
        if (IsBeyondWidth(space, input))
            return Is(SecondStageFault.BeyondWidth, out fault);

        StructureCache? structures = demand.Has(WalkDemand.Peek) ? null : _structures;
        ulong table = space.SecondStageTable;
        EntryRights rights = EntryRights.All;
        int level = space.SecondStageLevels;
        if (structures is not null)
        {
            ref readonly CachedStructure cached = ref structures.Find(space.Domain, default, input, ref level);
            if (!Unsafe.IsNullRef(in cached))
            {
                structures.Observer?.Used(space, isFirstStage: false, input, level, cached);
                (table, rights) = (cached.HostTable, cached.Rights);
                level--;
            }
        }

        for (; ; level--)
        {
            ulong address = table + (ulong)TranslationTables.IndexOf(input, level) * 8;
            if (!_memory.TryRead(address, out ulong bits))
                return Is(level == space.SecondStageLevels ? SecondStageFault.TopTableAccess : SecondStageFault.EntryAccess, out fault);

            SecondStageEntry entry = new(bits);
            ulong mask = _reserved[level * 2 - (entry.PageSize ? 1 : 2)];
            _memory.Witness?.Saw(new EntryPosition(address, TranslationTables.IndexOf(input, level), level), entry, new Bits64(mask));
            rights &= EntryRightsReading.RightsOf(entry);
            if (!entry.Present)
                return Is(SecondStageFault.NotPresent, out fault);
            if ((bits & mask) != 0)
                return Is(SecondStageFault.Reserved, out fault);
            if (entry.IsLeaf(level))
                return TryFinish(space, input, demand, level, address, entry, rights, out result, out fault);

            if (space.SecondStageAccessedDirtyEnable && !entry.Accessed && !demand.Has(WalkDemand.Peek))
            {
                if (!space.PageWalkSnoop)
                    return Is(SecondStageFault.UpdateNotSnooped, out fault);
                if (!_memory.TryUpdate(address, bits, (entry with { Accessed = true }).Bits))
                    return IsStale(out fault);
            }

            table = entry.Address;
            structures?.Add(space.Domain, default, input, level, new CachedStructure(table, table, rights));
        }
    }

    private bool TryFinish(
        in AddressSpaceContext space, ulong input, WalkDemand demand, int level, ulong address, SecondStageEntry leaf, EntryRights entries,
        out WalkResult result, out SecondStageFault fault)
    {
        result = default;
        bool read = entries.Has(EntryRights.Readable);
        bool write = entries.Has(EntryRights.Writable);
        if (!read && !write)
            return Is(SecondStageFault.NotPresent, out fault);
        if (!demand.Has(WalkDemand.Ask) && Denied(demand, read, write) is var denied and not SecondStageFault.None)
            return Is(denied, out fault);

        ulong offset = input & (TranslationTables.PageSizeOf(level) - 1);
        ulong output = leaf.PageAddress(level) | offset;
        bool keepsDirty = space.SecondStageAccessedDirtyEnable;
        SecondStageEntry updated = leaf with
        {
            Accessed = leaf.Accessed || keepsDirty,
            Dirty = leaf.Dirty || keepsDirty && write && demand.Has(WalkDemand.Write),
        };

        // Under nesting the page of the answer may be smaller: the first stage tests it.
        bool isWhole = demand.Has(WalkDemand.Ask) && space.Grant != PasidGrantType.Nested;
        if (isWhole ? InterruptRange.Overlaps(leaf.PageAddress(level), TranslationTables.PageSizeOf(level)) : InterruptRange.Contains(output))
            return Is(SecondStageFault.InterruptRange, out fault);
        if (updated != leaf && !demand.Has(WalkDemand.Peek))
        {
            if (!space.PageWalkSnoop)
                return Is(SecondStageFault.UpdateNotSnooped, out fault);
            if (!_memory.TryUpdate(address, leaf.Bits, updated.Bits))
                return IsStale(out fault);
        }

        PageRights rights = PageRights.User
            | (read ? PageRights.Read : PageRights.None)
            | (write ? PageRights.Write | PageRights.SupervisorWrite : PageRights.None)
            | (updated.Dirty || !keepsDirty ? PageRights.Dirty : PageRights.None);
        result = new WalkResult(output, (byte)TranslationTables.ShiftOf(level), 0, rights);
        return Is(SecondStageFault.None, out fault);
    }

    private static SecondStageFault Denied(WalkDemand demand, bool read, bool write)
    {
        if (demand.Has(WalkDemand.Write | WalkDemand.MustBeWritable) && !write)
            return SecondStageFault.WriteDenied;
        return demand.Has(WalkDemand.Read) && !read ? SecondStageFault.ReadDenied : SecondStageFault.None;
    }

    private static bool Is(SecondStageFault what, out SecondStageFault fault)
    {
        fault = what;
        return true;
    }

    private static bool IsStale(out SecondStageFault fault)
    {
        fault = SecondStageFault.None;
        return false;
    }
}
