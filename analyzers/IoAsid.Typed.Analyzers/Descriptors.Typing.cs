using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>Rules about data types: IOASID1xxx.</summary>
internal static partial class Descriptors
{
    private const string Typing = "IoAsid.Typing";

    public static readonly DiagnosticDescriptor UntypedLookupWithoutSet = new(
        DiagnosticIds.UntypedLookupWithoutSet,
        "Untyped lookup without a set",
        "'{0}' {1}, so its result has no known type; look up through {2} instead",
        Typing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An untyped lookup without a set searches every set and may return the data of any of them. "
            + "A lookup through a typed set or reader finds only data of its type.",
        helpLinkUri: PageOf(DiagnosticIds.UntypedLookupWithoutSet));

    public static readonly DiagnosticDescriptor UntypedLookupThroughSet = new(
        DiagnosticIds.UntypedLookupThroughSet,
        "Untyped lookup through a set",
        "'{0}' looks in the set '{1}' and returns untyped data; look up through {2} instead",
        Typing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A set knows the type of its data, and an untyped lookup drops the type. "
            + "The typed lookup of the same set keeps it.",
        helpLinkUri: PageOf(DiagnosticIds.UntypedLookupThroughSet));

    public static readonly DiagnosticDescriptor SilentDataType = new(
        DiagnosticIds.SilentDataType,
        "Data type that says nothing",
        "'{0}' returns an {1}, and '{2}' does not describe the data of its ids: {3}; name the class that the owner stores and the lookups need",
        Typing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A lookup through a set of objects, or of wrapped pointers, is an untyped lookup: the code that gets the data "
            + "must guess its type.",
        helpLinkUri: PageOf(DiagnosticIds.SilentDataType));

    public static readonly DiagnosticDescriptor UnmarkedLookup = new(
        DiagnosticIds.UnmarkedLookup,
        "Untyped lookup that is not marked",
        "'{0}' takes a RawIoAsid and no set, and returns '{1}', so it is an untyped lookup; mark it [UntypedIoAsidLookup] so that its callers are reported, "
            + "or let it take an IoAsidReader<TData> and return the data",
        Typing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A wrapper around an untyped lookup hides it from the rules that report its uses. With the mark they see every caller.",
        helpLinkUri: PageOf(DiagnosticIds.UnmarkedLookup));

    public static readonly DiagnosticDescriptor UncheckedLookup = new(
        DiagnosticIds.UncheckedLookup,
        "Lookup whose answer is not tested",
        "'{0}' may find no '{1}', and {2}; {3}",
        Typing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An id may be unknown, belong to another owner, be freed or have no data, even if it was found a moment ago. "
            + "Only the answer of this lookup shows whether there is data.",
        helpLinkUri: PageOf(DiagnosticIds.UncheckedLookup));

    public static readonly DiagnosticDescriptor HardCast = new(
        DiagnosticIds.HardCast,
        "Hard cast of looked-up data",
        "The cast of '{0}' to '{1}' throws when the lookup finds another '{2}'; test with 'is {1}', a switch or 'as', or look up through an IoAsidSet<{1}>",
        Typing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A set holds data of its type and of every subtype. Only at run time is it known which of them an id has, so code tests the type.",
        helpLinkUri: PageOf(DiagnosticIds.HardCast));

    public static readonly DiagnosticDescriptor ExactSetTest = new(
        DiagnosticIds.ExactSetTest,
        "Test for a set of exactly one data type",
        "'{0}' matches no set whose data was narrowed to a subtype of '{1}'; read any of them with 'IoAsidReader<{1}>.TryOf'",
        Typing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Sets are not covariant, because ids are allocated through them. Readers are: a set of a subtype can be read as its base.",
        helpLinkUri: PageOf(DiagnosticIds.ExactSetTest));

    public static readonly DiagnosticDescriptor MissingSubtype = new(
        DiagnosticIds.MissingSubtype,
        "Switch over data that misses a subtype",
        "This switch over '{0}' has no arm for '{1}', which a lookup may return too; add it",
        Typing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "All subtypes of a closed hierarchy are known at compile time. A subtype that was added later and is missing in a switch is reported then, and not "
            + "found by the first page request for it.",
        helpLinkUri: PageOf(DiagnosticIds.MissingSubtype));

    public static readonly DiagnosticDescriptor NarrowedId = new(
        DiagnosticIds.NarrowedId,
        "Conversion that may lose bits of an id",
        "The conversion of '{0}' to '{1}' drops bits of a {2} silently, and the result is the number of another id; test the range first, or write 'checked'",
        Typing,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A PASID has 20 bits and an id of this library up to 32. Truncated to 8 or 16 bits, it is the number of another id.",
        helpLinkUri: PageOf(DiagnosticIds.NarrowedId));

    public static readonly DiagnosticDescriptor LooksUntyped = new(
        DiagnosticIds.LooksUntyped,
        "Looks like an untyped lookup",
        "'{0}' reads '{1}' by a number, and the result {2}; mark '{0}' [UntypedIoAsidLookup], or write 'ioasid.untyped_lookup_methods = {3}' in .editorconfig",
        Typing,
        DiagnosticSeverity.Info,
        isEnabledByDefault: false,
        description: "A method that goes from a number to an object by reading a table is an untyped lookup if the number is an id. Once it is marked or named, its callers are reported.",
        helpLinkUri: PageOf(DiagnosticIds.LooksUntyped));
}
