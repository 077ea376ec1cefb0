namespace IoAsid.Typed.Vtd;

/// <summary>The mnemonic, the meaning and the qualification of each <see cref="FaultReason"/>.</summary>
public static class FaultReasons
{
    /// <summary>Returns true if FPD of a context, PASID directory or PASID table entry suppresses the record of a fault with this reason.</summary>
    /// <remarks>
    /// Unqualified are the faults that come before an entry with FPD can be trusted: of the root and of the tables that cannot be
    /// read (VT-d 7.1.3, table 30; 5.1.4.1, table 15).
    /// </remarks>
    public static bool IsQualified(this FaultReason reason) => Known(reason).IsQualified;

    /// <summary>Returns the name of the fault in the architecture, such as <c>SPT.2</c>; empty for interrupts and unknown reasons.</summary>
    public static string Mnemonic(this FaultReason reason) => Known(reason).Mnemonic;

    /// <summary>Returns the meaning of the fault, as the end of a sentence.</summary>
    public static string Meaning(this FaultReason reason) => Known(reason).Meaning;

    /// <summary>Returns number, mnemonic and meaning, such as <c>59h SPT.2: the PASID table entry is not present</c>.</summary>
    public static string Describe(this FaultReason reason)
    {
        Text text = Known(reason);
        return text.Mnemonic.Length == 0 ? $"{(int)reason:X}h: {text.Meaning}" : $"{(int)reason:X}h {text.Mnemonic}: {text.Meaning}";
    }

