namespace IoAsid.Typed.Vtd;

/// <summary>IOTLB: IOTLB invalidation by register, while queued invalidation is off.</summary>
[BitLayout("IOTLB_REG", 64)]
public readonly partial record struct IotlbInvalidateRegister
{
    /// <summary>DID: the domain of the translations, unless the granularity is global.</summary>
    [Bits("DID", 32, 47)] public partial DomainId DomainId { get; init; }

    /// <summary>DW: writes already translated are done first.</summary>
    [Bits("DW", 48)] public partial bool DrainWrites { get; init; }

    /// <summary>DR: reads already translated are done first.</summary>
    [Bits("DR", 49)] public partial bool DrainReads { get; init; }

    /// <summary>IAIG: the actual granularity.</summary>
    [Bits("IAIG", 57, 58, Access = RegisterAccess.ReadOnly)]
    public partial IotlbInvalidationGranularity ActualGranularity { get; init; }

    /// <summary>IIRG: the requested granularity.</summary>
    [Bits("IIRG", 60, 61)] public partial IotlbInvalidationGranularity RequestedGranularity { get; init; }

    /// <summary>IVT: a write of 1 starts the invalidation. Hardware clears the bit at the end.</summary>
    [Bits("IVT", 63, Access = RegisterAccess.OneShot)] public partial bool Invalidate { get; init; }
}
