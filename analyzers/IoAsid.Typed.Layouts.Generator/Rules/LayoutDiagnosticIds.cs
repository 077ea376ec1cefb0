namespace IoAsid.Typed.Layouts.Generator;

/// <summary>The ids of the rules about layouts: IOASID5xxx.</summary>
public static class LayoutDiagnosticIds
{
    /// <summary>Two fields share bits.</summary>
    public const string Overlap = "IOASID5001";

    /// <summary>A field leaves its structure or its 64-bit word.</summary>
    public const string Overrun = "IOASID5002";

    /// <summary>Two fields have one name in the architecture.</summary>
    public const string DuplicateName = "IOASID5003";

    /// <summary>The type of a property does not hold the bits of its field.</summary>
    public const string NarrowType = "IOASID5004";

    /// <summary>An enumeration has values that its field does not hold.</summary>
    public const string UnfitEnumeration = "IOASID5005";

    /// <summary>A layout or field that the generator cannot complete, such as a property that is not partial.</summary>
    public const string NotPartial = "IOASID5006";

    /// <summary>A size that no container has.</summary>
    public const string UnknownSize = "IOASID5007";

    /// <summary>A requirement or a revision that is not known.</summary>
    public const string UnknownRequirement = "IOASID5008";
}
