using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Layouts.Generator;

/// <summary>The attributes of layouts.</summary>
internal static class LayoutMarks
{
    public const string Namespace = "IoAsid.Typed.Layouts";

    public const string BitLayout = "BitLayoutAttribute";

    public const string Bits = "BitsAttribute";

    public const string FieldWidth = "FieldWidthAttribute";

    public const string Flags = "FlagsAttribute";

    public static AttributeData? Find(ISymbol symbol, string name) => FindAll(symbol, name).FirstOrDefault();

    public static IEnumerable<AttributeData> FindAll(ISymbol symbol, string name) => symbol.GetAttributes().Where(attribute =>
        attribute.AttributeClass is { } type && string.Equals(type.Name, name, StringComparison.Ordinal) && IsOurs(type));

    public static bool IsOurs(INamedTypeSymbol type) => type.ContainingNamespace is
    {
        Name: "Layouts", ContainingNamespace: { Name: "Typed", ContainingNamespace: { Name: "IoAsid", ContainingNamespace.IsGlobalNamespace: true } },
    };

    public static bool IsFlags(INamedTypeSymbol type) => type.GetAttributes().Any(attribute =>
        attribute.AttributeClass is { Name: Flags, ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } });
}
