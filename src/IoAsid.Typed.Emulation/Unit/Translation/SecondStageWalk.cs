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

    // The reserved bits of entries, by (level - 1) * 2 + PS.
    private readonly ulong[] _reserved = new ulong[10];

    /// <param name="memory">The memory of the tables.</param>
    /// <param name="structures">The paging-structure caches, or null for a unit without them.</param>
    /// <param name="capabilities">The capabilities of the unit.</param>
    public SecondStageWalk(TableMemory memory, StructureCache? structures, in VtdCapabilities capabilities)
    {
        _memory = memory;
        _structures = structures;
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

    // Returns false if an entry changed before its bits could be set. The entries that were read may be stale, so the walk is repeated. The parts of a walk are
    // inlined, because the frame and the arguments of each cost more than the part.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryWalk(in AddressSpaceContext space, ulong input, WalkDemand demand, out WalkResult result, out SecondStageFault fault)
    {
        result = default;
        if (input >> space.SecondStageWidth != 0)
            return Done(SecondStageFault.BeyondWidth, out fault);

        StructureCache? structures = demand.Has(WalkDemand.Peek) ? null : _structures;
        CachedStructure top = new(space.SecondStageTable, space.SecondStageTable, EntryRights.All, space.SecondStageLevels + 1);
        (_, ulong table, EntryRights rights, int level) = _memory.BeginningOf(space, isFirstStage: false, structures, input, top);
        for (level--; ; level--)
        {
            ulong address = table + (ulong)TranslationTables.IndexOf(input, level) * 8;
            if (!_memory.TryRead(address, out ulong bits))
                return Done(level == space.SecondStageLevels ? SecondStageFault.TopTableAccess : SecondStageFault.EntryAccess, out fault);

            SecondStageEntry entry = new(bits);
            ulong mask = _reserved[level * 2 - (entry.PageSize ? 1 : 2)];
            _memory.WalkObserver?.PagingEntryRead(address, input, level, entry, mask);
            rights &= EntryRightsExtensions.RightsOf(entry);
            if (!entry.Present)
                return Done(SecondStageFault.NotPresent, out fault);
            if ((bits & mask) != 0)
                return Done(SecondStageFault.Reserved, out fault);
            if (entry.IsLeaf(level))
                return TryTranslateLeaf(space, input, demand, level, address, entry, rights, out result, out fault);
            if (space.SecondStageAccessedDirtyEnable && !entry.Accessed
                && (!TryUpdate(space, address, entry, entry with { Accessed = true }, demand, out fault) || fault != SecondStageFault.None))
                return fault != SecondStageFault.None;

            table = entry.Address;
            structures?.Add(space.Domain, default, input, new CachedStructure(table, table, rights, level));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

        ulong output = leaf.PageAddress(level) | input & (TranslationTables.PageSizeOf(level) - 1);
        bool keepsDirty = space.SecondStageAccessedDirtyEnable;
        SecondStageEntry updated = keepsDirty
            ? leaf with { Accessed = true, Dirty = leaf.Dirty || write && demand.Has(WalkDemand.Write) }
            : leaf;

        // With nested translation the page of the completion can be smaller, so the first-stage walk makes this check.
        bool isWhole = demand.Has(WalkDemand.TranslationRequest) && space.Grant != PasidGrantType.Nested;
        if (isWhole ? InterruptRange.Overlaps(leaf.PageAddress(level), TranslationTables.PageSizeOf(level)) : InterruptRange.Contains(output))
            return Done(SecondStageFault.InterruptRange, out fault);
        if (updated != leaf && (!TryUpdate(space, address, leaf, updated, demand, out fault) || fault != SecondStageFault.None))
            return fault != SecondStageFault.None;

        PageRights rights = PageRights.User
            | (read ? PageRights.Read : PageRights.None)
            | (write ? PageRights.Write | PageRights.SupervisorWrite : PageRights.None)
            | (updated.Dirty || !keepsDirty ? PageRights.Dirty : PageRights.None);
        result = new WalkResult(output, (byte)TranslationTables.ShiftOf(level), 0, rights);
        return Done(SecondStageFault.None, out fault);
    }

    private bool TryUpdate(
        in AddressSpaceContext space, ulong address, SecondStageEntry entry, SecondStageEntry updated, WalkDemand demand, out SecondStageFault fault)
    {
        fault = SecondStageFault.None;
        if (demand.Has(WalkDemand.Peek))
            return true;
        return space.PageWalkSnoop ? _memory.TryUpdate(address, entry.Bits, updated.Bits) : Done(SecondStageFault.UpdateNotSnooped, out fault);
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
}
