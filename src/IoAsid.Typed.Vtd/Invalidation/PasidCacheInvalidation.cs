using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>An invalidation of entries of the PASID cache (VT-d, PASID-cache Invalidate Descriptor). Scalable mode.</summary>
[BitLayout("PASID-cache invalidation", 256, Initial = (ulong)InvalidationType.PasidCache)]
public readonly partial record struct PasidCacheInvalidation
{
    /// <summary>The type.</summary>
    [Bits("TYPE_3_0", 0, 3), Bits("TYPE_6_4", 9, 11)] public partial InvalidationType Type { get; init; }

    /// <summary>G: the granularity.</summary>
    [Bits("G", 4, 5)] public partial PasidCacheGranularity Granularity { get; init; }

    /// <summary>DID: the domain, unless the granularity is global.</summary>
    [Bits("DID", 16, 31)] public partial DomainId DomainId { get; init; }

    /// <summary>PASID: the PASID, if the granularity is PASID.</summary>
    [Bits("PASID", 32, 51)] public partial Pasid Pasid { get; init; }
}

/// <summary>The scope of a PASID-cache invalidation. 2 is invalid.</summary>
public enum PasidCacheGranularity
{
    /// <summary>The entries of a domain.</summary>
    Domain = 0,
    /// <summary>The entries of a PASID in a domain.</summary>
    Pasid = 1,
    /// <summary>All entries.</summary>
    Global = 3,
}
