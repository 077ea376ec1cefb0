using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>
/// An entry of a PASID table, indexed by bits 5:0 of the PASID: the translation of the requests of one address space (VT-d,
/// Scalable-Mode PASID Table Entry).
/// </summary>
/// <remarks>Fields without their capability are reserved. The fields of revision 3 exist only in revision 3.</remarks>
[BitLayout("PASID table entry", 512)]
public readonly partial record struct PasidEntry
{
    /// <summary>P: the entry is present. Otherwise only FPD is valid.</summary>
    [Bits("P", 0)] public partial bool Present { get; init; }

    /// <summary>FPD: qualified faults of this PASID are not recorded, also if the entry is not present.</summary>
    [Bits("FPD", 1)] public partial bool FaultProcessingDisable { get; init; }

    /// <summary>AW: the width of second-stage input addresses.</summary>
    [Bits("AW", 2, 4, Needs = Requirement.SecondStage)] public partial AddressWidth AddressWidth { get; init; }

    /// <summary>PGTT: which stages translate.</summary>
    [Bits("PGTT", 6, 8)] public partial PasidGrantType GrantType { get; init; }

    /// <summary>SSADE: second-stage entries have accessed and dirty bits. Older name: SLADE.</summary>
    [Bits("SSADE", 9, Needs = Requirement.SecondStage | Requirement.SecondStageAccessedDirty)]
    public partial bool SecondStageAccessedDirtyEnable { get; init; }

    /// <summary>SSPTPTR (older: SLPTPTR): the address of the top second-stage table, a multiple of 4096.</summary>
    [Bits("SSPTPTR", 12, 63, Content = FieldContent.HostAddress, Needs = Requirement.SecondStage)]
    public partial ulong SecondStageTable { get; init; }

    /// <summary>DID: the domain that cached translations are tagged with.</summary>
    [Bits("DID", 64, 79)] public partial DomainId DomainId { get; init; }

    /// <summary>PWSNP: page walks snoop the processor caches.</summary>
    [Bits("PWSNP", 87, Needs = Requirement.PageWalkCoherency)] public partial bool PageWalkSnoop { get; init; }

    /// <summary>PGSNP: accesses to pages snoop the processor caches.</summary>
    [Bits("PGSNP", 88, Needs = Requirement.SnoopControl)] public partial bool PageSnoop { get; init; }

    /// <summary>CD: cache disable.</summary>
    [Bits("CD", 89, Needs = Requirement.MemoryTypes)] public partial bool CacheDisable { get; init; }

    /// <summary>EMTE: extended memory type enable.</summary>
    [Bits("EMTE", 90, Needs = Requirement.MemoryTypes)] public partial bool ExtendedMemoryTypeEnable { get; init; }

    /// <summary>EMT: extended memory type. Revision 3.</summary>
    [Bits("EMT", 91, 93, Needs = Requirement.MemoryTypes, RemovedIn = "4.0")]
    public partial byte ExtendedMemoryType { get; init; }

    /// <summary>PWT: page-level write-through. Revision 3.</summary>
    [Bits("PWT", 94, Needs = Requirement.MemoryTypes, RemovedIn = "4.0")] public partial bool PageWriteThrough { get; init; }

    /// <summary>PCD: page-level cache disable. Revision 3.</summary>
    [Bits("PCD", 95, Needs = Requirement.MemoryTypes, RemovedIn = "4.0")] public partial bool PageCacheDisable { get; init; }

    /// <summary>PAT: page attribute table.</summary>
    [Bits("PAT", 96, 127, Needs = Requirement.MemoryTypes)] public partial uint PageAttributeTable { get; init; }

    /// <summary>SRE: supervisor requests are allowed.</summary>
    [Bits("SRE", 128, Needs = Requirement.SupervisorRequests)] public partial bool SupervisorRequestEnable { get; init; }

    /// <summary>ERE: execute requests are allowed. Revision 3; reserved in 4.1.</summary>
    [Bits("ERE", 129, RemovedIn = "4.0")] public partial bool ExecuteRequestEnable { get; init; }

    /// <summary>FSPM (FLPM in older revisions): the number of levels of the first stage.</summary>
    [Bits("FSPM", 130, 131, Needs = Requirement.FirstStage)] public partial FirstStagePagingMode FirstStagePagingMode { get; init; }

    /// <summary>WPE: supervisor writes respect the R/W bit, as with CR0.WP.</summary>
    [Bits("WPE", 132, Needs = Requirement.FirstStage)] public partial bool WriteProtectEnable { get; init; }

    /// <summary>NXE: the XD bit of entries is valid, as with EFER.NXE. Ignored in revision 4.1.</summary>
    [Bits("NXE", 133)] public partial bool NoExecuteEnable { get; init; }

    /// <summary>SMEP: as CR4.SMEP. Ignored in 4.1.</summary>
    [Bits("SMEP", 134)] public partial bool SupervisorExecutePrevention { get; init; }

    /// <summary>EAFE: first-stage entries have an extended accessed bit.</summary>
    [Bits("EAFE", 135, Needs = Requirement.ExtendedAccessed)] public partial bool ExtendedAccessedEnable { get; init; }

    /// <summary>FSPTPTR (older: FLPTPTR): the address of the top first-stage table, a multiple of 4096; a guest address if nested.</summary>
    [Bits("FSPTPTR", 140, 191, Content = FieldContent.HostAddress, Needs = Requirement.FirstStage)]
    public partial ulong FirstStageTable { get; init; }

    /// <summary>Returns the bits that must be zero in a present entry.</summary>
    /// <param name="capabilities">The capabilities of the unit. CAP.ND determines the width of DID.</param>
    public static Bits512 ReservedMask(in VtdCapabilities capabilities)
    {
        Bits512 mask = Layout.ReservedMask<Bits512>(capabilities);
        return mask with { Word1 = mask.Word1 | capabilities.AbsentDomainIdBits };
    }

    /// <summary>Returns the index of the entry of a PASID in its table.</summary>
    public static int IndexOf(Pasid pasid) => (int)(pasid.Value & 63);
}

/// <summary>PGTT of a PASID table entry: which stages translate. 0, 5, 6 and 7 are invalid.</summary>
public enum PasidGrantType
{
    /// <summary>Not a grant type.</summary>
    Invalid = 0,
    /// <summary>The first stage only.</summary>
    FirstStage = 1,
    /// <summary>The second stage only.</summary>
    SecondStage = 2,
    /// <summary>The first stage over the second: first-stage tables hold guest addresses.</summary>
    Nested = 3,
    /// <summary>No translation.</summary>
    PassThrough = 4,
}

/// <summary>FSPM of a PASID table entry: the number of levels of the first stage. 2 and 3 are invalid.</summary>
public enum FirstStagePagingMode
{
    /// <summary>4 levels: 48-bit canonical addresses.</summary>
    FourLevel = 0,
    /// <summary>5 levels: 57-bit canonical addresses. Needs CAP.FS5LP.</summary>
    FiveLevel = 1,
}
