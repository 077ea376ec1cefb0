using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>The places of type parameters in other types.</summary>
internal static class TypeParameters
{
    public static bool Occurs(ITypeParameterSymbol parameter, ITypeSymbol type) => type switch
    {
        _ when !CallStack.HasRoom() => false,
        ITypeParameterSymbol other => SymbolEqualityComparer.Default.Equals(parameter, other),
        IArrayTypeSymbol array => Occurs(parameter, array.ElementType),
        IPointerTypeSymbol pointer => Occurs(parameter, pointer.PointedAtType),
        IFunctionPointerTypeSymbol function =>
            Occurs(parameter, function.Signature.ReturnType) || function.Signature.Parameters.Any(given => Occurs(parameter, given.Type)),
        INamedTypeSymbol named =>
            named.TypeArguments.Any(argument => Occurs(parameter, argument)) || (named.ContainingType is { } outer && Occurs(parameter, outer)),
        _ => false,
    };
}