    private static Text Known(FaultReason reason) => reason switch
    {
        FaultReason.None => Unqualified(string.Empty, "no fault"),
        FaultReason.RootNotPresent => Unqualified("LRT.2", "the root entry is not present"),
        FaultReason.ContextNotPresent => new("LCT.2", "the context entry is not present"),
        FaultReason.ContextInvalid => new("LCT.4", "the context entry asks for what the unit cannot do, or its top table cannot be read"),
        FaultReason.AddressBeyondWidth => new("LGN.1", "the address lies beyond the width of the second stage"),
        FaultReason.WriteDenied => new("LGN.2", "a write, and no level or not every level allows it"),
        FaultReason.ReadDenied => new("LGN.3", "a read, and no level or not every level allows it"),
        FaultReason.PagingEntryAccess => new("LSL.1", "a paging entry cannot be read"),
        FaultReason.RootAccess => Unqualified("LRT.1", "the root entry cannot be read"),
        FaultReason.ContextAccess => Unqualified("LCT.1", "the context entry cannot be read"),
        FaultReason.RootReserved => Unqualified("LRT.3", "the root entry has a reserved bit set"),
        FaultReason.ContextReserved => new("LCT.3", "the context entry has a reserved bit set"),
        FaultReason.PagingEntryReserved => new("LSL.2", "a paging entry has a reserved bit set"),
        FaultReason.RequestTypeBlocked => new("LCT.5", "a translation request or a translated request, and TT does not allow it"),
        FaultReason.InterruptRangeOutput => new("LGN.4", "the request would reach the interrupt range"),
        FaultReason.InterruptRequestReserved => Unqualified(string.Empty, "the interrupt request has a reserved bit set"),
        FaultReason.InterruptIndexBeyondTable => Unqualified(string.Empty, "the interrupt index lies beyond the table"),
        FaultReason.InterruptEntryNotPresent => new(string.Empty, "the interrupt remapping entry is not present"),
        FaultReason.InterruptTableAccess => Unqualified(string.Empty, "the interrupt remapping entry cannot be read"),
        FaultReason.InterruptEntryReserved => new(string.Empty, "the interrupt remapping entry has a reserved bit set"),
        FaultReason.CompatibilityInterruptBlocked => Unqualified(string.Empty, "an interrupt of the compatibility format is blocked"),
        FaultReason.InterruptSourceRejected => new(string.Empty, "the interrupt remapping entry is for another source"),
        FaultReason.InterruptRangeRequest => Unqualified(string.Empty, "a request without PASID to the interrupt range that is not a write of 4 bytes"),
        FaultReason.RootTableAddressInvalid => Unqualified("RTA.1", "RTADDR has a table mode that the unit cannot do, or another bad field"),
        FaultReason.PasidInLegacyMode => Unqualified("RTA.2", "a request with a PASID in legacy mode"),
        FaultReason.PageRequestInLegacyMode => Unqualified("RTA.3", "a page request in legacy mode"),
        FaultReason.AbortDmaMode => Unqualified("RTA.4", "a request in abort-DMA mode"),
        FaultReason.ExecuteRequested => Unqualified("RTA.5", "an execute request"),
        FaultReason.ScalableRootAccess => Unqualified("SRT.1", "the root entry cannot be read"),
        FaultReason.ScalableRootNotPresent => Unqualified("SRT.2", "the half of the root entry is not present"),
        FaultReason.ScalableRootReserved => Unqualified("SRT.3", "the half of the root entry has a reserved bit set"),
        FaultReason.ScalableContextAccess => Unqualified("SCT.1", "the context entry cannot be read"),
        FaultReason.ScalableContextNotPresent => new("SCT.2", "the context entry is not present"),
        FaultReason.ScalableContextReserved => new("SCT.3", "the context entry has a reserved bit set"),
        FaultReason.ScalableContextInvalid => new("SCT.4", "fields of the context entry contradict each other: PRE without DTE, EPTR without PASIDE, or RID_PASID beyond the directory"),
        FaultReason.DeviceTlbDisabled => new("SCT.5", "a translation request or a translated request, and DTE is clear"),
        FaultReason.PasidDisabled => new("SCT.6", "a request with a PASID, and PASIDE is clear"),
        FaultReason.PasidBeyondDirectory => new("SCT.7", "the PASID lies beyond the PASID directory"),
        FaultReason.PageRequestDisabled => new("SCT.8", "a page request, and PRE is clear"),
        FaultReason.RidPasidInvalid => new("SCT.9", "the PASID is the one that requests without PASID use (RID_PASID)"),
        FaultReason.PasidInTranslatedRequestsDisabled => new("SCT.10", "a translated request with a PASID, and EPTR is clear"),
        FaultReason.PasidDirectoryAccess => Unqualified("SPD.1", "the PASID directory entry cannot be read"),
        FaultReason.PasidDirectoryNotPresent => new("SPD.2", "the PASID directory entry is not present"),
        FaultReason.PasidDirectoryReserved => new("SPD.3", "the PASID directory entry has a reserved bit set"),
        FaultReason.PasidTableAccess => Unqualified("SPT.1", "the PASID table entry cannot be read"),
        FaultReason.PasidEntryNotPresent => new("SPT.2", "the PASID table entry is not present"),
        FaultReason.PasidEntryReserved => new("SPT.3", "the PASID table entry has a reserved bit set"),
        FaultReason.PasidEntryInvalid => new("SPT.4", "the PASID table entry asks for a grant type, a width or a paging mode that the unit cannot do"),
        FaultReason.ExecuteRequestsDisabled => new("SPT.5", "an execute request, and the unit or the entry does not allow them"),
        FaultReason.SupervisorRequestsDisabled => new("SPT.6", "a supervisor request, and SRE is clear"),
        FaultReason.FirstStageEntryAccess => new("SFS.1", "a first-stage entry below the top cannot be read"),
        FaultReason.FirstStageEntryNotPresent => new("SFS.2", "a first-stage entry is not present"),
        FaultReason.FirstStageEntryReserved => new("SFS.3", "a first-stage entry has a reserved bit set"),
        FaultReason.FirstStageTableAccess => new("SFS.4", "the top first-stage entry cannot be read"),
        FaultReason.NestedAddressBeyondGuestWidth => new("SFS.5", "nested: the address in a first-stage entry lies beyond the guest's width"),
        FaultReason.NestedTableReadDenied => new("SFS.6", "nested: the second stage does not allow the top first-stage table to be read"),
        FaultReason.NestedEntryReadDenied => new("SFS.7", "nested: the second stage does not allow a first-stage entry to be read"),
        FaultReason.NestedEntryWriteDenied => new("SFS.8", "nested: the second stage does not allow accessed or dirty bits of a first-stage entry to be set"),
        FaultReason.SecondStageEntryAccess => new("SSS.1", "a second-stage entry below the top cannot be read"),
        FaultReason.SecondStageEntryNotPresent => new("SSS.2", "reads and writes are both forbidden, by a second-stage entry or by all levels together"),
        FaultReason.SecondStageEntryReserved => new("SSS.3", "a second-stage entry has a reserved bit set"),
        FaultReason.SecondStageTableAccess => new("SSS.4", "the top second-stage entry cannot be read"),
        FaultReason.SecondStageUpdateNoSnoop => new("SSS.5", "accessed or dirty bits of a second-stage entry have to be set, and page walks do not snoop"),
        FaultReason.SecondStageUpdateFailed => new("SSS.6", "accessed or dirty bits of a second-stage entry could not be set"),
        FaultReason.NotCanonical => new("SGN.1", "the input address is not canonical"),
        FaultReason.UserDenied => new("SGN.2", "a user request, and not every level allows it"),
        FaultReason.ExecuteDenied => new("SGN.3", "an execute request, and some level forbids it (revision 3)"),
        FaultReason.AddressBeyondHostWidth => new("SGN.4", "pass-through: the address lies beyond the host address width"),
        FaultReason.SecondStageAddressBeyondWidth => new("SGN.5", "the address lies beyond the width of the second stage"),
        FaultReason.ScalableWriteDenied => new("SGN.6", "a write, and not every level allows it"),
        FaultReason.ScalableReadDenied => new("SGN.7", "a read, and not every level allows it"),
        FaultReason.ScalableInterruptRange => new("SGN.8", "the request would reach the interrupt range"),
        FaultReason.PasidTooWide => new("SGN.10", "the PASID has more bits than ECAP.PSS allows"),
        FaultReason.FirstStageUpdateNoSnoop => new("SFS.9", "accessed or dirty bits of a first-stage entry have to be set, and page walks do not snoop"),
        FaultReason.FirstStageUpdateFailed => new("SFS.10", "accessed or dirty bits of a first-stage entry could not be set"),
        _ => new(string.Empty, "an unknown reason"),
    };

    private static Text Unqualified(string mnemonic, string meaning) => new(mnemonic, meaning, IsQualified: false);

    private readonly record struct Text(string Mnemonic, string Meaning, bool IsQualified = true);
}
