using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>Drops entries of the PASID cache (VT-d, PASID-cache Invalidate Descriptor). Scalable mode.</summary>
[BitLayout("PASID-cache invalidation", 256)]
public readonly partial record struct PasidCacheInvalidation
{
    /// <summary>A descriptor whose type is set and nothing else.</summary>
    public PasidCacheInvalidation()
        : this(InvalidationDescriptor.OfType(InvalidationType.PasidCache))
    {
    }

    /// <summary>Bits 3:0 of the type.</summary>
    [Bits("TYPE_3_0", 0, 3)] public partial byte TypeLow { get; init; }

    /// <summary>Bits 6:4 of the type: 0 in every type there is.</summary>
    [Bits("TYPE_6_4", 9, 11)] public partial byte TypeHigh { get; init; }

    /// <summary>G: what is dropped.</summary>
    [Bits("G", 4, 5)] public partial PasidCacheGranularity Granularity { get; init; }

    /// <summary>DID: the domain, unless the granularity is global.</summary>
    [Bits("DID", 16, 31)] public partial DomainId DomainId { get; init; }

    /// <summary>PASID: the PASID, if the granularity is PASID.</summary>
    [Bits("PASID", 32, 51)] public partial Pasid Pasid { get; init; }
}
