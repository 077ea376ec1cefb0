namespace IoAsid.Typed.Vtd;

/// <summary>What a context-cache invalidation drops: by descriptor (G) or register (CCMD.CIRG and CAIG).</summary>
public enum ContextInvalidationGranularity
{
    /// <summary>Not a granularity.</summary>
    Invalid = 0,

    /// <summary>Everything.</summary>
    Global = 1,

    /// <summary>The entries of a domain.</summary>
    Domain = 2,

    /// <summary>The entries of a device in a domain.</summary>
    Device = 3,
}
