namespace IoAsid.Typed.Analyzers;

/// <summary>The ids of all rules, as users write them in <c>.editorconfig</c>; a file per category, as the descriptors.</summary>
public static partial class DiagnosticIds
{
    /// <summary>An untyped lookup that looks in every set.</summary>
    public const string UntypedLookupWithoutSet = "IOASID1001";

    /// <summary>An untyped lookup through a set that is there.</summary>
    public const string UntypedLookupThroughSet = "IOASID1002";

    /// <summary>A set or reader of a data type that says nothing.</summary>
    public const string SilentDataType = "IOASID1003";

    /// <summary>An untyped lookup that is declared without its mark.</summary>
    public const string UnmarkedLookup = "IOASID1004";

    /// <summary>A lookup whose answer is not tested.</summary>
    public const string UncheckedLookup = "IOASID1005";

    /// <summary>A cast of data to a subtype.</summary>
    public const string HardCast = "IOASID1006";

    /// <summary>A test for a set of exactly one data type.</summary>
    public const string ExactSetTest = "IOASID1007";

    /// <summary>A switch over data that misses a subtype.</summary>
    public const string MissingSubtype = "IOASID1008";

    /// <summary>A conversion that may lose bits of an id.</summary>
    public const string NarrowedId = "IOASID1009";

    /// <summary>A method that reads a table of objects by a number.</summary>
    public const string LooksUntyped = "IOASID1010";
}
