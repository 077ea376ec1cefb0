namespace IoAsid.Typed.Vtd;

/// <summary>What a PASID-based IOTLB invalidation drops. 0 and 1 are invalid.</summary>
public enum PasidIotlbGranularity
{
    /// <summary>Not a granularity.</summary>
    Invalid = 0,

    /// <summary>The translations of a PASID in a domain.</summary>
    Pasid = 2,

    /// <summary>The translations of pages of a PASID in a domain.</summary>
    Page = 3,
}
