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

    public static readonly DiagnosticDescriptor SilentDataType = new(
        DiagnosticIds.SilentDataType,
        "Data type that says nothing",
        "'{0}' gives an {1}, and '{2}' says nothing of what is behind its ids: {3}; name the class that the owner stores and the lookups need",
        Typing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A lookup through a set of objects, or of boxed pointers, is an untyped lookup with more letters: whoever gets the data "
            + "has to guess what it is.",
        helpLinkUri: PageOf(DiagnosticIds.SilentDataType));

    public static readonly DiagnosticDescriptor UnmarkedLookup = new(
        DiagnosticIds.UnmarkedLookup,
        "Untyped lookup that is not marked",
        "'{0}' takes a RawIoAsid and no set, and gives back '{1}': an untyped lookup; mark it [UntypedIoAsidLookup] so that its callers are found, "
            + "or let it take an IoAsidReader<TData> and return the data",
        Typing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A wrapper around an untyped lookup hides it from the rules that report its uses. With the mark they see every caller.",
        helpLinkUri: PageOf(DiagnosticIds.UnmarkedLookup));
}
