using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Analyzers;

/// <summary>The sets, readers, handles and holds that a member finds around it: in its type, the types around that, and their bases.</summary>
internal static class KeptSets
{
    public static bool Around(ISymbol member, SdkSymbols sdk) => TypesAround(member).Any(type => Keeps(type, sdk));

    public static bool SaysWhere(ITypeSymbol? type, SdkSymbols sdk) =>
        sdk.IsSetOrReader(type) || sdk.Handle.Is(type) || sdk.Hold.Is(type) || sdk.Reference.IsBaseOf(type);

    private static IEnumerable<INamedTypeSymbol> TypesAround(ISymbol member)
    {
        for (INamedTypeSymbol? outer = member.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            for (INamedTypeSymbol? type = outer; type is not null; type = type.BaseType)
                yield return type;
        }
    }

    private static bool Keeps(INamedTypeSymbol type, SdkSymbols sdk) =>
        SaysWhere(type.ExtensionParameter?.Type, sdk)
        || type.GetMembers().Any(kept => kept switch
        {
            IFieldSymbol field => SaysWhere(field.Type, sdk),
            IPropertySymbol property => SaysWhere(property.Type, sdk),
            IMethodSymbol { MethodKind: MethodKind.Constructor } constructor when IsPrimary(constructor) =>
                constructor.Parameters.Any(parameter => SaysWhere(parameter.Type, sdk)),
            _ => false,
        });

    /// <summary>Returns true if a constructor is primary. The type may keep its parameters without a field of its own.</summary>
    private static bool IsPrimary(IMethodSymbol constructor) =>
        constructor.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() is TypeDeclarationSyntax);
}
