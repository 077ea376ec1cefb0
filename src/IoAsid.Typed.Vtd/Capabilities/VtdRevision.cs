namespace IoAsid.Typed.Vtd;

/// <summary>The revision of the architecture that a unit follows. Later revisions have greater values.</summary>
public enum VtdRevision
{
    /// <summary>3: execute requests, memory types by PASID, private data of page requests.</summary>
    Three = -1,

    /// <summary>4.1.</summary>
    Four1 = 0,

    /// <summary>5.0: PASIDs in translated requests.</summary>
    Five0 = 1,

    /// <summary>5.10.</summary>
    Five10 = 2,
}
