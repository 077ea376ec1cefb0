using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The walk of first-stage tables (VT-d 3.6). With nested translation, the second stage translates each address in them (VT-d 3.8).</summary>
internal sealed class FirstStageWalk
{
    private const int MaximumAttempts = 64;
    private const int Levels = 5;

    private readonly TableMemory _memory;
    private readonly SecondStageWalk _secondStage;
    private readonly StructureCache? _structures;
    private readonly bool _revision3;

    // The reserved bits of entries, by (level - 1) * 2 + PS.
    private readonly ulong[] _reserved = new ulong[Levels * 2];

    /// <param name="memory">The memory of the tables.</param>
    /// <param name="secondStage">The walk that translates guest addresses.</param>
    /// <param name="structures">The paging-structure caches, or null for a unit without them.</param>
    /// <param name="capabilities">The capabilities of the unit.</param>
    public FirstStageWalk(TableMemory memory, SecondStageWalk secondStage, StructureCache? structures, in VtdCapabilities capabilities)
    {
        _memory = memory;
        _secondStage = secondStage;
        _structures = structures;
        _revision3 = capabilities.Revision == VtdRevision.Three;
        for (int level = 1; level <= Levels; level++)
        {
            _reserved[level * 2 - 2] = FirstStageEntry.ReservedMask(level, pageSize: false, capabilities);
            _reserved[level * 2 - 1] = FirstStageEntry.ReservedMask(level, pageSize: true, capabilities);
        }
    }

    /// <summary>Translates an address.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="input">The input address of 64 bits.</param>
    /// <param name="demand">The requested access.</param>
    /// <param name="result">The output, if the walk succeeds.</param>
    /// <returns>The fault reason, or none.</returns>
    public FaultReason Walk(in AddressSpaceContext space, ulong input, WalkDemand demand, out WalkResult result)
    {
        result = default;
        if (!IsCanonical(input, space.FirstStageLevels))
            return FaultReason.NotCanonical;
        for (int attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            if (TryWalk(space, input, demand, out result, out FaultReason fault))
                return fault;
        }

        result = default;
        return FaultReason.FirstStageUpdateFailed;
    }

    private static ulong ExecuteDisableBit => new FirstStageEntry { ExecuteDisable = true }.Bits;

    private static bool IsCanonical(ulong address, int levels)
    {
        int unused = 64 - TranslationTables.ShiftOf(levels + 1);
        return (ulong)((long)(address << unused) >> unused) == address;
    }

    // Returns false if an entry changed before its bits could be set. The entries that were read may be stale, so the walk is repeated.
    private bool TryWalk(in AddressSpaceContext space, ulong input, WalkDemand demand, out WalkResult result, out FaultReason fault)
    {
        result = default;
        bool nested = space.Grant == PasidGrantType.Nested;
        // In revision 3, XD is reserved while NXE is clear, like on a processor. Later revisions ignore XD.
        ulong executeDisable = _revision3 && !space.NoExecuteEnable ? ExecuteDisableBit : 0;
        StructureCache? structures = demand.Has(WalkDemand.Peek) ? null : _structures;
        (ulong table, ulong hostTable, EntryRights rights, int level) =
            _memory.BeginningOf(space, isFirstStage: true, structures, input, TopOf(space));
        for (level--; ; level--)
        {
            bool top = level == space.FirstStageLevels;
            ulong offset = (ulong)TranslationTables.IndexOf(input, level) * 8;
            if (hostTable == CachedStructure.Untranslated)
            {
                fault = TranslateEntryAddress(space, table + offset, top, demand, out ulong translated);
                if (fault != FaultReason.None)
                    return true;
                hostTable = translated - offset;
                if (!top)
                    structures?.Add(space.Domain, space.Pasid, input, new CachedStructure(table, hostTable, rights, level + 1));
            }

            if (!_memory.TryRead(hostTable + offset, out ulong bits))
                return Done(top ? FaultReason.FirstStageTableAccess : FaultReason.FirstStageEntryAccess, out fault);

            FirstStageEntry entry = new(bits);
            ulong mask = _reserved[level * 2 - (entry.PageSize ? 1 : 2)] | executeDisable;
            _memory.WalkObserver?.PagingEntryRead(hostTable + offset, input, level, entry, mask);
            if (!entry.Present)
                return Done(FaultReason.FirstStageEntryNotPresent, out fault);
            if ((bits & mask) != 0)
                return Done(FaultReason.FirstStageEntryReserved, out fault);
            if (nested && entry.Address >> space.SecondStageWidth != 0)
                return Done(FaultReason.NestedAddressBeyondGuestWidth, out fault);
            rights &= EntryRightsExtensions.RightsOf(entry);
            FoundEntry found = new(table + offset, hostTable + offset, level, entry);
            if (entry.IsLeaf(level))
                return TryTranslateLeaf(space, input, demand, found, rights, out result, out fault);
            if (WithAccessed(space, entry) is var updated && updated != entry
                && (!TryUpdate(space, found, updated, demand, out fault) || fault != FaultReason.None))
                return fault != FaultReason.None;
            table = entry.Address;
            hostTable = nested ? CachedStructure.Untranslated : table;
            if (!nested)
                structures?.Add(space.Domain, space.Pasid, input, new CachedStructure(table, hostTable, rights, level));
        }
    }

