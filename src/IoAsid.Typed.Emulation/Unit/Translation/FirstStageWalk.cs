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
        for (int level = 1; level <= Levels; level++)
        {
            _reserved[level * 2 - 2] = FirstStageEntry.ReservedMask(level, pageSize: false, capabilities);
            _reserved[level * 2 - 1] = FirstStageEntry.ReservedMask(level, pageSize: true, capabilities);
        }
    }

    /// <summary>
    /// Tries to translate an address by entries without fault and without a bit to set. One comparison recognises such an entry, in place of the exact checks.
    /// Returns the default for another entry, a walk with observers, or a demand beyond the rights of a user to read and write.
    /// </summary>
    /// <param name="space">The address space.</param>
    /// <param name="input">The input address of 64 bits.</param>
    /// <param name="demand">The requested access.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public WalkResult TryWalkPlainly(in AddressSpaceContext space, ulong input, WalkDemand demand)
    {
        if (_memory.IsObserved || demand.Has(~(WalkDemand.Read | WalkDemand.Write)) || !IsCanonical(input, space.FirstStageUnusedBits))
            return default;
        return space.IsNested ? TryWalkPlainly<GuestTables>(space, input, demand) : TryWalkPlainly<HostTables>(space, input, demand);
    }

    // The compiler makes separate code for tables of a guest and of the host.
    private WalkResult TryWalkPlainly<TTables>(in AddressSpaceContext space, ulong input, WalkDemand demand)
        where TTables : struct
    {
        int level = space.FirstStageLevels;
        EntryRights rights = EntryRights.All;
        ulong host;
        ref readonly CachedStructure above = ref FindStructure(space, input);
        if (Unsafe.IsNullRef(in above))
        {
            host = HostAddressOf<TTables>(space, space.FirstStageTable + TableMemory.OffsetOf(input, level));
        }
        else
        {
            level = above.Level - 1;
            rights = above.Rights;
            host = above.HostTable + TableMemory.OffsetOf(input, level);
        }

        ulong bits = _memory.ReadUnobserved(host);
        while (true)
        {
            FirstStageEntry entry = new(bits);
            if ((bits & (ReservedOf(entry, level) | space.FirstStageChecked)) != space.FirstStageUsed)
                return default;
            rights &= EntryRightsExtensions.RightsOf(entry);
            // PS is reserved at levels without pages.
            if (level == 1 || entry.PageSize)
                return TryTranslatePlainLeaf<TTables>(space, input, demand, level, entry, rights);

            ulong offset = TableMemory.OffsetOf(input, level - 1);
            host = HostAddressOf<TTables>(space, entry.Address + offset);
            if (host == CachedStructure.Untranslated)
                return default;
            // The read is before the addition, because a processor waits for it longest.
            bits = _memory.ReadUnobserved(host);
            _structures?.Add(space.FirstStageTag, input, new CachedStructure(entry.Address, host - offset, rights, level));
            level--;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref readonly CachedStructure FindStructure(in AddressSpaceContext space, ulong input)
    {
        if (_structures is { } structures)
            return ref structures.Find(space.FirstStageTag, input, space.FirstStageLevels);
        return ref Unsafe.NullRef<CachedStructure>();
    }

    // Returns CachedStructure.Untranslated, where no memory is, if the second stage does not translate the address plainly.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong HostAddressOf<TTables>(in AddressSpaceContext space, ulong address)
        where TTables : struct =>
        IsGuest<TTables>() ? _secondStage.TryTranslateEntryAddress(space, address) : address;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsGuest<TTables>() => typeof(TTables) == typeof(GuestTables);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private WalkResult TryTranslatePlainLeaf<TTables>(
        in AddressSpaceContext space, ulong input, WalkDemand demand, int level, FirstStageEntry leaf, EntryRights entries)
        where TTables : struct
    {
        // The flags of write and writable have the same bit.
        WalkDemand writes = demand & WalkDemand.Write;
        EntryRights wanted = EntryRights.User | (EntryRights)writes;
        if ((wanted & ~entries) != EntryRights.None || writes != WalkDemand.None && !leaf.Dirty)
            return default;
        WalkResult result = new(OutputOf(leaf, level, input), level, level, RightsOf(space, entries, leaf));
        if (!IsGuest<TTables>())
            return InterruptRange.Contains(result.Address) ? default : result;
        WalkResult host = _secondStage.TryWalkUnobserved(space, result.Address, demand);
        return host.IsPresent ? WalkResult.OfBoth(result, host) : default;
    }

    /// <summary>Translates an address, with all checks.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="input">The input address of 64 bits.</param>
    /// <param name="demand">The requested access.</param>
    /// <param name="result">The output, if the walk succeeds.</param>
    /// <returns>The fault reason, or none.</returns>
    public FaultReason Walk(in AddressSpaceContext space, ulong input, WalkDemand demand, out WalkResult result)
    {
        result = default;
        if (!IsCanonical(input, space.FirstStageUnusedBits))
            return FaultReason.NotCanonical;
        for (int attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            if (TryWalk(space, input, demand, out result, out FaultReason fault))
                return fault;
        }

        result = default;
        return FaultReason.FirstStageUpdateFailed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ReservedOf(FirstStageEntry entry, int level) => _reserved[level * 2 - 2 + Convert.ToInt32(entry.PageSize)];

    private static ulong OutputOf(FirstStageEntry leaf, int level, ulong input) =>
        leaf.PageAddress(level) | input & (TranslationTables.PageSizeOf(level) - 1);

    private static ulong ExecuteDisableBit => new FirstStageEntry { ExecuteDisable = true }.Bits;

    private static ulong DirtyBit => new FirstStageEntry { Dirty = true }.Bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsCanonical(ulong address, int unusedBits) => (ulong)((long)(address << unusedBits) >> unusedBits) == address;

    // Returns false if an entry changed before its bits could be set. The entries that were read may be stale, so the walk is repeated.
    private bool TryWalk(in AddressSpaceContext space, ulong input, WalkDemand demand, out WalkResult result, out FaultReason fault)
    {
        result = default;
        bool nested = space.IsNested;
        StructureCache? structures = demand.Has(WalkDemand.Peek) ? null : _structures;
        CachedStructure above = _memory.BeginningOf(space, isFirstStage: true, structures, input, TopOf(space));
        ulong table = above.Table;
        ulong hostTable = above.HostTable;
        EntryRights rights = above.Rights;
        for (int level = above.Level - 1; ; level--)
        {
            ulong offset = TableMemory.OffsetOf(input, level);
            if (hostTable == CachedStructure.Untranslated)
            {
                bool top = level == space.FirstStageLevels;
                fault = TranslateEntryAddress(space, table + offset, top, demand, out ulong translated);
                if (fault != FaultReason.None)
                    return true;
                hostTable = translated - offset;
                if (!top)
                    structures?.Add(space.FirstStageTag, input, new CachedStructure(table, hostTable, rights, level + 1));
            }

            if (!_memory.TryRead(hostTable + offset, out ulong bits))
                return Done(level == space.FirstStageLevels ? FaultReason.FirstStageTableAccess : FaultReason.FirstStageEntryAccess, out fault);

            FirstStageEntry entry = new(bits);
            ulong reserved = ReservedOf(entry, level);
            _memory.WalkObserver?.PagingEntryRead(hostTable + offset, input, level, entry, reserved | ReservedIn(space));
            FoundEntry found = new(table + offset, hostTable + offset, level, entry);
            if (!TryPass(space, found, reserved, demand, out fault) || fault != FaultReason.None)
                return fault != FaultReason.None;
            rights &= EntryRightsExtensions.RightsOf(entry);
            if (entry.IsLeaf(level))
                return TryTranslateLeaf(space, input, demand, found, rights, out result, out fault);
            table = entry.Address;
            hostTable = nested ? CachedStructure.Untranslated : table;
            if (!nested)
                structures?.Add(space.FirstStageTag, input, new CachedStructure(table, hostTable, rights, level));
        }
    }

    // The PASID entry refers to the table of the highest level. The parts of a walk are inlined, because the frame and the arguments of each cost more than the part.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CachedStructure TopOf(in AddressSpaceContext space)
    {
        ulong hostTable = space.IsNested ? CachedStructure.Untranslated : space.FirstStageTable;
        return new CachedStructure(space.FirstStageTable, hostTable, EntryRights.All, space.FirstStageLevels + 1);
    }

    // Checks an entry in the order of the architecture. Sets A and EA in an entry that refers to a table. Returns false if the entry changed before.
    private bool TryPass(in AddressSpaceContext space, in FoundEntry found, ulong reserved, WalkDemand demand, out FaultReason fault)
    {
        FirstStageEntry entry = found.Entry;
        if (!entry.Present)
            return Done(FaultReason.FirstStageEntryNotPresent, out fault);
        if ((entry.Bits & (reserved | ReservedIn(space))) != 0)
            return Done(FaultReason.FirstStageEntryReserved, out fault);
        if (space.IsNested && entry.Address >> space.SecondStageWidth != 0)
            return Done(FaultReason.NestedAddressBeyondGuestWidth, out fault);
        fault = FaultReason.None;
        return entry.IsLeaf(found.Level) || TryUpdate(space, found, space.FirstStageUsed, demand, out fault);
    }

    // The address space decides whether XD is reserved. Addresses above the width of the second stage have a reason of their own.
    private static ulong ReservedIn(in AddressSpaceContext space) => space.FirstStageChecked & ExecuteDisableBit;

    private bool TryTranslateLeaf(
        in AddressSpaceContext space, ulong input, WalkDemand demand, in FoundEntry leaf, EntryRights entries, out WalkResult result, out FaultReason fault)
    {
        // Dirty is removed at the end if D stays clear.
        PageRights rights = RightsOf(space, entries, leaf.Entry with { Dirty = true });
        result = new WalkResult(OutputOf(leaf.Entry, leaf.Level, input), leaf.Level, leaf.Level, rights);
        if (demand.Has(WalkDemand.TranslationRequest))
        {
            demand = GrantedAccess(rights, demand);
            if (!demand.Has(WalkDemand.Read | WalkDemand.Write))
            {
                // The device gets no right and cannot use the page, so no accessed bit is set.
                result = result.WithRights(PageRights.None);
                return Done(FaultReason.None, out fault);
            }
        }
        else if (PageAccess.Check(rights, demand) is var denied and not FaultReason.None)
        {
            return Done(denied, out fault);
        }

        if (space.IsNested && TranslateOutput(space, demand, ref result) is var beneath and not FaultReason.None)
            return Done(beneath, out fault);
        if (IsInInterruptRange(result, demand))
            return Done(FaultReason.ScalableInterruptRange, out fault);

        // A translation request gets no right to write if only the second stage denies it.
        bool writes = demand.Has(WalkDemand.Write) && PageAccess.AllowsWrite(result.Rights, demand);
        ulong used = space.FirstStageUsed | (writes ? DirtyBit : 0);
        if (!writes && !leaf.Entry.Dirty)
            result = result.WithRights(result.Rights & ~PageRights.Dirty);
        fault = FaultReason.None;
        return (leaf.Entry.Bits & used) == used || TryUpdate(space, leaf, used, demand, out fault);
    }

    // A translation completion is for the whole page, so the whole page is checked (VT-d Table 30, SGN.8).
    private static bool IsInInterruptRange(in WalkResult result, WalkDemand demand) => demand.Has(WalkDemand.TranslationRequest)
        ? InterruptRange.Overlaps(result.Address >> result.PageShift << result.PageShift, 1UL << result.PageShift)
        : InterruptRange.Contains(result.Address);

    private FaultReason TranslateOutput(in AddressSpaceContext space, WalkDemand demand, ref WalkResult result)
    {
        SecondStageFault fault = _secondStage.Walk(space, result.Address, demand, out WalkResult second);
        if (fault != SecondStageFault.None)
            return PageAccess.ReasonOf(fault);
        result = WalkResult.OfBoth(result, second);
        return FaultReason.None;
    }

    // With nested translation the address of an entry is a guest address.
    private FaultReason TranslateEntryAddress(in AddressSpaceContext space, ulong address, bool isTop, WalkDemand demand, out ulong host)
    {
        SecondStageFault fault = _secondStage.Walk(space, address, space.TableDemand | demand & WalkDemand.Peek, out WalkResult result);
        host = result.Address;
        return fault switch
        {
            SecondStageFault.None => FaultReason.None,
            SecondStageFault.WriteDenied => FaultReason.NestedEntryWriteDenied,
            SecondStageFault.ReadDenied => isTop ? FaultReason.NestedTableReadDenied : FaultReason.NestedEntryReadDenied,
            _ => PageAccess.ReasonOf(fault),
        };
    }

    // Sets bits of an entry that it lacks.
    private bool TryUpdate(in AddressSpaceContext space, in FoundEntry found, ulong used, WalkDemand demand, out FaultReason fault)
    {
        fault = FaultReason.None;
        ulong updated = found.Entry.Bits | used;
        if (updated == found.Entry.Bits || demand.Has(WalkDemand.Peek))
            return true;
        if (!space.PageWalkSnoop)
            return Done(FaultReason.FirstStageUpdateNoSnoop, out fault);
        if (space.IsNested)
        {
            SecondStageFault denied = _secondStage.Walk(space, found.Address, WalkDemand.Read | WalkDemand.Write, out _);
            if (denied != SecondStageFault.None)
                return Done(denied == SecondStageFault.WriteDenied ? FaultReason.NestedEntryWriteDenied : PageAccess.ReasonOf(denied), out fault);
        }

        return _memory.TryUpdate(found.Host, found.Entry.Bits, updated);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PageRights RightsOf(in AddressSpaceContext space, EntryRights entries, FirstStageEntry leaf)
    {
        // R/W and U/S are one bit below the rights of a supervisor to write, and of a user. D is two bits above its flag.
        int writes = (int)(entries & EntryRights.Writable);
        int ofSupervisorAndUser = (int)(entries & (EntryRights.Writable | EntryRights.User)) << 1;
        PageRights rights = space.FirstStageRights | (PageRights)(writes | ofSupervisorAndUser | (int)(leaf.Bits.Value >> 2) & (int)PageRights.Dirty);
        return space.ChecksExecute ? rights | ExecuteLimitsOf(space, entries) : rights;
    }

    private static PageRights ExecuteLimitsOf(in AddressSpaceContext space, EntryRights entries)
    {
        if (space.NoExecuteEnable && !entries.Has(EntryRights.Executable))
            return PageRights.NoExecute | PageRights.SupervisorNoExecute;
        return space.SupervisorExecutePrevention && entries.Has(EntryRights.User) ? PageRights.SupervisorNoExecute : PageRights.None;
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

    /// <summary>Tables at addresses of the host.</summary>
    private readonly struct HostTables;

    /// <summary>Tables at addresses that the second stage translates.</summary>
    private readonly struct GuestTables;

    /// <summary>An entry that was read.</summary>
    /// <param name="Address">The address of the entry in the tables. With nested translation it is a guest address.</param>
    /// <param name="Host">The host address of the entry.</param>
    /// <param name="Level">The level of the entry.</param>
    /// <param name="Entry">The contents of the entry.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct FoundEntry(ulong Address, ulong Host, int Level, FirstStageEntry Entry);
}
