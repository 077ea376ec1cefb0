namespace IoAsid.Typed.Vtd;

/// <summary>IOTLB: IOTLB invalidation by register, while queued invalidation is off.</summary>
[BitLayout("IOTLB_REG", 64)]
public readonly partial record struct IotlbInvalidateRegister
{
    /// <summary>DID: whose translations, unless the granularity is global.</summary>
    [Bits("DID", 32, 47)] public partial DomainId DomainId { get; init; }

    /// <summary>DW: writes already translated are done first.</summary>
    [Bits("DW", 48)] public partial bool DrainWrites { get; init; }

    /// <summary>DR: reads already translated are done first.</summary>
    [Bits("DR", 49)] public partial bool DrainReads { get; init; }

    /// <summary>IAIG: what was dropped.</summary>
    [Bits("IAIG", 57, 58, Access = RegisterAccess.ReadOnly)]
    public partial IotlbInvalidationGranularity ActualGranularity { get; init; }

    /// <summary>IIRG: what is to be dropped.</summary>
    [Bits("IIRG", 60, 61)] public partial IotlbInvalidationGranularity RequestedGranularity { get; init; }

    /// <summary>IVT: writing 1 begins; hardware clears it when done.</summary>
    [Bits("IVT", 63, Access = RegisterAccess.OneShot)] public partial bool Invalidate { get; init; }
}
