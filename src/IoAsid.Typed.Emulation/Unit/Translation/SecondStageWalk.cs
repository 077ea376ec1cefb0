using System.Runtime.CompilerServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The walk of second-stage tables (VT-d 3.7). With nested translation it translates each address of the first stage.</summary>
internal sealed class SecondStageWalk
{
    // A writer cannot cause so many failed updates in a row, so the entry cannot be updated.
    private const int MaximumAttempts = 64;

    private readonly TableMemory _memory;
    private readonly StructureCache? _structures;
    private readonly int _maximumGuestWidth;

    // The reserved bits of entries, by (level - 1) * 2 + PS.
    private readonly ulong[] _reserved = new ulong[10];

    /// <param name="memory">The memory of the tables.</param>
    /// <param name="structures">The paging-structure caches, or null for a unit without them.</param>
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
    /// <param name="space">The address space.</param>
    /// <param name="input">The input address.</param>
    /// <param name="demand">The requested access.</param>
    /// <param name="result">The output, if the walk succeeds.</param>
    /// <returns>The fault, or none.</returns>
    public SecondStageFault Walk(in AddressSpaceContext space, ulong input, WalkDemand demand, out WalkResult result)
    {
        _memory.WalkObserver?.SecondStageStarted(input, demand);
        for (int attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            if (!TryWalk(space, input, demand, out result, out SecondStageFault fault))
                continue;
            _memory.WalkObserver?.SecondStageEnded(fault, result.Address);
            return fault;
        }

        result = default;
        return SecondStageFault.UpdateFailed;
    }

    /// <summary>Returns true if an address is above the width that the tables can translate.</summary>
    public bool IsBeyondWidth(in AddressSpaceContext space, ulong input)
    {
        int width = Math.Min(TranslationTables.ShiftOf(space.SecondStageLevels + 1), _maximumGuestWidth);
        return input >> width != 0;
    }

    // Returns false if an entry changed before its bits could be set. The entries that were read may be stale, so the walk is repeated.
    private bool TryWalk(in AddressSpaceContext space, ulong input, WalkDemand demand, out WalkResult result, out SecondStageFault fault)
    {
        result = default;
        if (IsBeyondWidth(space, input))
            return Done(SecondStageFault.BeyondWidth, out fault);

        StructureCache? structures = demand.Has(WalkDemand.Peek) ? null : _structures;
        ulong table = space.SecondStageTable;
        EntryRights rights = EntryRights.All;
        int level = space.SecondStageLevels;
        if (structures is not null)
        {
            ref readonly CachedStructure cached = ref structures.Find(space.Domain, default, input, ref level);
            if (!Unsafe.IsNullRef(in cached))
            {
                _memory.Observer?.StructureUsed(new StructureUse(space, IsFirstStage: false, input, level, cached));
                (table, rights) = (cached.HostTable, cached.Rights);
                level--;
            }
        }

        for (; ; level--)
        {
            ulong address = table + (ulong)TranslationTables.IndexOf(input, level) * 8;
            if (!_memory.TryRead(address, out ulong bits))
                return Done(level == space.SecondStageLevels ? SecondStageFault.TopTableAccess : SecondStageFault.EntryAccess, out fault);

            SecondStageEntry entry = new(bits);
            ulong mask = _reserved[level * 2 - (entry.PageSize ? 1 : 2)];
            _memory.WalkObserver?.EntryRead(new EntryPosition(address, TranslationTables.IndexOf(input, level), level), entry, new Bits64(mask));
            rights &= EntryRightsExtensions.RightsOf(entry);
            if (!entry.Present)
                return Done(SecondStageFault.NotPresent, out fault);
            if ((bits & mask) != 0)
                return Done(SecondStageFault.Reserved, out fault);
            if (entry.IsLeaf(level))
                return TryTranslateLeaf(space, input, demand, level, address, entry, rights, out result, out fault);

            if (space.SecondStageAccessedDirtyEnable && !entry.Accessed && !demand.Has(WalkDemand.Peek))
            {
                if (!space.PageWalkSnoop)
                    return Done(SecondStageFault.UpdateNotSnooped, out fault);
                if (!_memory.TryUpdate(address, bits, (entry with { Accessed = true }).Bits))
                    return Retry(out fault);
            }

            table = entry.Address;
            structures?.Add(space.Domain, default, input, level, new CachedStructure(table, table, rights));
        }
    }

    private bool TryTranslateLeaf(
        in AddressSpaceContext space, ulong input, WalkDemand demand, int level, ulong address, SecondStageEntry leaf, EntryRights entries,
        out WalkResult result, out SecondStageFault fault)
    {
        result = default;
        bool read = entries.Has(EntryRights.Readable);
        bool write = entries.Has(EntryRights.Writable);
        if (!read && !write)
            return Done(SecondStageFault.NotPresent, out fault);
        if (!demand.Has(WalkDemand.TranslationRequest) && CheckRights(demand, read, write) is var denied and not SecondStageFault.None)
            return Done(denied, out fault);

        ulong offset = input & (TranslationTables.PageSizeOf(level) - 1);
        ulong output = leaf.PageAddress(level) | offset;
        bool keepsDirty = space.SecondStageAccessedDirtyEnable;
        SecondStageEntry updated = leaf with
        {
            Accessed = leaf.Accessed || keepsDirty,
            Dirty = leaf.Dirty || keepsDirty && write && demand.Has(WalkDemand.Write),
        };

        // With nested translation the page of the completion can be smaller, so the first-stage walk makes this check.
        bool isWhole = demand.Has(WalkDemand.TranslationRequest) && space.Grant != PasidGrantType.Nested;
        if (isWhole ? InterruptRange.Overlaps(leaf.PageAddress(level), TranslationTables.PageSizeOf(level)) : InterruptRange.Contains(output))
            return Done(SecondStageFault.InterruptRange, out fault);
        if (updated != leaf && !demand.Has(WalkDemand.Peek))
        {
            if (!space.PageWalkSnoop)
                return Done(SecondStageFault.UpdateNotSnooped, out fault);
            if (!_memory.TryUpdate(address, leaf.Bits, updated.Bits))
                return Retry(out fault);
        }

        PageRights rights = PageRights.User
            | (read ? PageRights.Read : PageRights.None)
            | (write ? PageRights.Write | PageRights.SupervisorWrite : PageRights.None)
            | (updated.Dirty || !keepsDirty ? PageRights.Dirty : PageRights.None);
        result = new WalkResult(output, (byte)TranslationTables.ShiftOf(level), 0, rights);
        return Done(SecondStageFault.None, out fault);
    }

    private static SecondStageFault CheckRights(WalkDemand demand, bool read, bool write)
    {
        if (demand.Has(WalkDemand.Write | WalkDemand.MustBeWritable) && !write)
            return SecondStageFault.WriteDenied;
        return demand.Has(WalkDemand.Read) && !read ? SecondStageFault.ReadDenied : SecondStageFault.None;
    }

    private static bool Done(SecondStageFault kind, out SecondStageFault fault)
    {
        fault = kind;
        return true;
    }

    private static bool Retry(out SecondStageFault fault)
    {
        fault = SecondStageFault.None;
        return false;
    }
}
