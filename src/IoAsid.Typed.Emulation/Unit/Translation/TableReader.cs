using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The read of the entries that lead from a requester to an address space. Each entry is checked in the order of the architecture: access, present bit,
/// reserved bits, validity (VT-d 9.1 to 9.6).
/// </summary>
internal sealed class TableReader
{
    private readonly TableMemory _memory;
    private readonly VtdCapabilities _capabilities;
    private readonly Bits128 _rootReserved;
    private readonly Bits128 _scalableRootReserved;
    private readonly Bits128 _contextReserved;
    private readonly Bits256 _scalableContextReserved;
    private readonly ulong _directoryReserved;
    private readonly Bits512 _pasidReserved;

    public TableReader(TableMemory memory, in VtdCapabilities capabilities)
    {
        _memory = memory;
        _capabilities = capabilities;
        _rootReserved = RootEntry.ReservedMask(capabilities);
        _scalableRootReserved = ScalableRootEntry.ReservedMask(capabilities);
        _contextReserved = ContextEntry.ReservedMask(capabilities);
        _scalableContextReserved = ScalableContextEntry.ReservedMask(capabilities);
        _directoryReserved = PasidDirectoryEntry.ReservedMask(capabilities);
        _pasidReserved = PasidEntry.ReservedMask(capabilities);
    }

    /// <summary>Reads the legacy context entry of a requester.</summary>
    /// <param name="root">The current root table.</param>
    /// <param name="requester">The requester id.</param>
    /// <param name="space">The contents of the entry.</param>
    /// <param name="unreported">True if qualified faults of the requester are not recorded.</param>
    public FaultReason ReadContext(in RootTable root, RequesterId requester, out AddressSpaceContext space, out bool unreported)
    {
        space = default;
        unreported = false;
        Span<ulong> words = stackalloc ulong[2];
        ulong address = root.Address + (ulong)requester.Bus * 16;
        if (!_memory.TryRead(address, words))
            return FaultReason.RootAccess;
        RootEntry entry = new(new Bits128(words[0], words[1]));
        _memory.WalkObserver?.EntryRead(new EntryPosition(address, requester.Bus), entry, _rootReserved);
        if (!entry.Present)
            return FaultReason.RootNotPresent;
        if (entry.Bits.Intersects(_rootReserved))
            return FaultReason.RootReserved;

        address = entry.ContextTable + (ulong)requester.DeviceFunction * 16;
        if (!_memory.TryRead(address, words))
            return FaultReason.ContextAccess;
        ContextEntry context = new(new Bits128(words[0], words[1]));
        _memory.WalkObserver?.EntryRead(new EntryPosition(address, requester.DeviceFunction), context, _contextReserved);
        unreported = context.FaultProcessingDisable;
        if (!context.Present)
            return FaultReason.ContextNotPresent;
        if (context.Bits.Intersects(_contextReserved))
            return FaultReason.ContextReserved;
        if (!IsValid(context))
            return FaultReason.ContextInvalid;
        space = AddressSpaceContext.Of(context, _capabilities);
        return FaultReason.None;
    }

    /// <summary>Reads the scalable-mode context entry of a requester.</summary>
    /// <param name="root">The current root table.</param>
    /// <param name="requester">The requester id.</param>
    /// <param name="context">The entry.</param>
    /// <param name="unreported">True if qualified faults of the requester are not recorded.</param>
    public FaultReason ReadScalableContext(in RootTable root, RequesterId requester, out ScalableContextEntry context, out bool unreported)
    {
        context = default;
        unreported = false;
        byte function = requester.DeviceFunction;
        Span<ulong> words = stackalloc ulong[4];
        Span<ulong> halves = words[..2];
        ulong address = root.Address + (ulong)requester.Bus * 16;
        if (!_memory.TryRead(address, halves))
            return FaultReason.ScalableRootAccess;
        ScalableRootEntry entry = new(new Bits128(halves[0], halves[1]));
        Bits128 reserved = ReservedOf(entry);
        _memory.WalkObserver?.EntryRead(new EntryPosition(address, requester.Bus), entry, reserved);
        if (!entry.IsPresent(function))
            return FaultReason.ScalableRootNotPresent;
        if (entry.Bits.Intersects(reserved))
            return FaultReason.ScalableRootReserved;

        address = entry.ContextTable(function) + (ulong)(function & 127) * 32;
        if (!_memory.TryRead(address, words))
            return FaultReason.ScalableContextAccess;
        context = new ScalableContextEntry(new Bits256(words[0], words[1], words[2], words[3]));
        _memory.WalkObserver?.EntryRead(new EntryPosition(address, function & 127), context, _scalableContextReserved);
        unreported = context.FaultProcessingDisable;
        if (!context.Present)
            return FaultReason.ScalableContextNotPresent;
        if (context.Bits.Intersects(_scalableContextReserved))
            return FaultReason.ScalableContextReserved;
        return IsValid(context) ? FaultReason.None : FaultReason.ScalableContextInvalid;
    }

