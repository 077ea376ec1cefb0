using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>The types of which a type consists: element types, type arguments, and the constraints of type parameters.</summary>
internal static class TypeParts
{
    /// <summary>More parts than any type of readable code has. A constraint such as <c>T : I&lt;T[]&gt;</c> describes a type without end.</summary>
    private const int Most = 256;

    /// <summary>Returns a type and all its parts, each once.</summary>
    public static IEnumerable<ITypeSymbol> Of(ITypeSymbol type)
    {
        HashSet<ITypeSymbol> seen = new(SymbolEqualityComparer.Default) { type };
        Stack<ITypeSymbol> open = new([type]);
        while (open.Count > 0)
        {
            ITypeSymbol part = open.Pop();
            yield return part;
            foreach (ITypeSymbol inner in Inside(part))
            {
                if (seen.Count < Most && seen.Add(inner))
                    open.Push(inner);
            }
        }
    }

    /// <summary>Returns a type, or, for a type parameter, the types that its constraints name, directly or by way of other type parameters.</summary>
    public static IEnumerable<ITypeSymbol> BoundsOf(ITypeSymbol? type)
    {
        if (type is not ITypeParameterSymbol parameter)
            return type is null ? [] : [type];

        HashSet<ITypeSymbol> seen = new(SymbolEqualityComparer.Default) { parameter };
        List<ITypeSymbol> bounds = [parameter];
        for (int at = 0; at < bounds.Count; at++)
        {
            if (bounds[at] is ITypeParameterSymbol open)
                bounds.AddRange(open.ConstraintTypes.Where(seen.Add));
        }

        return bounds.Where(bound => bound is not ITypeParameterSymbol);
    }

    private static IEnumerable<ITypeSymbol> Inside(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => [array.ElementType],
        IPointerTypeSymbol pointer => [pointer.PointedAtType],
        IFunctionPointerTypeSymbol function => function.Signature.Parameters.Select(parameter => parameter.Type).Prepend(function.Signature.ReturnType),
        ITypeParameterSymbol parameter => parameter.ConstraintTypes,
        INamedTypeSymbol named => named.TypeArguments,
        _ => [],
    };
}
