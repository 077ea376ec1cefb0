namespace IoAsid.Typed.Vtd;

#pragma warning disable CA1700 // "Reserved" is the architecture's word for bits that must be zero

/// <summary>FR of a fault record: the reason why a request was blocked (VT-d, Fault Reason Encodings).</summary>
/// <remarks>
/// Numbers below 20h are used in legacy mode, 20h to 2Fh for interrupts, those above in scalable mode. Numbers,
/// mnemonics and meanings are those of the specification's table 30. <see cref="FaultReasons"/> lists the qualified reasons.
/// </remarks>
public enum FaultReason
{
    /// <summary>No fault.</summary>
    None = 0,
    /// <summary>1h, LRT.2: the root entry is not present.</summary>
    RootNotPresent = 0x01,
    /// <summary>2h, LCT.2: the context entry is not present.</summary>
    ContextNotPresent = 0x02,
    /// <summary>3h, LCT.4: the context entry needs a capability that the unit does not have, or its top table cannot be read.</summary>
    ContextInvalid = 0x03,
    /// <summary>4h, LGN.1: the address lies beyond the width of the second stage.</summary>
    AddressBeyondWidth = 0x04,
    /// <summary>5h, LGN.2: a write, and no level or not every level allows it.</summary>
    WriteDenied = 0x05,
    /// <summary>6h, LGN.3: a read, and no level or not every level allows it.</summary>
    ReadDenied = 0x06,
    /// <summary>7h, LSL.1: a paging entry cannot be read.</summary>
    PagingEntryAccess = 0x07,
    /// <summary>8h, LRT.1: the root entry cannot be read.</summary>
    RootAccess = 0x08,
    /// <summary>9h, LCT.1: the context entry cannot be read.</summary>
    ContextAccess = 0x09,
    /// <summary>Ah, LRT.3: the root entry has a reserved bit set.</summary>
    RootReserved = 0x0A,
    /// <summary>Bh, LCT.3: the context entry has a reserved bit set.</summary>
    ContextReserved = 0x0B,
    /// <summary>Ch, LSL.2: a paging entry has a reserved bit set.</summary>
    PagingEntryReserved = 0x0C,
    /// <summary>Dh, LCT.5: a translation request or a translated request, and TT does not allow it.</summary>
    RequestTypeBlocked = 0x0D,
    /// <summary>Eh, LGN.4: the request would reach the interrupt range.</summary>
    InterruptRangeOutput = 0x0E,
    /// <summary>20h: the interrupt request has a reserved bit set.</summary>
    InterruptRequestReserved = 0x20,
    /// <summary>21h: the interrupt index lies beyond the table.</summary>
    InterruptIndexBeyondTable = 0x21,
    /// <summary>22h: the interrupt remapping entry is not present.</summary>
    InterruptEntryNotPresent = 0x22,
    /// <summary>23h: the interrupt remapping entry cannot be read.</summary>
    InterruptTableAccess = 0x23,
    /// <summary>24h: the interrupt remapping entry has a reserved bit set.</summary>
    InterruptEntryReserved = 0x24,
    /// <summary>25h: an interrupt of the compatibility format is blocked.</summary>
    CompatibilityInterruptBlocked = 0x25,
    /// <summary>26h: the interrupt remapping entry is for another source.</summary>
    InterruptSourceRejected = 0x26,
    /// <summary>29h: a request without PASID to the interrupt range that is no interrupt: not a write of 4 bytes.</summary>
    InterruptRangeRequest = 0x29,
    /// <summary>30h, RTA.1: RTADDR has a table mode that the unit cannot do, or another bad field.</summary>
    RootTableAddressInvalid = 0x30,
    /// <summary>31h, RTA.2: a request with a PASID in legacy mode.</summary>
    PasidInLegacyMode = 0x31,
    /// <summary>32h, RTA.3: a page request in legacy mode.</summary>
    PageRequestInLegacyMode = 0x32,
    /// <summary>33h, RTA.4: a request in abort-DMA mode.</summary>
    AbortDmaMode = 0x33,
    /// <summary>34h, RTA.5: an execute request, which units of major version 8 and later block.</summary>
    ExecuteRequested = 0x34,
    /// <summary>38h, SRT.1: the root entry cannot be read.</summary>
    ScalableRootAccess = 0x38,
    /// <summary>39h, SRT.2: the half of the root entry is not present.</summary>
    ScalableRootNotPresent = 0x39,
    /// <summary>3Ah, SRT.3: the half of the root entry has a reserved bit set.</summary>
    ScalableRootReserved = 0x3A,
    /// <summary>40h, SCT.1: the context entry cannot be read.</summary>
    ScalableContextAccess = 0x40,
    /// <summary>41h, SCT.2: the context entry is not present.</summary>
    ScalableContextNotPresent = 0x41,
    /// <summary>42h, SCT.3: the context entry has a reserved bit set.</summary>
    ScalableContextReserved = 0x42,
    /// <summary>43h, SCT.4: PRE without DTE, EPTR without PASIDE, or a RID_PASID beyond the PASID directory.</summary>
    ScalableContextInvalid = 0x43,
    /// <summary>44h, SCT.5: a translation request or a translated request, and DTE is clear.</summary>
    DeviceTlbDisabled = 0x44,
    /// <summary>45h, SCT.6: a request with a PASID, and PASIDE is clear.</summary>
    PasidDisabled = 0x45,
    /// <summary>46h, SCT.7: the PASID lies beyond the PASID directory.</summary>
    PasidBeyondDirectory = 0x46,
    /// <summary>47h, SCT.8: a page request, and PRE is clear.</summary>
    PageRequestDisabled = 0x47,
    /// <summary>48h, SCT.9: a request with the PASID that requests without PASID use (RID_PASID).</summary>
    RidPasidInvalid = 0x48,
    /// <summary>49h, SCT.10: a translated request with a PASID, and EPTR is clear. Since revision 5.0.</summary>
    PasidInTranslatedRequestsDisabled = 0x49,
    /// <summary>50h, SPD.1: the PASID directory entry cannot be read.</summary>
    PasidDirectoryAccess = 0x50,
    /// <summary>51h, SPD.2: the PASID directory entry is not present.</summary>
    PasidDirectoryNotPresent = 0x51,
    /// <summary>52h, SPD.3: the PASID directory entry has a reserved bit set.</summary>
    PasidDirectoryReserved = 0x52,
    /// <summary>58h, SPT.1: the PASID table entry cannot be read.</summary>
    PasidTableAccess = 0x58,
    /// <summary>59h, SPT.2: the PASID table entry is not present.</summary>
    PasidEntryNotPresent = 0x59,
    /// <summary>5Ah, SPT.3: the PASID table entry has a reserved bit set.</summary>
    PasidEntryReserved = 0x5A,
    /// <summary>5Bh, SPT.4: the PASID table entry has a grant type, a width or a paging mode that the unit does not support.</summary>
    PasidEntryInvalid = 0x5B,
    /// <summary>5Ch, SPT.5: an execute request, and the unit or the PASID entry does not allow them.</summary>
    ExecuteRequestsDisabled = 0x5C,
    /// <summary>5Dh, SPT.6: a supervisor request, and SRE is clear.</summary>
    SupervisorRequestsDisabled = 0x5D,
    /// <summary>70h, SFS.1: a first-stage entry below the top cannot be read.</summary>
    FirstStageEntryAccess = 0x70,
    /// <summary>71h, SFS.2: a first-stage entry is not present.</summary>
    FirstStageEntryNotPresent = 0x71,
    /// <summary>72h, SFS.3: a first-stage entry has a reserved bit set.</summary>
    FirstStageEntryReserved = 0x72,
    /// <summary>73h, SFS.4: the top first-stage entry cannot be read.</summary>
    FirstStageTableAccess = 0x73,
    /// <summary>74h, SFS.5: nested: the address in a first-stage entry lies beyond the guest's width.</summary>
    NestedAddressBeyondGuestWidth = 0x74,
    /// <summary>75h, SFS.6: nested: the second stage does not allow the top first-stage table to be read.</summary>
    NestedTableReadDenied = 0x75,
    /// <summary>76h, SFS.7: nested: the second stage does not allow a first-stage entry to be read.</summary>
    NestedEntryReadDenied = 0x76,
    /// <summary>77h, SFS.8: nested: the second stage does not allow accessed or dirty bits of a first-stage entry to be set.</summary>
    NestedEntryWriteDenied = 0x77,
    /// <summary>78h, SSS.1: a second-stage entry below the top cannot be read.</summary>
    SecondStageEntryAccess = 0x78,
    /// <summary>79h, SSS.2: reads and writes are both forbidden, by a second-stage entry or by all levels together.</summary>
    SecondStageEntryNotPresent = 0x79,
    /// <summary>7Ah, SSS.3: a second-stage entry has a reserved bit set.</summary>
    SecondStageEntryReserved = 0x7A,
    /// <summary>7Bh, SSS.4: the top second-stage entry cannot be read.</summary>
    SecondStageTableAccess = 0x7B,
    /// <summary>7Ch, SSS.5: accessed or dirty bits of a second-stage entry have to be set, and page walks do not snoop.</summary>
    SecondStageUpdateNoSnoop = 0x7C,
    /// <summary>7Dh, SSS.6: accessed or dirty bits of a second-stage entry could not be set.</summary>
    SecondStageUpdateFailed = 0x7D,
    /// <summary>80h, SGN.1: the input address is not canonical.</summary>
    NotCanonical = 0x80,
    /// <summary>81h, SGN.2: a user request, and not every level allows it.</summary>
    UserDenied = 0x81,
    /// <summary>82h, SGN.3: an execute request, and some level forbids it (revision 3).</summary>
    ExecuteDenied = 0x82,
    /// <summary>83h, SGN.4: pass-through: the address lies beyond the host address width.</summary>
    AddressBeyondHostWidth = 0x83,
    /// <summary>84h, SGN.5: the address lies beyond the width of the second stage.</summary>
    SecondStageAddressBeyondWidth = 0x84,
    /// <summary>85h, SGN.6: a write, and not every level allows it.</summary>
    ScalableWriteDenied = 0x85,
    /// <summary>86h, SGN.7: a read, and not every level allows it.</summary>
    ScalableReadDenied = 0x86,
    /// <summary>87h, SGN.8: the request would reach the interrupt range.</summary>
    ScalableInterruptRange = 0x87,
    /// <summary>89h, SGN.10: the PASID has more bits than ECAP.PSS allows.</summary>
    PasidTooWide = 0x89,
    /// <summary>90h, SFS.9: accessed or dirty bits of a first-stage entry have to be set, and page walks do not snoop.</summary>
    FirstStageUpdateNoSnoop = 0x90,
    /// <summary>91h, SFS.10: accessed or dirty bits of a first-stage entry could not be set.</summary>
    FirstStageUpdateFailed = 0x91,
}
