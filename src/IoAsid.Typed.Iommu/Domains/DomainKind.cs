namespace IoAsid.Typed.Iommu;

/// <summary>The way in which a domain translates.</summary>
public enum DomainKind
{
    /// <summary>Second-stage tables. Such a domain can lie under a guest's first stage.</summary>
    SecondStage,

    /// <summary>First-stage tables, in the format of the processor. Addresses are those of the user half: 47 bits, or 56 bits with five levels.</summary>
    FirstStage,

    /// <summary>No translation. Devices reach all memory.</summary>
    PassThrough,
}
