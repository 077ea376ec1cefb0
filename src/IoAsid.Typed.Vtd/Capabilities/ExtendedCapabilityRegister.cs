namespace IoAsid.Typed.Vtd;

/// <summary>ECAP: what more the unit can do (VT-d, Extended Capability Register).</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct ExtendedCapabilityRegister(Bits64 Bits) : IBitStructure<ExtendedCapabilityRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "ECAP_REG",
        64,
        PageWalkCoherencyField,
        QueuedInvalidationField,
        DeviceTlbField,
        InterruptRemappingField,
        ExtendedInterruptModeField,
        PassThroughField,
        SnoopControlField,
        IotlbOffsetField,
        MaximumHandleMaskField,
        MemoryTypesField,
        NestedField,
        PageRequestsField,
        ExecuteRequestsField,
        SupervisorRequestsField,
        NoWriteFlagField,
        ExtendedAccessedField,
        PasidSizeField,
        PasidField,
        DeviceTlbThrottlingField,
        PageRequestDrainField,
        ScalableModeField,
        VirtualCommandsField,
        SecondStageAccessedDirtyField,
        SecondStageField,
        FirstStageField,
        ScalablePageWalkCoherencyField,
        RidPasidField,
        TrustedDomainIoField,
        PerformanceMonitoringField,
        AbortDmaField,
        RidPrivilegeField,
        StopMarkersField);

    /// <summary>C: legacy page walks snoop the processor caches.</summary>
    public bool PageWalkCoherency
    {
        get => PageWalkCoherencyField.IsSet(Bits);
        init => Bits = PageWalkCoherencyField.With(Bits, value);
    }

    /// <summary>QI: queued invalidation.</summary>
    public bool QueuedInvalidation
    {
        get => QueuedInvalidationField.IsSet(Bits);
        init => Bits = QueuedInvalidationField.With(Bits, value);
    }

    /// <summary>DT: device TLBs.</summary>
    public bool DeviceTlb { get => DeviceTlbField.IsSet(Bits); init => Bits = DeviceTlbField.With(Bits, value); }

    /// <summary>IR: interrupt remapping.</summary>
    public bool InterruptRemapping
    {
        get => InterruptRemappingField.IsSet(Bits);
        init => Bits = InterruptRemappingField.With(Bits, value);
    }

    /// <summary>EIM: extended interrupt mode.</summary>
    public bool ExtendedInterruptMode
    {
        get => ExtendedInterruptModeField.IsSet(Bits);
        init => Bits = ExtendedInterruptModeField.With(Bits, value);
    }

    /// <summary>PT: pass-through.</summary>
    public bool PassThrough { get => PassThroughField.IsSet(Bits); init => Bits = PassThroughField.With(Bits, value); }

    /// <summary>SC: snooping can be controlled by page (SNP) and by PASID (PGSNP).</summary>
    public bool SnoopControl { get => SnoopControlField.IsSet(Bits); init => Bits = SnoopControlField.With(Bits, value); }

    /// <summary>IRO: the offset of IVA and IOTLB, in 16 bytes.</summary>
    public ushort IotlbOffset { get => (ushort)IotlbOffsetField.Get(Bits); init => Bits = IotlbOffsetField.With(Bits, value); }

    /// <summary>MHMV: the highest IM of an interrupt entry cache invalidation.</summary>
    public byte MaximumHandleMask
    {
        get => (byte)MaximumHandleMaskField.Get(Bits);
        init => Bits = MaximumHandleMaskField.With(Bits, value);
    }

    /// <summary>MTS: memory types.</summary>
    public bool MemoryTypes { get => MemoryTypesField.IsSet(Bits); init => Bits = MemoryTypesField.With(Bits, value); }

    /// <summary>NEST: nested translation.</summary>
    public bool Nested { get => NestedField.IsSet(Bits); init => Bits = NestedField.With(Bits, value); }

    /// <summary>PRS: page requests.</summary>
    public bool PageRequests { get => PageRequestsField.IsSet(Bits); init => Bits = PageRequestsField.With(Bits, value); }

    /// <summary>ERS: execute requests. Revision 3.</summary>
    public bool ExecuteRequests
    {
        get => ExecuteRequestsField.IsSet(Bits);
        init => Bits = ExecuteRequestsField.With(Bits, value);
    }

    /// <summary>SRS: supervisor requests.</summary>
    public bool SupervisorRequests
    {
        get => SupervisorRequestsField.IsSet(Bits);
        init => Bits = SupervisorRequestsField.With(Bits, value);
    }

    /// <summary>NWFS: the no-write flag of translation requests is respected.</summary>
    public bool NoWriteFlag { get => NoWriteFlagField.IsSet(Bits); init => Bits = NoWriteFlagField.With(Bits, value); }

    /// <summary>EAFS: extended accessed flags.</summary>
    public bool ExtendedAccessed
    {
        get => ExtendedAccessedField.IsSet(Bits);
        init => Bits = ExtendedAccessedField.With(Bits, value);
    }

    /// <summary>PSS: the number of bits of a PASID, less 1.</summary>
    public byte PasidSize { get => (byte)PasidSizeField.Get(Bits); init => Bits = PasidSizeField.With(Bits, value); }

    /// <summary>PASID: requests may carry a PASID.</summary>
    public bool Pasid { get => PasidField.IsSet(Bits); init => Bits = PasidField.With(Bits, value); }

    /// <summary>DIT: device-TLB invalidations are throttled by physical function.</summary>
    public bool DeviceTlbThrottling
    {
        get => DeviceTlbThrottlingField.IsSet(Bits);
        init => Bits = DeviceTlbThrottlingField.With(Bits, value);
    }

    /// <summary>PDS: an invalidation wait can drain page requests.</summary>
    public bool PageRequestDrain
    {
        get => PageRequestDrainField.IsSet(Bits);
        init => Bits = PageRequestDrainField.With(Bits, value);
    }

    /// <summary>SMTS: scalable mode.</summary>
    public bool ScalableMode { get => ScalableModeField.IsSet(Bits); init => Bits = ScalableModeField.With(Bits, value); }

    /// <summary>VCS: virtual commands. Hardware reports 0; emulated units may report 1.</summary>
    public bool VirtualCommands
    {
        get => VirtualCommandsField.IsSet(Bits);
        init => Bits = VirtualCommandsField.With(Bits, value);
    }

    /// <summary>SSADS (older: SLADS): accessed and dirty bits in the second stage.</summary>
    public bool SecondStageAccessedDirty
    {
        get => SecondStageAccessedDirtyField.IsSet(Bits);
        init => Bits = SecondStageAccessedDirtyField.With(Bits, value);
    }

    /// <summary>SSTS (older: SLTS): second-stage translation in scalable mode.</summary>
    public bool SecondStage { get => SecondStageField.IsSet(Bits); init => Bits = SecondStageField.With(Bits, value); }

    /// <summary>FSTS (older: FLTS): first-stage translation.</summary>
    public bool FirstStage { get => FirstStageField.IsSet(Bits); init => Bits = FirstStageField.With(Bits, value); }

    /// <summary>SMPWCS: page walks in scalable mode can snoop the processor caches.</summary>
    public bool ScalablePageWalkCoherency
    {
        get => ScalablePageWalkCoherencyField.IsSet(Bits);
        init => Bits = ScalablePageWalkCoherencyField.With(Bits, value);
    }

    /// <summary>RPS: the RID_PASID field.</summary>
    public bool RidPasid { get => RidPasidField.IsSet(Bits); init => Bits = RidPasidField.With(Bits, value); }

    /// <summary>TDXIO: TDX Connect.</summary>
    public bool TrustedDomainIo
    {
        get => TrustedDomainIoField.IsSet(Bits);
        init => Bits = TrustedDomainIoField.With(Bits, value);
    }

    /// <summary>PMS: performance monitoring.</summary>
    public bool PerformanceMonitoring
    {
        get => PerformanceMonitoringField.IsSet(Bits);
        init => Bits = PerformanceMonitoringField.With(Bits, value);
    }

    /// <summary>ADMS: abort-DMA mode.</summary>
    public bool AbortDma { get => AbortDmaField.IsSet(Bits); init => Bits = AbortDmaField.With(Bits, value); }

    /// <summary>RPRIVS: the RID_PRIV field.</summary>
    public bool RidPrivilege { get => RidPrivilegeField.IsSet(Bits); init => Bits = RidPrivilegeField.With(Bits, value); }

    /// <summary>SMS: stop markers.</summary>
    public bool StopMarkers { get => StopMarkersField.IsSet(Bits); init => Bits = StopMarkersField.With(Bits, value); }

    private static BitField PageWalkCoherencyField => new("C", 0);

    private static BitField QueuedInvalidationField => new("QI", 1);

    private static BitField DeviceTlbField => new("DT", 2);

    private static BitField InterruptRemappingField => new("IR", 3);

    private static BitField ExtendedInterruptModeField => new("EIM", 4);

    private static BitField PassThroughField => new("PT", 6);

    private static BitField SnoopControlField => new("SC", 7);

    private static BitField IotlbOffsetField => new("IRO", 8, 10);

    private static BitField MaximumHandleMaskField => new("MHMV", 20, 4);

    private static BitField MemoryTypesField => new("MTS", 25);

    private static BitField NestedField => new("NEST", 26);

    private static BitField PageRequestsField => new("PRS", 29);

    private static BitField ExecuteRequestsField => new("ERS", 30);

    private static BitField SupervisorRequestsField => new("SRS", 31);

    private static BitField NoWriteFlagField => new("NWFS", 33);

    private static BitField ExtendedAccessedField => new("EAFS", 34);

    private static BitField PasidSizeField => new("PSS", 35, 5);

    private static BitField PasidField => new("PASID", 40);

    private static BitField DeviceTlbThrottlingField => new("DIT", 41);

    private static BitField PageRequestDrainField => new("PDS", 42);

    private static BitField ScalableModeField => new("SMTS", 43);

    private static BitField VirtualCommandsField => new("VCS", 44);

    private static BitField SecondStageAccessedDirtyField => new("SSADS", 45);

    private static BitField SecondStageField => new("SSTS", 46);

    private static BitField FirstStageField => new("FSTS", 47);

    private static BitField ScalablePageWalkCoherencyField => new("SMPWCS", 48);

    private static BitField RidPasidField => new("RPS", 49);

    private static BitField TrustedDomainIoField => new("TDXIO", 50);

    private static BitField PerformanceMonitoringField => new("PMS", 51);

    private static BitField AbortDmaField => new("ADMS", 52);

    private static BitField RidPrivilegeField => new("RPRIVS", 53);

    private static BitField StopMarkersField => new("SMS", 58);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
