using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>Members as messages name them: <c>Type.Member</c>.</summary>
internal static class MemberName
{
    public static string Of(ISymbol member) => member switch
    {
        _ when !CallStack.HasRoom() => member.Name,
        IMethodSymbol { AssociatedSymbol: { } owner } => Of(owner),
        IFieldSymbol { AssociatedSymbol: { } owner } => Of(owner),
        IMethodSymbol { MethodKind: MethodKind.LocalFunction } or INamedTypeSymbol => member.Name,
        IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor } => $"{NamedTypeOf(member)}.{NamedTypeOf(member)}",
        IPropertySymbol { IsIndexer: true } => $"{NamedTypeOf(member)}.this[]",
        _ => $"{NamedTypeOf(member)}.{member.Name}",
    };

    /// <summary>An extension block has no name; the class around it has.</summary>
    private static string NamedTypeOf(ISymbol member)
    {
        INamedTypeSymbol? type = member.ContainingType;
        while (type is { Name.Length: 0, ContainingType: not null })
            type = type.ContainingType;

        return type?.Name ?? "";
    }
}
