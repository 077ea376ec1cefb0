namespace IoAsid.Typed.Vtd;

/// <summary>CAP: the capabilities of the unit (VT-d, Capability Register).</summary>
[BitLayout("CAP_REG", 64, Access = RegisterAccess.ReadOnly)]
public readonly partial record struct CapabilityRegister
{
    /// <summary>ND: there are 2^(4+2·ND) domain ids.</summary>
    [Bits("ND", 0, 2)] public partial byte NumberOfDomains { get; init; }
    /// <summary>AFL: faults can be logged in memory.</summary>
    [Bits("AFL", 3)] public partial bool AdvancedFaultLog { get; init; }
    /// <summary>RWBF: software has to flush write buffers.</summary>
    [Bits("RWBF", 4)] public partial bool WriteBufferFlushRequired { get; init; }
    /// <summary>PLMR: the unit has a protected low-memory region.</summary>
    [Bits("PLMR", 5)] public partial bool ProtectedLowMemory { get; init; }
    /// <summary>PHMR: the unit has a protected high-memory region.</summary>
    [Bits("PHMR", 6)] public partial bool ProtectedHighMemory { get; init; }
    /// <summary>CM: entries that are not present or faulting may be cached.</summary>
    [Bits("CM", 7)] public partial bool CachingMode { get; init; }
    /// <summary>SAGAW: bit n set means that <see cref="AddressWidth"/> n is supported.</summary>
    [Bits("SAGAW", 8, 12)] public partial byte SupportedAddressWidths { get; init; }
    /// <summary>MGAW: the widest input address, less 1.</summary>
    [Bits("MGAW", 16, 21)] public partial byte MaximumGuestAddressWidth { get; init; }
    /// <summary>ZLR: zero-length reads of write-only pages are allowed.</summary>
    [Bits("ZLR", 22)] public partial bool ZeroLengthRead { get; init; }
    /// <summary>FRO: the offset of the fault recording registers, in 16 bytes.</summary>
    [Bits("FRO", 24, 33)] public partial ushort FaultRecordOffset { get; init; }
    /// <summary>SSLPS (older: SLLPS): bit 0 means 2 MiB pages, bit 1 means 1 GiB pages.</summary>
    [Bits("SSLPS", 34, 37)] public partial byte SecondStageLargePages { get; init; }
    /// <summary>PSI: page-selective IOTLB invalidation.</summary>
    [Bits("PSI", 39)] public partial bool PageSelectiveInvalidation { get; init; }
    /// <summary>NFR: the number of fault recording registers, less 1.</summary>
    [Bits("NFR", 40, 47)] public partial byte NumberOfFaultRecords { get; init; }
    /// <summary>MAMV: the highest AM of an IOTLB invalidation.</summary>
    [Bits("MAMV", 48, 53)] public partial byte MaximumAddressMask { get; init; }
    /// <summary>DWD: writes can be drained.</summary>
    [Bits("DWD", 54)] public partial bool DrainWrites { get; init; }
    /// <summary>DRD: reads can be drained.</summary>
    [Bits("DRD", 55)] public partial bool DrainReads { get; init; }
    /// <summary>FS1GP: 1 GiB pages in the first stage. Older name: FL1GP.</summary>
    [Bits("FS1GP", 56)] public partial bool OneGigabyteFirstStagePages { get; init; }
    /// <summary>PI: interrupts can be posted.</summary>
    [Bits("PI", 59)] public partial bool PostedInterrupts { get; init; }
    /// <summary>FS5LP: 5-level paging in the first stage. Older name: FL5LP.</summary>
    [Bits("FS5LP", 60)] public partial bool FiveLevelPaging { get; init; }
    /// <summary>ECMDS: enhanced commands.</summary>
    [Bits("ECMDS", 61)] public partial bool EnhancedCommands { get; init; }
    /// <summary>ESIRTPS: setting the interrupt remapping table flushes its cache.</summary>
    [Bits("ESIRTPS", 62)] public partial bool SetInterruptTableFlushes { get; init; }
    /// <summary>ESRTPS: setting the root table flushes the context, PASID, IOTLB and paging-structure caches.</summary>
    [Bits("ESRTPS", 63)] public partial bool SetRootTableFlushes { get; init; }
}