    // Both halves that are present count, whichever serves the request (VT-d 7.1.3, SRT.3).
    private Bits128 ReservedOf(in ScalableRootEntry entry) =>
        new(entry.LowerPresent ? _scalableRootReserved[0] : 0, entry.UpperPresent ? _scalableRootReserved[1] : 0);

    /// <summary>Reads the PASID entry of a PASID.</summary>
    /// <param name="context">The context entry of the requester.</param>
    /// <param name="pasid">The PASID, of the request or of RID_PASID.</param>
    /// <param name="space">The contents of the entry.</param>
    /// <param name="unreported">True if qualified faults are not recorded, because FPD is set in any entry that was read, present or not.</param>
    public FaultReason ReadAddressSpace(in ScalableContextEntry context, Pasid pasid, out AddressSpaceContext space, out bool unreported)
    {
        space = default;
        unreported = context.FaultProcessingDisable;
        if (pasid.Value >= context.PasidLimit)
            return FaultReason.PasidBeyondDirectory;
        ulong address = context.PasidDirectory + (ulong)PasidDirectoryEntry.IndexOf(pasid) * 8;
        if (!_memory.TryRead(address, out ulong bits))
            return FaultReason.PasidDirectoryAccess;
        PasidDirectoryEntry directory = new(bits);
        _memory.WalkObserver?.EntryRead(new EntryPosition(address, PasidDirectoryEntry.IndexOf(pasid)), directory, new Bits64(_directoryReserved));
        unreported |= directory.FaultProcessingDisable;
        if (!directory.Present)
            return FaultReason.PasidDirectoryNotPresent;
        if ((bits & _directoryReserved) != 0)
            return FaultReason.PasidDirectoryReserved;

        Span<ulong> words = stackalloc ulong[8];
        address = directory.PasidTable + (ulong)PasidEntry.IndexOf(pasid) * 64;
        if (!_memory.TryRead(address, words))
            return FaultReason.PasidTableAccess;
        PasidEntry entry = new(new Bits512(words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7]));
        _memory.WalkObserver?.EntryRead(new EntryPosition(address, PasidEntry.IndexOf(pasid)), entry, _pasidReserved);
        unreported |= entry.FaultProcessingDisable;
        if (!entry.Present)
            return FaultReason.PasidEntryNotPresent;
        if (entry.Bits.Intersects(_pasidReserved))
            return FaultReason.PasidEntryReserved;
        if (!IsValid(entry))
            return FaultReason.PasidEntryInvalid;
        space = AddressSpaceContext.Of(pasid, entry, _capabilities, unreported);
        return FaultReason.None;
    }

    private bool IsValid(in ContextEntry context) =>
        _capabilities.Supports(context.AddressWidth) && context.TranslationType switch
        {
            TranslationType.UntranslatedOnly => true,
            TranslationType.AllRequests => _capabilities.DeviceTlb,
            TranslationType.PassThrough => _capabilities.PassThrough,
            _ => false,
        };

    // Page requests need translation requests, PASIDs in translated requests need PASIDs, and RID_PASID must be below the limit of the directory (VT-d 7.1.3, SCT.4).
    private static bool IsValid(in ScalableContextEntry context) =>
        (context.DeviceTlbEnable || !context.PageRequestEnable)
        && (context.PasidEnable || !context.PasidInTranslatedRequestsEnable)
        && context.RidPasid.Value < context.PasidLimit;

    private bool IsValid(in PasidEntry entry) => entry.GrantType switch
    {
        PasidGrantType.FirstStage => HasFirstStage(entry),
        PasidGrantType.SecondStage => HasSecondStage(entry),
        PasidGrantType.Nested => _capabilities.Nested && HasFirstStage(entry) && HasSecondStage(entry) && HasGuestTable(entry),
        PasidGrantType.PassThrough => _capabilities.PassThrough,
        _ => false,
    };

    // Without ECAP.SSTS the width is reserved and therefore 0, which is not a supported width.
    private bool HasSecondStage(in PasidEntry entry) => _capabilities.Supports(entry.AddressWidth);

    // The first stage's table is a guest address (VT-d 7.1.3, SPT.4.4).
    private bool HasGuestTable(in PasidEntry entry)
    {
        int width = Math.Min(entry.AddressWidth.Bits(), _capabilities.MaximumGuestAddressWidth);
        return entry.FirstStageTable >> width == 0;
    }

    private bool HasFirstStage(in PasidEntry entry) => _capabilities.FirstStage && entry.FirstStagePagingMode switch
    {
        FirstStagePagingMode.FourLevel => true,
        FirstStagePagingMode.FiveLevel => _capabilities.FiveLevelPaging,
        _ => false,
    };
}
