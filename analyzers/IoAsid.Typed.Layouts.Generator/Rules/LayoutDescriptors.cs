using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Layouts.Generator;

/// <summary>The descriptors of the rules about layouts.</summary>
internal static class LayoutDescriptors
{
    private const string Category = "IoAsid.Layouts";

    public static readonly DiagnosticDescriptor Overlap = Create(
        LayoutDiagnosticIds.Overlap,
        "Fields overlap",
        "{0} and {1} of '{2}' overlap; each bit belongs to one field",
        "A bit of a structure belongs to at most one field. Writing one of two overlapping fields changes the other.");

    public static readonly DiagnosticDescriptor Overrun = Create(
        LayoutDiagnosticIds.Overrun,
        "Field outside its structure or word",
        "{0} {1}",
        "A field has 1 to 64 bits inside one 64-bit word of its structure. The first number of [Bits] is the lowest bit, the second the highest.");

    public static readonly DiagnosticDescriptor DuplicateName = Create(
        LayoutDiagnosticIds.DuplicateName,
        "Two fields with one name",
        "'{0}' names two fields of '{1}'; give each field its own name",
        "Names in the architecture identify fields in texts, in Layout and in messages. Each field of a structure has its own name.");

    public static readonly DiagnosticDescriptor NarrowType = Create(
        LayoutDiagnosticIds.NarrowType,
        "Type that does not hold the bits of its field",
        "{0}",
        "A property holds every value of its field. A signed type holds one bit less than an unsigned type of its size, because fields are unsigned.");

    public static readonly DiagnosticDescriptor UnfitEnumeration = Create(
        LayoutDiagnosticIds.UnfitEnumeration,
        "Enumeration value that does not fit its field",
        "{0} holds 0 to {1}; '{2}.{3}' is {4}",
        "Every value of the enumeration can be assigned to the property, so every value fits the field.");

    public static readonly DiagnosticDescriptor NotPartial = Create(
        LayoutDiagnosticIds.NotPartial,
        "Layout or field that cannot be generated",
        "'{0}' {1}",
        "The generator adds a part to a partial record struct and implements partial properties. It cannot add to other declarations.");

    public static readonly DiagnosticDescriptor UnknownSize = Create(
        LayoutDiagnosticIds.UnknownSize,
        "Size that no container has",
        "'{0}' cannot have {1} bits; a structure has 8, 16, 32, 64, 128, 256 or 512",
        "The raw bits of a structure are held by one of the containers Bits8 to Bits512.");

    public static readonly DiagnosticDescriptor UnknownRequirement = Create(
        LayoutDiagnosticIds.UnknownRequirement,
        "Unknown requirement or revision",
        "{0}",
        "Requirements are members of one enumeration with [Flags]; revisions are numbers such as \"4.1\". A field that nothing can meet, or that exists in no revision, is reserved everywhere.");

    private static DiagnosticDescriptor Create(string id, string title, string message, string description) => new(
        id,
        title,
        message,
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: description,
        helpLinkUri: $"https://github.com/ioasid-typed/IoAsid.Typed/blob/main/docs/rules/{id}.md");
}
