namespace IoAsid.Typed.Vtd;

/// <summary>The revision of the architecture that a unit follows.</summary>
public enum VtdRevision
{
    /// <summary>4.1.</summary>
    Four1 = 0,

    /// <summary>3: execute requests, memory types by PASID, private data of page requests.</summary>
    Three = 3,
}
