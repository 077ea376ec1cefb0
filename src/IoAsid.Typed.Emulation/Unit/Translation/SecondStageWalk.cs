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

    /// <summary>
    /// Tries to translate an address by entries without fault and without a bit to set. One comparison recognises such an entry, in place of the exact checks.
    /// Returns the default for another entry, a walk with observers, or a translation request.
    /// </summary>
    /// <param name="space">The address space.</param>
    /// <param name="input">The input address.</param>
    /// <param name="demand">The requested access.</param>
    public WalkResult TryWalkPlainly(in AddressSpaceContext space, ulong input, WalkDemand demand) =>
        _memory.IsObserved || demand.Has(WalkDemand.TranslationRequest | WalkDemand.Peek) ? default : TryWalkUnobserved(space, input, demand);

    /// <summary>Tries the same for the first stage, which knows that there is neither an observer nor a translation request.</summary>
    public WalkResult TryWalkUnobserved(in AddressSpaceContext space, ulong input, WalkDemand demand)
    {
        if (!TryReadFirstPlainEntry(space, input, out SecondStageEntry entry, out EntryRights given, out int level))
            return default;
        return IsPlainLeaf(entry, level)
            ? TryTranslatePlainLeaf(space, input, demand, level, entry, given)
            : TryDescendPlainly(space, input, demand, level, entry, given);
    }

    /// <summary>
    /// Tries to translate the address of a first-stage entry while there is no observer. Returns <see cref="CachedStructure.Untranslated"/> where
    /// <see cref="TryWalkUnobserved"/> returns the default. Rights and size of the page are not computed, because nothing needs them.
    /// </summary>
    /// <param name="space">The address space.</param>
    /// <param name="input">The address of the entry.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TryTranslateEntryAddress(in AddressSpaceContext space, ulong input)
    {
        if (!TryReadFirstPlainEntry(space, input, out SecondStageEntry entry, out EntryRights given, out int level))
            return CachedStructure.Untranslated;
        if (!IsPlainLeaf(entry, level))
        {
            WalkResult found = TryDescendPlainly(space, input, space.TableDemand, level, entry, given);
            return found.IsPresent ? found.Address : CachedStructure.Untranslated;
        }

        ulong output = OutputOf(entry, level, input);
        return Lacks(given, space.TableRights) || InterruptRange.Contains(output) ? CachedStructure.Untranslated : output;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadFirstPlainEntry(in AddressSpaceContext space, ulong input, out SecondStageEntry entry, out EntryRights given, out int level)
    {
        entry = default;
        given = EntryRights.All;
        level = space.SecondStageLevels + 1;
        if (input >> space.SecondStageWidth != 0)
            return false;
        ulong table = space.SecondStageTable;
        if (_structures is { } structures)
        {
            ref readonly CachedStructure cached = ref structures.Find(space.SecondStageTag, input, space.SecondStageLevels);
            if (!Unsafe.IsNullRef(in cached))
            {
                table = cached.Table;
                given = cached.Rights;
                level = cached.Level;
            }
        }

        level--;
        if (!TryReadPlainEntry(space, table, input, level, out entry))
            return false;
        given &= EntryRightsExtensions.RightsOf(entry);
        return true;
    }

    // A separate method, because most walks begin at a leaf.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WalkResult TryDescendPlainly(in AddressSpaceContext space, ulong input, WalkDemand demand, int level, SecondStageEntry entry, EntryRights given)
    {
        do
        {
            ulong table = entry.Address;
            _structures?.Add(space.SecondStageTag, input, new CachedStructure(table, table, given, level));
            level--;
            if (!TryReadPlainEntry(space, table, input, level, out entry))
                return default;
            given &= EntryRightsExtensions.RightsOf(entry);
        }
        while (!IsPlainLeaf(entry, level));

        return TryTranslatePlainLeaf(space, input, demand, level, entry, given);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WalkResult TryTranslatePlainLeaf(
        in AddressSpaceContext space, ulong input, WalkDemand demand, int level, SecondStageEntry leaf, EntryRights entries)
    {
        EntryRights given = entries & (EntryRights.Readable | EntryRights.Writable);
        PageRights rights = RightsOf(given, leaf.Bits | space.SecondStageImplied);
        ulong output = OutputOf(leaf, level, input);
        return Lacks(given, WantedBy(demand)) || demand.Has(WalkDemand.Write) && !rights.Has(PageRights.Dirty) || InterruptRange.Contains(output)
            ? default
            : new WalkResult(output, level, 0, rights);
    }

    // The levels together must give a right, also if none is demanded.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Lacks(EntryRights given, EntryRights wanted) =>
        (given & (EntryRights.Readable | EntryRights.Writable)) == EntryRights.None || (wanted & ~given) != EntryRights.None;

    // PS is reserved at levels without pages, so it makes an entry that was recognised a leaf.
    private static bool IsPlainLeaf(SecondStageEntry entry, int level) => level == 1 || entry.PageSize;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadPlainEntry(in AddressSpaceContext space, ulong table, ulong input, int level, out SecondStageEntry entry)
    {
        ulong bits = _memory.ReadUnobserved(table + TableMemory.OffsetOf(input, level));
        entry = new SecondStageEntry(bits);
        return (bits & (ReservedOf(entry, level) | space.SecondStageUsed)) == space.SecondStageUsed && entry.Present;
    }

    /// <summary>Translates an address, with all checks.</summary>
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ReservedOf(SecondStageEntry entry, int level) => _reserved[level * 2 - 2 + Convert.ToInt32(entry.PageSize)];

    private static ulong OutputOf(SecondStageEntry leaf, int level, ulong input) =>
        leaf.PageAddress(level) | input & (TranslationTables.PageSizeOf(level) - 1);

    // W is one bit below the right of a supervisor to write. D is five bits above its flag.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PageRights RightsOf(EntryRights given, ulong leaf) => PageRights.User
        | (PageRights)((int)given | (int)(given & EntryRights.Writable) << 1 | (int)(leaf >> 5) & (int)PageRights.Dirty);

    // Both rights have the same bits in both types. MustBeWritable is five bits above the right to write.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static EntryRights WantedBy(WalkDemand demand) => (EntryRights)((int)demand | (int)demand >> 5) & (EntryRights.Readable | EntryRights.Writable);

    // Returns false if an entry changed before its bits could be set. The entries that were read may be stale, so the walk is repeated.
    private bool TryWalk(
        in AddressSpaceContext space, ulong input, WalkDemand demand, out WalkResult result, out SecondStageFault fault)
    {
        result = default;
        if (input >> space.SecondStageWidth != 0)
            return Done(SecondStageFault.BeyondWidth, out fault);

        StructureCache? structures = demand.Has(WalkDemand.Peek) ? null : _structures;
        CachedStructure above = _memory.BeginningOf(
            space, isFirstStage: false, structures, input, new CachedStructure(space.SecondStageTable, space.SecondStageTable, EntryRights.All, space.SecondStageLevels + 1));
        ulong table = above.Table;
        EntryRights rights = above.Rights;
        for (int level = above.Level - 1; ; level--)
        {
            ulong address = table + TableMemory.OffsetOf(input, level);
            if (!_memory.TryRead(address, out ulong bits))
                return Done(level == space.SecondStageLevels ? SecondStageFault.TopTableAccess : SecondStageFault.EntryAccess, out fault);

            SecondStageEntry entry = new(bits);
            ulong reserved = ReservedOf(entry, level);
            _memory.WalkObserver?.PagingEntryRead(address, input, level, entry, reserved);
            rights &= EntryRightsExtensions.RightsOf(entry);
            if (!TryPass(space, address, entry, level, reserved, demand, out fault) || fault != SecondStageFault.None)
                return fault != SecondStageFault.None;
            if (entry.IsLeaf(level))
                return TryTranslateLeaf(space, input, demand, level, address, entry, rights, out result, out fault);

            table = entry.Address;
            structures?.Add(space.SecondStageTag, input, new CachedStructure(table, table, rights, level));
        }
    }

    // Checks an entry in the order of the architecture. Sets A in an entry that refers to a table. Returns false if the entry changed before.
    private bool TryPass(
        in AddressSpaceContext space, ulong address, SecondStageEntry entry, int level, ulong reserved, WalkDemand demand, out SecondStageFault fault)
    {
        if (!entry.Present)
            return Done(SecondStageFault.NotPresent, out fault);
        if ((entry.Bits & reserved) != 0)
            return Done(SecondStageFault.Reserved, out fault);
        fault = SecondStageFault.None;
        return entry.IsLeaf(level) || TryUpdate(space, address, entry, space.SecondStageUsed, demand, out fault);
    }

    private bool TryTranslateLeaf(
        in AddressSpaceContext space, ulong input, WalkDemand demand, int level, ulong address, SecondStageEntry leaf, EntryRights entries,
        out WalkResult result, out SecondStageFault fault)
    {
        result = default;
        EntryRights given = entries & (EntryRights.Readable | EntryRights.Writable);
        if (given == EntryRights.None)
            return Done(SecondStageFault.NotPresent, out fault);
        if (!demand.Has(WalkDemand.TranslationRequest) && CheckRights(demand, given) is var denied and not SecondStageFault.None)
            return Done(denied, out fault);

        ulong output = OutputOf(leaf, level, input);
        bool write = given.Has(EntryRights.Writable);
        ulong used = space.SecondStageUsed;
        if (used != 0 && write && demand.Has(WalkDemand.Write))
            used |= DirtyBit;

        // With nested translation the page of the completion can be smaller, so the first-stage walk makes this check.
        bool isWhole = demand.Has(WalkDemand.TranslationRequest) && space.Grant != PasidGrantType.Nested;
        if (isWhole ? InterruptRange.Overlaps(leaf.PageAddress(level), TranslationTables.PageSizeOf(level)) : InterruptRange.Contains(output))
            return Done(SecondStageFault.InterruptRange, out fault);
        if ((leaf.Bits & used) != used && (!TryUpdate(space, address, leaf, used, demand, out fault) || fault != SecondStageFault.None))
            return fault != SecondStageFault.None;

        result = new WalkResult(output, level, 0, RightsOf(given, leaf.Bits | used | space.SecondStageImplied));
        return Done(SecondStageFault.None, out fault);
    }

    private static ulong DirtyBit => new SecondStageEntry { Dirty = true }.Bits;

    // Sets bits of an entry that it lacks.
    private bool TryUpdate(
        in AddressSpaceContext space, ulong address, SecondStageEntry entry, ulong used, WalkDemand demand, out SecondStageFault fault)
    {
        fault = SecondStageFault.None;
        ulong updated = entry.Bits | used;
        if (updated == entry.Bits || demand.Has(WalkDemand.Peek))
            return true;
        return space.PageWalkSnoop ? _memory.TryUpdate(address, entry.Bits, updated) : Done(SecondStageFault.UpdateNotSnooped, out fault);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SecondStageFault CheckRights(WalkDemand demand, EntryRights given)
    {
        if (demand.Has(WalkDemand.Write | WalkDemand.MustBeWritable) && !given.Has(EntryRights.Writable))
            return SecondStageFault.WriteDenied;
        return demand.Has(WalkDemand.Read) && !given.Has(EntryRights.Readable) ? SecondStageFault.ReadDenied : SecondStageFault.None;
    }

    private static bool Done(SecondStageFault kind, out SecondStageFault fault)
    {
        fault = kind;
        return true;
    }
}
