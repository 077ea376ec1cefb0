namespace IoAsid.Typed.Vtd;

/// <summary>CAP: what the unit can do (VT-d, Capability Register).</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct CapabilityRegister(Bits64 Bits) : IBitStructure<CapabilityRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "CAP_REG",
        64,
        NumberOfDomainsField,
        AdvancedFaultLogField,
        WriteBufferFlushRequiredField,
        ProtectedLowMemoryField,
        ProtectedHighMemoryField,
        CachingModeField,
        SupportedAddressWidthsField,
        MaximumGuestAddressWidthField,
        ZeroLengthReadField,
        FaultRecordOffsetField,
        SecondStageLargePagesField,
        PageSelectiveInvalidationField,
        NumberOfFaultRecordsField,
        MaximumAddressMaskField,
        DrainWritesField,
        DrainReadsField,
        OneGigabyteFirstStagePagesField,
        PostedInterruptsField,
        FiveLevelPagingField,
        EnhancedCommandsField,
        SetInterruptTableFlushesField,
        SetRootTableFlushesField);

    /// <summary>ND: there are 2^(4+2·ND) domain ids.</summary>
    public byte NumberOfDomains
    {
        get => (byte)NumberOfDomainsField.Get(Bits);
        init => Bits = NumberOfDomainsField.With(Bits, value);
    }

    /// <summary>AFL: faults can be logged in memory.</summary>
    public bool AdvancedFaultLog
    {
        get => AdvancedFaultLogField.IsSet(Bits);
        init => Bits = AdvancedFaultLogField.With(Bits, value);
    }

    /// <summary>RWBF: software has to flush write buffers.</summary>
    public bool WriteBufferFlushRequired
    {
        get => WriteBufferFlushRequiredField.IsSet(Bits);
        init => Bits = WriteBufferFlushRequiredField.With(Bits, value);
    }

    /// <summary>PLMR: there is a protected low-memory region.</summary>
    public bool ProtectedLowMemory
    {
        get => ProtectedLowMemoryField.IsSet(Bits);
        init => Bits = ProtectedLowMemoryField.With(Bits, value);
    }

    /// <summary>PHMR: there is a protected high-memory region.</summary>
    public bool ProtectedHighMemory
    {
        get => ProtectedHighMemoryField.IsSet(Bits);
        init => Bits = ProtectedHighMemoryField.With(Bits, value);
    }

    /// <summary>CM: entries that are not present or faulting may be cached.</summary>
    public bool CachingMode { get => CachingModeField.IsSet(Bits); init => Bits = CachingModeField.With(Bits, value); }

    /// <summary>SAGAW: bit n set means that <see cref="AddressWidth"/> n is supported.</summary>
    public byte SupportedAddressWidths
    {
        get => (byte)SupportedAddressWidthsField.Get(Bits);
        init => Bits = SupportedAddressWidthsField.With(Bits, value);
    }

    /// <summary>MGAW: the widest input address, less 1.</summary>
    public byte MaximumGuestAddressWidth
    {
        get => (byte)MaximumGuestAddressWidthField.Get(Bits);
        init => Bits = MaximumGuestAddressWidthField.With(Bits, value);
    }

    /// <summary>ZLR: zero-length reads of write-only pages are allowed.</summary>
    public bool ZeroLengthRead { get => ZeroLengthReadField.IsSet(Bits); init => Bits = ZeroLengthReadField.With(Bits, value); }

    /// <summary>FRO: the offset of the fault recording registers, in 16 bytes.</summary>
    public ushort FaultRecordOffset
    {
        get => (ushort)FaultRecordOffsetField.Get(Bits);
        init => Bits = FaultRecordOffsetField.With(Bits, value);
    }

    /// <summary>SSLPS (older: SLLPS): bit 0 means 2 MiB pages, bit 1 means 1 GiB pages.</summary>
    public byte SecondStageLargePages
    {
        get => (byte)SecondStageLargePagesField.Get(Bits);
        init => Bits = SecondStageLargePagesField.With(Bits, value);
    }

    /// <summary>PSI: page-selective IOTLB invalidation.</summary>
    public bool PageSelectiveInvalidation
    {
        get => PageSelectiveInvalidationField.IsSet(Bits);
        init => Bits = PageSelectiveInvalidationField.With(Bits, value);
    }

    /// <summary>NFR: the number of fault recording registers, less 1.</summary>
    public byte NumberOfFaultRecords
    {
        get => (byte)NumberOfFaultRecordsField.Get(Bits);
        init => Bits = NumberOfFaultRecordsField.With(Bits, value);
    }

    /// <summary>MAMV: the highest AM of an IOTLB invalidation.</summary>
    public byte MaximumAddressMask
    {
        get => (byte)MaximumAddressMaskField.Get(Bits);
        init => Bits = MaximumAddressMaskField.With(Bits, value);
    }

    /// <summary>DWD: writes can be drained.</summary>
    public bool DrainWrites { get => DrainWritesField.IsSet(Bits); init => Bits = DrainWritesField.With(Bits, value); }

    /// <summary>DRD: reads can be drained.</summary>
    public bool DrainReads { get => DrainReadsField.IsSet(Bits); init => Bits = DrainReadsField.With(Bits, value); }

    /// <summary>FS1GP (older: FL1GP): 1 GiB pages in the first stage.</summary>
    public bool OneGigabyteFirstStagePages
    {
        get => OneGigabyteFirstStagePagesField.IsSet(Bits);
        init => Bits = OneGigabyteFirstStagePagesField.With(Bits, value);
    }

    /// <summary>PI: interrupts can be posted.</summary>
    public bool PostedInterrupts
    {
        get => PostedInterruptsField.IsSet(Bits);
        init => Bits = PostedInterruptsField.With(Bits, value);
    }

    /// <summary>FS5LP (older: FL5LP): 5-level paging in the first stage.</summary>
    public bool FiveLevelPaging
    {
        get => FiveLevelPagingField.IsSet(Bits);
        init => Bits = FiveLevelPagingField.With(Bits, value);
    }

    /// <summary>ECMDS: enhanced commands.</summary>
    public bool EnhancedCommands
    {
        get => EnhancedCommandsField.IsSet(Bits);
        init => Bits = EnhancedCommandsField.With(Bits, value);
    }

    /// <summary>ESIRTPS: setting the interrupt remapping table flushes its cache.</summary>
    public bool SetInterruptTableFlushes
    {
        get => SetInterruptTableFlushesField.IsSet(Bits);
        init => Bits = SetInterruptTableFlushesField.With(Bits, value);
    }

    /// <summary>ESRTPS: setting the root table flushes the context, PASID, IOTLB and paging-structure caches.</summary>
    public bool SetRootTableFlushes
    {
        get => SetRootTableFlushesField.IsSet(Bits);
        init => Bits = SetRootTableFlushesField.With(Bits, value);
    }

    private static BitField NumberOfDomainsField => new("ND", 0, 3);

    private static BitField AdvancedFaultLogField => new("AFL", 3);

    private static BitField WriteBufferFlushRequiredField => new("RWBF", 4);

    private static BitField ProtectedLowMemoryField => new("PLMR", 5);

    private static BitField ProtectedHighMemoryField => new("PHMR", 6);

    private static BitField CachingModeField => new("CM", 7);

    private static BitField SupportedAddressWidthsField => new("SAGAW", 8, 5);

    private static BitField MaximumGuestAddressWidthField => new("MGAW", 16, 6);

    private static BitField ZeroLengthReadField => new("ZLR", 22);

    private static BitField FaultRecordOffsetField => new("FRO", 24, 10);

    private static BitField SecondStageLargePagesField => new("SSLPS", 34, 4);

    private static BitField PageSelectiveInvalidationField => new("PSI", 39);

    private static BitField NumberOfFaultRecordsField => new("NFR", 40, 8);

    private static BitField MaximumAddressMaskField => new("MAMV", 48, 6);

    private static BitField DrainWritesField => new("DWD", 54);

    private static BitField DrainReadsField => new("DRD", 55);

    private static BitField OneGigabyteFirstStagePagesField => new("FS1GP", 56);

    private static BitField PostedInterruptsField => new("PI", 59);

    private static BitField FiveLevelPagingField => new("FS5LP", 60);

    private static BitField EnhancedCommandsField => new("ECMDS", 61);

    private static BitField SetInterruptTableFlushesField => new("ESIRTPS", 62);

    private static BitField SetRootTableFlushesField => new("ESRTPS", 63);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
