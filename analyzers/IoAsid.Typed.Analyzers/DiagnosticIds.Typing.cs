namespace IoAsid.Typed.Analyzers;

/// <summary>The ids of all rules, as users write them in <c>.editorconfig</c>; a file per category, as the descriptors.</summary>
public static partial class DiagnosticIds
{
    /// <summary>An untyped lookup that looks in every set.</summary>
    public const string UntypedLookupWithoutSet = "IOASID1001";

    /// <summary>An untyped lookup through a set that is there.</summary>
    public const string UntypedLookupThroughSet = "IOASID1002";
}
