using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>Rules about data types: IOASID1xxx.</summary>
internal static partial class Descriptors
{
    private const string Typing = "IoAsid.Typing";

    public static readonly DiagnosticDescriptor UntypedLookupWithoutSet = new(
        DiagnosticIds.UntypedLookupWithoutSet,
        "Untyped lookup without a set",
        "'{0}' {1}, so nobody knows the type of what it returns; look up through {2} instead",
        Typing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An untyped lookup that is given no set looks in every set and may return the data of any of them. "
            + "A lookup through a typed set or reader finds only data of its type.",
        helpLinkUri: PageOf(DiagnosticIds.UntypedLookupWithoutSet));

    public static readonly DiagnosticDescriptor UntypedLookupThroughSet = new(
        DiagnosticIds.UntypedLookupThroughSet,
        "Untyped lookup through a set",
        "'{0}' looks in the set '{1}' and gives back untyped data; look up through {2} instead",
        Typing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A set knows the type of its data and an untyped lookup throws that knowledge away. "
            + "The typed lookup of the same set gives it back.",
        helpLinkUri: PageOf(DiagnosticIds.UntypedLookupThroughSet));
}
