using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>Results whose type the caller chooses.</summary>
internal static class UntypedResult
{
    /// <summary>
    /// Returns true if a type is a type parameter of the method itself that no argument decides, which is a cast by another name. One that must be a struct, or that the method may
    /// construct, is not: no set holds such data, or the method creates the result.
    /// </summary>
    public static bool IsChosenByCaller(ITypeParameterSymbol chosen, ISymbol member, ImmutableArray<IParameterSymbol> parameters) =>
        SymbolEqualityComparer.Default.Equals(chosen.DeclaringMethod, member)
        && chosen is { HasValueTypeConstraint: false, HasUnmanagedTypeConstraint: false, HasConstructorConstraint: false }
        && !parameters.Any(parameter => parameter.RefKind is not RefKind.Out && TypeParameters.Occurs(chosen, parameter.Type));
}
