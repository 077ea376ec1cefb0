namespace IoAsid.Typed.Vtd;

/// <summary>ECAP: further capabilities of the unit (VT-d, Extended Capability Register).</summary>
[BitLayout("ECAP_REG", 64, Access = RegisterAccess.ReadOnly)]
public readonly partial record struct ExtendedCapabilityRegister
{
    /// <summary>C: legacy page walks snoop the processor caches.</summary>
    [Bits("C", 0)] public partial bool PageWalkCoherency { get; init; }
    /// <summary>QI: queued invalidation.</summary>
    [Bits("QI", 1)] public partial bool QueuedInvalidation { get; init; }
    /// <summary>DT: device TLBs.</summary>
    [Bits("DT", 2)] public partial bool DeviceTlb { get; init; }
    /// <summary>IR: interrupt remapping.</summary>
    [Bits("IR", 3)] public partial bool InterruptRemapping { get; init; }
    /// <summary>EIM: extended interrupt mode.</summary>
    [Bits("EIM", 4)] public partial bool ExtendedInterruptMode { get; init; }
    /// <summary>PT: pass-through.</summary>
    [Bits("PT", 6)] public partial bool PassThrough { get; init; }
    /// <summary>SC: snooping can be controlled by page (SNP) and by PASID (PGSNP).</summary>
    [Bits("SC", 7)] public partial bool SnoopControl { get; init; }
    /// <summary>IRO: the offset of IVA and IOTLB, in 16 bytes.</summary>
    [Bits("IRO", 8, 17)] public partial ushort IotlbOffset { get; init; }
    /// <summary>MHMV: the highest IM of an interrupt entry cache invalidation.</summary>
    [Bits("MHMV", 20, 23)] public partial byte MaximumHandleMask { get; init; }
    /// <summary>MTS: memory types.</summary>
    [Bits("MTS", 25)] public partial bool MemoryTypes { get; init; }
    /// <summary>NEST: nested translation.</summary>
    [Bits("NEST", 26)] public partial bool Nested { get; init; }
    /// <summary>PRS: page requests.</summary>
    [Bits("PRS", 29)] public partial bool PageRequests { get; init; }
    /// <summary>ERS: execute requests. Revision 3.</summary>
    [Bits("ERS", 30)] public partial bool ExecuteRequests { get; init; }
    /// <summary>SRS: supervisor requests.</summary>
    [Bits("SRS", 31)] public partial bool SupervisorRequests { get; init; }
    /// <summary>NWFS: the no-write flag of translation requests is respected.</summary>
    [Bits("NWFS", 33)] public partial bool NoWriteFlag { get; init; }
    /// <summary>EAFS: extended accessed flags.</summary>
    [Bits("EAFS", 34)] public partial bool ExtendedAccessed { get; init; }
    /// <summary>PSS: the number of bits of a PASID, less 1.</summary>
    [Bits("PSS", 35, 39)] public partial byte PasidSize { get; init; }
    /// <summary>PASID: requests may carry a PASID.</summary>
    [Bits("PASID", 40)] public partial bool Pasid { get; init; }
    /// <summary>DIT: device-TLB invalidations are throttled by physical function.</summary>
    [Bits("DIT", 41)] public partial bool DeviceTlbThrottling { get; init; }
    /// <summary>PDS: an invalidation wait can drain page requests.</summary>
    [Bits("PDS", 42)] public partial bool PageRequestDrain { get; init; }
    /// <summary>SMTS: scalable mode.</summary>
    [Bits("SMTS", 43)] public partial bool ScalableMode { get; init; }
    /// <summary>VCS: virtual commands. Hardware reports 0; emulated units may report 1.</summary>
    [Bits("VCS", 44)] public partial bool VirtualCommands { get; init; }
    /// <summary>SSADS: accessed and dirty bits in the second stage. Older name: SLADS.</summary>
    [Bits("SSADS", 45)] public partial bool SecondStageAccessedDirty { get; init; }
    /// <summary>SSTS: second-stage translation in scalable mode. Older name: SLTS.</summary>
    [Bits("SSTS", 46)] public partial bool SecondStage { get; init; }
    /// <summary>FSTS: first-stage translation. Older name: FLTS.</summary>
    [Bits("FSTS", 47)] public partial bool FirstStage { get; init; }
    /// <summary>SMPWCS: page walks in scalable mode can snoop the processor caches.</summary>
    [Bits("SMPWCS", 48)] public partial bool ScalablePageWalkCoherency { get; init; }
    /// <summary>RPS: the RID_PASID field.</summary>
    [Bits("RPS", 49)] public partial bool RidPasid { get; init; }
    /// <summary>TDXIO: TDX Connect.</summary>
    [Bits("TDXIO", 50)] public partial bool TrustedDomainIo { get; init; }
    /// <summary>PMS: performance monitoring.</summary>
    [Bits("PMS", 51)] public partial bool PerformanceMonitoring { get; init; }
    /// <summary>ADMS: abort-DMA mode.</summary>
    [Bits("ADMS", 52)] public partial bool AbortDma { get; init; }
    /// <summary>RPRIVS: the RID_PRIV field.</summary>
    [Bits("RPRIVS", 53)] public partial bool RidPrivilege { get; init; }
    /// <summary>PTRS: translated requests may carry a PASID. Since revision 5.0.</summary>
    [Bits("PTRS", 56)] public partial bool PasidInTranslatedRequests { get; init; }
    /// <summary>SMS: stop markers.</summary>
    [Bits("SMS", 58)] public partial bool StopMarkers { get; init; }
}
