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

/// <summary>The numbers of revisions, as layouts use them in the first and last revision of a field.</summary>
internal static class VtdRevisions
{
    private static readonly Version Three = new(3, 0);
    private static readonly Version Four1 = new(4, 1);
    private static readonly Version Five0 = new(5, 0);
    private static readonly Version Five10 = new(5, 10);

    /// <summary>Returns the number of a revision, such as 4.1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is no revision.</exception>
    public static Version ToVersion(this VtdRevision revision) => revision switch
    {
        VtdRevision.Three => Three,
        VtdRevision.Four1 => Four1,
        VtdRevision.Five0 => Five0,
        VtdRevision.Five10 => Five10,
        _ => throw new ArgumentOutOfRangeException(nameof(revision), revision, "The revision is not known."),
    };
}
