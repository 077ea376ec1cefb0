using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>Members as messages name them, and as options accept them: <c>Type.Member</c>.</summary>
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

    private static string NamedTypeOf(ISymbol member) => MethodName.NamedTypeAround(member)?.Name ?? "";
}
