namespace IoAsid.Typed.Vtd;

/// <summary>What a PASID-cache invalidation drops. 2 is invalid.</summary>
public enum PasidCacheGranularity
{
    /// <summary>The entries of a domain.</summary>
    Domain = 0,

    /// <summary>The entries of a PASID in a domain.</summary>
    Pasid = 1,

    /// <summary>Everything.</summary>
    Global = 3,
}
