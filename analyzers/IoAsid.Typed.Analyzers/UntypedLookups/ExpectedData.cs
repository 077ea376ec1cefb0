using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The data types that code expects of an untyped lookup: by cast, <c>as</c>, pattern, or the type of the result.</summary>
internal static class ExpectedData
{
    /// <summary>Returns all expected types. Empty if the code does not state one.</summary>
    public static ImmutableArray<ITypeSymbol> Of(IOperation lookup)
    {
        ImmutableArray<ITypeSymbol> asked = [.. AskedOf(ResultOf(lookup))];
        return
        [
            .. (asked.IsEmpty && !IsOperator(lookup) ? Known(lookup.Type) : asked)
                .Select(type => type.WithNullableAnnotation(NullableAnnotation.NotAnnotated))
                .Distinct<ITypeSymbol>(SymbolEqualityComparer.Default),
        ];
    }

    private static bool IsOperator(IOperation operation) => operation is IConversionOperation or IBinaryOperation or IUnaryOperation;

    /// <summary>Returns true if a type describes the data.</summary>
    private static bool Says(ITypeSymbol? type) =>
        type is { IsReferenceType: true, SpecialType: not SpecialType.System_Object }
        && type.TypeKind is not (TypeKind.Dynamic or TypeKind.Error or TypeKind.Delegate)
        && !IsAwaitable(type);

    /// <summary>Returns true if a conversion expects a type. A conversion to a base of the known type expects nothing new.</summary>
    private static bool Asks(IConversionOperation conversion) =>
        Says(conversion.Type) && !(conversion.Conversion.IsImplicit && Says(conversion.Operand.Type));

    private static bool IsAwaitable(ITypeSymbol type) => type.GetMembers(WellKnownMemberNames.GetAwaiter).Length > 0;

    /// <summary>Returns the lookup, or the result of awaiting it.</summary>
    private static IOperation ResultOf(IOperation lookup)
    {
        IOperation result = lookup;
        while (result.Parent is IAwaitOperation or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" })
            result = result.Parent;

        return result is IAwaitOperation ? result : lookup;
    }

    /// <summary>Returns the types that code expects of a value anywhere in the body. Most results are cast on the spot, which takes no flow graph to see.</summary>
    private static IEnumerable<ITypeSymbol> AskedOf(IOperation value) =>
        value.Parent is IConversionOperation { OperatorMethod: null } cast && Asks(cast)
            ? [cast.Type!]
            : ValueMoves.Around(value).PlacesOf(value, Asks).SelectMany(AskedAt);

    private static IEnumerable<ITypeSymbol> AskedAt(ValuePlace place) => place.User switch
    {
        IConversionOperation { OperatorMethod: null } conversion => Known(conversion.Type),
        IIsTypeOperation test => Known(test.TypeOperand),
        IIsPatternOperation test when test.Value == place.Operation => OfPattern(test.Pattern),
        _ => [],
    };

    private static IEnumerable<ITypeSymbol> OfPattern(IPatternOperation pattern) => pattern switch
    {
        _ when !CallStack.HasRoom() => [],
        IDeclarationPatternOperation declaration => Known(declaration.MatchedType),
        ITypePatternOperation type => Known(type.MatchedType),
        IRecursivePatternOperation recursive => Known(recursive.MatchedType),
        INegatedPatternOperation negation => OfPattern(negation.Pattern),
        IBinaryPatternOperation binary => OfPattern(binary.LeftPattern).Concat(OfPattern(binary.RightPattern)),
        _ => [],
    };

    private static IEnumerable<ITypeSymbol> Known(ITypeSymbol? type) => Says(type) ? [type!] : [];
}
