namespace IoAsid.Typed.Vtd;

/// <summary>The conditions under which a field or a register exists. A combination requires all conditions. If a condition is not met, the bits are reserved.</summary>
[Flags]
public enum Requirement
{
    /// <summary>Nothing: the field always exists.</summary>
    None = 0,
    /// <summary>CAP.AFL: advanced fault logging.</summary>
    AdvancedFaultLog = 1 << 0,
    /// <summary>CAP.PLMR: a protected low-memory region.</summary>
    ProtectedLowMemory = 1 << 1,
    /// <summary>CAP.PHMR: a protected high-memory region.</summary>
    ProtectedHighMemory = 1 << 2,
    /// <summary>CAP.ECMDS: enhanced commands.</summary>
    EnhancedCommands = 1 << 3,
    /// <summary>ECAP.QI: queued invalidation.</summary>
    QueuedInvalidation = 1 << 4,
    /// <summary>ECAP.DT: device TLBs.</summary>
    DeviceTlb = 1 << 5,
    /// <summary>ECAP.IR: interrupt remapping.</summary>
    InterruptRemapping = 1 << 6,
    /// <summary>ECAP.EIM: extended interrupt mode.</summary>
    ExtendedInterruptMode = 1 << 7,
    /// <summary>ECAP.SC: snoop control.</summary>
    SnoopControl = 1 << 8,
    /// <summary>ECAP.MTS: memory types.</summary>
    MemoryTypes = 1 << 9,
    /// <summary>ECAP.PRS: page requests.</summary>
    PageRequests = 1 << 10,
    /// <summary>ECAP.SRS: supervisor requests.</summary>
    SupervisorRequests = 1 << 11,
    /// <summary>ECAP.EAFS: extended accessed flags.</summary>
    ExtendedAccessed = 1 << 12,
    /// <summary>ECAP.DIT: device-TLB invalidation throttling.</summary>
    DeviceTlbThrottling = 1 << 13,
    /// <summary>ECAP.PDS: page-request drains.</summary>
    PageRequestDrain = 1 << 14,
    /// <summary>ECAP.SMTS: scalable mode.</summary>
    ScalableMode = 1 << 15,
    /// <summary>ECAP.VCS: virtual commands.</summary>
    VirtualCommands = 1 << 16,
    /// <summary>ECAP.SSADS: accessed and dirty bits in second-stage entries.</summary>
    SecondStageAccessedDirty = 1 << 17,
    /// <summary>ECAP.SSTS: second-stage translation in scalable mode.</summary>
    SecondStage = 1 << 18,
    /// <summary>ECAP.FSTS: first-stage translation.</summary>
    FirstStage = 1 << 19,
    /// <summary>ECAP.SMPWCS: page walks in scalable mode can snoop.</summary>
    PageWalkCoherency = 1 << 20,
    /// <summary>ECAP.RPS: the RID_PASID field.</summary>
    RidPasid = 1 << 21,
    /// <summary>ECAP.RPRIVS: the RID_PRIV field.</summary>
    RidPrivilege = 1 << 22,
    /// <summary>CAP.PLMR or CAP.PHMR: some protected memory region.</summary>
    ProtectedMemory = 1 << 24,
    /// <summary>ECAP.NEST: nested translation.</summary>
    Nested = 1 << 25,
    /// <summary>CAP.FS5LP: 5-level paging in the first stage.</summary>
    FiveLevelPaging = 1 << 26,
    /// <summary>ECAP.PASID: requests may carry a PASID.</summary>
    Pasid = 1 << 27,
    /// <summary>ECAP.PT: pass-through.</summary>
    PassThrough = 1 << 28,
    /// <summary>ECAP.PTRS: translated requests may carry a PASID. Since revision 5.0.</summary>
    PasidInTranslatedRequests = 1 << 29,
}