    // The PASID entry refers to the table of the highest level. The parts of a walk are inlined, because the frame and the arguments of each cost more than the part.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CachedStructure TopOf(in AddressSpaceContext space)
    {
        ulong hostTable = space.Grant == PasidGrantType.Nested ? CachedStructure.Untranslated : space.FirstStageTable;
        return new CachedStructure(space.FirstStageTable, hostTable, EntryRights.All, space.FirstStageLevels + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTranslateLeaf(
        in AddressSpaceContext space, ulong input, WalkDemand demand, in FoundEntry leaf, EntryRights entries, out WalkResult result, out FaultReason fault)
    {
        PageRights rights = RightsOf(space, entries);
        ulong output = leaf.Entry.PageAddress(leaf.Level) | input & (TranslationTables.PageSizeOf(leaf.Level) - 1);
        byte shift = (byte)TranslationTables.ShiftOf(leaf.Level);
        result = new WalkResult(output, shift, shift, rights);
        if (demand.Has(WalkDemand.TranslationRequest))
            demand = GrantedAccess(rights, demand);
        else if (PageAccess.Check(rights, demand) is var denied and not FaultReason.None)
            return Done(denied, out fault);
        if ((demand & (WalkDemand.TranslationRequest | WalkDemand.Read | WalkDemand.Write)) == WalkDemand.TranslationRequest)
        {
            // The device gets no right and cannot use the page, so no accessed bit is set.
            result = result with { Rights = PageRights.None };
            return Done(FaultReason.None, out fault);
        }

        if (space.Grant == PasidGrantType.Nested && TranslateOutput(space, demand, ref result) is var beneath and not FaultReason.None)
            return Done(beneath, out fault);
        if (result.IsInInterruptRange(demand))
            return Done(FaultReason.ScalableInterruptRange, out fault);

        // A translation request gets no right to write if only the second stage denies it.
        bool writes = demand.Has(WalkDemand.Write) && PageAccess.AllowsWrite(result.Rights, demand);
        FirstStageEntry updated = WithAccessed(space, leaf.Entry) with { Dirty = leaf.Entry.Dirty || writes };
        if (!updated.Dirty)
            result = result with { Rights = result.Rights & ~PageRights.Dirty };
        fault = FaultReason.None;
        return updated == leaf.Entry || TryUpdate(space, leaf, updated, demand, out fault);
    }

    private FaultReason TranslateOutput(in AddressSpaceContext space, WalkDemand demand, ref WalkResult result)
    {
        SecondStageFault fault = _secondStage.Walk(space, result.Address, demand, out WalkResult second);
        if (fault != SecondStageFault.None)
            return PageAccess.ReasonOf(fault);
        const PageRights OfBoth = PageRights.Read | PageRights.Write | PageRights.SupervisorWrite | PageRights.Dirty;
        PageRights rights = result.Rights & ~OfBoth | result.Rights & second.Rights & OfBoth;
        result = new WalkResult(second.Address, Math.Min(result.PageShift, second.PageShift), result.FirstStageShift, rights);
        return FaultReason.None;
    }

    // With nested translation the address of an entry is a guest address.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FaultReason TranslateEntryAddress(in AddressSpaceContext space, ulong address, bool isTop, WalkDemand demand, out ulong host)
    {
        WalkDemand wanted = WalkDemand.Read | (space.SecondStageAccessedDirtyEnable ? WalkDemand.MustBeWritable : WalkDemand.None);
        SecondStageFault fault = _secondStage.Walk(space, address, wanted | demand & WalkDemand.Peek, out WalkResult result);
        host = result.Address;
        return fault switch
        {
            SecondStageFault.None => FaultReason.None,
            SecondStageFault.WriteDenied => FaultReason.NestedEntryWriteDenied,
            SecondStageFault.ReadDenied => isTop ? FaultReason.NestedTableReadDenied : FaultReason.NestedEntryReadDenied,
            _ => PageAccess.ReasonOf(fault),
        };
    }

    private bool TryUpdate(in AddressSpaceContext space, in FoundEntry found, FirstStageEntry updated, WalkDemand demand, out FaultReason fault)
    {
        fault = FaultReason.None;
        if (demand.Has(WalkDemand.Peek))
            return true;
        if (!space.PageWalkSnoop)
            return Done(FaultReason.FirstStageUpdateNoSnoop, out fault);
        if (space.Grant == PasidGrantType.Nested)
        {
            SecondStageFault denied = _secondStage.Walk(space, found.Address, WalkDemand.Read | WalkDemand.Write, out _);
            if (denied != SecondStageFault.None)
                return Done(denied == SecondStageFault.WriteDenied ? FaultReason.NestedEntryWriteDenied : PageAccess.ReasonOf(denied), out fault);
        }

        return _memory.TryUpdate(found.Host, found.Entry.Bits, updated.Bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FirstStageEntry WithAccessed(in AddressSpaceContext space, FirstStageEntry entry) =>
        entry with { Accessed = true, ExtendedAccessed = entry.ExtendedAccessed || space.ExtendedAccessedEnable };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PageRights RightsOf(in AddressSpaceContext space, EntryRights entries)
    {
        bool user = entries.Has(EntryRights.User);
        bool writable = entries.Has(EntryRights.Writable);
        bool noExecute = space.NoExecuteEnable && !entries.Has(EntryRights.Executable);

        // TryTranslateLeaf removes Dirty if D is clear in the leaf.
        return PageRights.Read
            | PageRights.Dirty
            | (writable ? PageRights.Write : PageRights.None)
            | (writable || !space.WriteProtectEnable ? PageRights.SupervisorWrite : PageRights.None)
            | (user ? PageRights.User : PageRights.None)
            | (noExecute ? PageRights.NoExecute : PageRights.None)
            | (noExecute || space.SupervisorExecutePrevention && user ? PageRights.SupervisorNoExecute : PageRights.None);
    }

    // Returns the requested rights that the page grants to a translation request.
    private static WalkDemand GrantedAccess(PageRights rights, WalkDemand demand)
    {
        WalkDemand privilege = demand & WalkDemand.Privileged;
        foreach (WalkDemand right in (ReadOnlySpan<WalkDemand>)[WalkDemand.Write, WalkDemand.Read, WalkDemand.Execute])
        {
            if (PageAccess.Check(rights, right | privilege) != FaultReason.None)
                demand &= ~right;
        }

        return demand;
    }

    private static bool Done(FaultReason reason, out FaultReason fault)
    {
        fault = reason;
        return true;
    }

    /// <summary>An entry that was read.</summary>
    /// <param name="Address">The address of the entry in the tables. With nested translation it is a guest address.</param>
    /// <param name="Host">The host address of the entry.</param>
    /// <param name="Level">The level of the entry.</param>
    /// <param name="Entry">The contents of the entry.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct FoundEntry(ulong Address, ulong Host, int Level, FirstStageEntry Entry);
}
