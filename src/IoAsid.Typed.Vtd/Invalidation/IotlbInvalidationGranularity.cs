namespace IoAsid.Typed.Vtd;

/// <summary>What an IOTLB invalidation drops: by descriptor (G) or register (IOTLB.IIRG and IAIG).</summary>
public enum IotlbInvalidationGranularity
{
    /// <summary>Not a granularity.</summary>
    Invalid = 0,

    /// <summary>Everything.</summary>
    Global = 1,

    /// <summary>The translations of a domain.</summary>
    Domain = 2,

    /// <summary>The translations of pages of a domain.</summary>
    Page = 3,
}
