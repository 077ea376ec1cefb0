using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>
/// An entry of a PASID table, indexed by bits 5:0 of the PASID: how requests of one address space are translated (VT-d,
/// Scalable-Mode PASID Table Entry).
/// </summary>
/// <remarks>
/// What is reserved follows revision 4.1; the fields of revision 3 exist only there. That bits 95:91 are among them is inferred
/// from an independent implementation (75%). AW, SRE, FSPM and WPE are never reserved: Linux writes AW into first-stage entries,
/// and an independent unit accepts all four in entries whose stage or capability it lacks. Other fields of what a unit
/// lacks are reserved.
/// </remarks>
/// <param name="Bits">The raw bits.</param>
public readonly record struct PasidEntry(Bits512 Bits) : IBitStructure<PasidEntry, Bits512>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "PASID table entry",
        512,
        PresentField,
        FaultProcessingDisableField,
        AddressWidthField,
        GrantTypeField,
        SecondStageAccessedDirtyEnableField,
        SecondStageTableField,
        DomainIdField,
        PageWalkSnoopField,
        PageSnoopField,
        CacheDisableField,
        ExtendedMemoryTypeEnableField,
        ExtendedMemoryTypeField,
        PageWriteThroughField,
        PageCacheDisableField,
        PageAttributeTableField,
        SupervisorRequestEnableField,
        ExecuteRequestEnableField,
        FirstStagePagingModeField,
        WriteProtectEnableField,
        NoExecuteEnableField,
        SupervisorExecutePreventionField,
        ExtendedAccessedEnableField,
        FirstStageTableField);

    /// <summary>P: the rest of the entry, except FPD, means something.</summary>
    public bool Present { get => PresentField.IsSet(Bits); init => Bits = PresentField.With(Bits, value); }

    /// <summary>FPD: qualified faults of this PASID are not recorded. Holds even if the entry is not present.</summary>
    public bool FaultProcessingDisable
    {
        get => FaultProcessingDisableField.IsSet(Bits);
        init => Bits = FaultProcessingDisableField.With(Bits, value);
    }

    /// <summary>AW: the width of second-stage input addresses.</summary>
    public AddressWidth AddressWidth
    {
        get => (AddressWidth)AddressWidthField.Get(Bits);
        init => Bits = AddressWidthField.With(Bits, (ulong)value);
    }

    /// <summary>PGTT: which stages translate.</summary>
    public PasidGrantType GrantType
    {
        get => (PasidGrantType)GrantTypeField.Get(Bits);
        init => Bits = GrantTypeField.With(Bits, (ulong)value);
    }

    /// <summary>SSADE (older: SLADE): second-stage entries have accessed and dirty bits.</summary>
    public bool SecondStageAccessedDirtyEnable
    {
        get => SecondStageAccessedDirtyEnableField.IsSet(Bits);
        init => Bits = SecondStageAccessedDirtyEnableField.With(Bits, value);
    }

    /// <summary>SSPTPTR (older: SLPTPTR): the address of the top second-stage table, a multiple of 4096.</summary>
    public ulong SecondStageTable
    {
        get => SecondStageTableField.GetAddress(Bits);
        init => Bits = SecondStageTableField.WithAddress(Bits, value);
    }

    /// <summary>DID: the domain that cached translations are tagged with.</summary>
    public DomainId DomainId { get => new((ushort)DomainIdField.Get(Bits)); init => Bits = DomainIdField.With(Bits, value.Value); }

    /// <summary>PWSNP: page walks snoop the processor caches.</summary>
    public bool PageWalkSnoop { get => PageWalkSnoopField.IsSet(Bits); init => Bits = PageWalkSnoopField.With(Bits, value); }

    /// <summary>PGSNP: accesses to pages snoop the processor caches.</summary>
    public bool PageSnoop { get => PageSnoopField.IsSet(Bits); init => Bits = PageSnoopField.With(Bits, value); }

    /// <summary>CD: cache disable.</summary>
    public bool CacheDisable { get => CacheDisableField.IsSet(Bits); init => Bits = CacheDisableField.With(Bits, value); }

    /// <summary>EMTE: extended memory type enable.</summary>
    public bool ExtendedMemoryTypeEnable
    {
        get => ExtendedMemoryTypeEnableField.IsSet(Bits);
        init => Bits = ExtendedMemoryTypeEnableField.With(Bits, value);
    }

    /// <summary>EMT: extended memory type. Revision 3.</summary>
    public byte ExtendedMemoryType
    {
        get => (byte)ExtendedMemoryTypeField.Get(Bits);
        init => Bits = ExtendedMemoryTypeField.With(Bits, value);
    }

    /// <summary>PWT: page-level write-through. Revision 3.</summary>
    public bool PageWriteThrough
    {
        get => PageWriteThroughField.IsSet(Bits);
        init => Bits = PageWriteThroughField.With(Bits, value);
    }

    /// <summary>PCD: page-level cache disable. Revision 3.</summary>
    public bool PageCacheDisable
    {
        get => PageCacheDisableField.IsSet(Bits);
        init => Bits = PageCacheDisableField.With(Bits, value);
    }

    /// <summary>PAT: page attribute table.</summary>
    public uint PageAttributeTable
    {
        get => (uint)PageAttributeTableField.Get(Bits);
        init => Bits = PageAttributeTableField.With(Bits, value);
    }

    /// <summary>SRE: supervisor requests are allowed.</summary>
    public bool SupervisorRequestEnable
    {
        get => SupervisorRequestEnableField.IsSet(Bits);
        init => Bits = SupervisorRequestEnableField.With(Bits, value);
    }

    /// <summary>ERE: execute requests are allowed. Revision 3; reserved in 4.1.</summary>
    public bool ExecuteRequestEnable
    {
        get => ExecuteRequestEnableField.IsSet(Bits);
        init => Bits = ExecuteRequestEnableField.With(Bits, value);
    }

    /// <summary>FSPM (older: FLPM): how many levels the first stage has.</summary>
    public FirstStagePagingMode FirstStagePagingMode
    {
        get => (FirstStagePagingMode)FirstStagePagingModeField.Get(Bits);
        init => Bits = FirstStagePagingModeField.With(Bits, (ulong)value);
    }

    /// <summary>WPE: supervisor writes respect the R/W bit, as with CR0.WP.</summary>
    public bool WriteProtectEnable
    {
        get => WriteProtectEnableField.IsSet(Bits);
        init => Bits = WriteProtectEnableField.With(Bits, value);
    }

    /// <summary>NXE: the XD bit means something, as with EFER.NXE. Ignored in 4.1.</summary>
    public bool NoExecuteEnable
    {
        get => NoExecuteEnableField.IsSet(Bits);
        init => Bits = NoExecuteEnableField.With(Bits, value);
    }

    /// <summary>SMEP: as CR4.SMEP. Ignored in 4.1.</summary>
    public bool SupervisorExecutePrevention
    {
        get => SupervisorExecutePreventionField.IsSet(Bits);
        init => Bits = SupervisorExecutePreventionField.With(Bits, value);
    }

    /// <summary>EAFE: first-stage entries have an extended accessed bit.</summary>
    public bool ExtendedAccessedEnable
    {
        get => ExtendedAccessedEnableField.IsSet(Bits);
        init => Bits = ExtendedAccessedEnableField.With(Bits, value);
    }

    /// <summary>
    /// FSPTPTR (older: FLPTPTR): the address of the top first-stage table, a multiple of 4096; a guest address if nested.
    /// </summary>
    public ulong FirstStageTable
    {
        get => FirstStageTableField.GetAddress(Bits);
        init => Bits = FirstStageTableField.WithAddress(Bits, value);
    }

    private static BitField PresentField => new("P", 0);

    private static BitField FaultProcessingDisableField => new("FPD", 1);

    private static BitField AddressWidthField => new("AW", 2, 3);

    private static BitField GrantTypeField => new("PGTT", 6, 3);

    private static BitField SecondStageAccessedDirtyEnableField => new("SSADE", 9, 1, Requirement.SecondStageAccessedDirty);

    private static BitField SecondStageTableField => new("SSPTPTR", 12, 52, Requirement.SecondStage, FieldContent.HostAddress);

    private static BitField DomainIdField => new("DID", 64, 16);

    private static BitField PageWalkSnoopField => new("PWSNP", 87, 1, Requirement.PageWalkCoherency);

    private static BitField PageSnoopField => new("PGSNP", 88, 1, Requirement.SnoopControl);

    private static BitField CacheDisableField => new("CD", 89, 1, Requirement.MemoryTypes);

    private static BitField ExtendedMemoryTypeEnableField => new("EMTE", 90, 1, Requirement.MemoryTypes);

    private static BitField ExtendedMemoryTypeField => new("EMT", 91, 3, Requirement.MemoryTypes | Requirement.Revision3);

    private static BitField PageWriteThroughField => new("PWT", 94, 1, Requirement.MemoryTypes | Requirement.Revision3);

    private static BitField PageCacheDisableField => new("PCD", 95, 1, Requirement.MemoryTypes | Requirement.Revision3);

    private static BitField PageAttributeTableField => new("PAT", 96, 32, Requirement.MemoryTypes);

    private static BitField SupervisorRequestEnableField => new("SRE", 128);

    private static BitField ExecuteRequestEnableField => new("ERE", 129, 1, Requirement.Revision3);

    private static BitField FirstStagePagingModeField => new("FSPM", 130, 2);

    private static BitField WriteProtectEnableField => new("WPE", 132);

    private static BitField NoExecuteEnableField => new("NXE", 133);

    private static BitField SupervisorExecutePreventionField => new("SMEP", 134);

    private static BitField ExtendedAccessedEnableField => new("EAFE", 135, 1, Requirement.ExtendedAccessed);

    private static BitField FirstStageTableField => new("FSPTPTR", 140, 52, Requirement.FirstStage, FieldContent.HostAddress);

    /// <summary>The bits that must be zero in a present entry of one grant type.</summary>
    /// <param name="capabilities">What the unit can do.</param>
    /// <param name="grantType">
    /// In a nested entry FSPTPTR is a guest address: the host address width does not limit it, and one that leaves the guest's
    /// width is <see cref="FaultReason.NestedAddressBeyondGuestWidth"/> when it is used.
    /// </param>
    public static Bits512 ReservedMask(in VtdCapabilities capabilities, PasidGrantType grantType)
    {
        Bits512 mask = Layout.ReservedMask<Bits512>(capabilities);
        bool guestAddress = grantType == PasidGrantType.Nested && capabilities.Meets(FirstStageTableField.Needs);
        return guestAddress ? FirstStageTableField.With(mask, value: false) : mask;
    }

    /// <summary>Which entry of the table serves a PASID.</summary>
    public static int IndexOf(Pasid pasid) => (int)(pasid.Value & 63);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
