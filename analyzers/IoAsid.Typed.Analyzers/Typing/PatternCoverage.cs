using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The certain effect of a pattern on objects of a sealed type: it matches all of them, or none.</summary>
internal static class PatternCoverage
{
    public static bool Covers(IPatternOperation pattern, INamedTypeSymbol leaf) => pattern switch
    {
        _ when !CallStack.HasRoom() => false,
        IDiscardPatternOperation => true,
        IDeclarationPatternOperation declaration => declaration.MatchesNull || IsOrIsBelow(leaf, declaration.MatchedType),
        ITypePatternOperation type => IsOrIsBelow(leaf, type.MatchedType),
        IRecursivePatternOperation recursive => IsOrIsBelow(leaf, recursive.MatchedType)
            && recursive.DeconstructionSubpatterns.All(IsIrrefutable)
            && recursive.PropertySubpatterns.All(property => IsIrrefutable(property.Pattern)),
        INegatedPatternOperation negation => Excludes(negation.Pattern, leaf),
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } either => Covers(either.LeftPattern, leaf) || Covers(either.RightPattern, leaf),
        IBinaryPatternOperation both => Covers(both.LeftPattern, leaf) && Covers(both.RightPattern, leaf),
        _ => false,
    };

    public static bool Excludes(IPatternOperation pattern, INamedTypeSymbol leaf) => pattern switch
    {
        _ when !CallStack.HasRoom() => false,
        IConstantPatternOperation constant => constant.Value.ConstantValue is { HasValue: true, Value: null },
        IDeclarationPatternOperation declaration => !declaration.MatchesNull && !IsOrIsBelow(leaf, declaration.MatchedType),
        ITypePatternOperation type => !IsOrIsBelow(leaf, type.MatchedType),
        IRecursivePatternOperation recursive => !IsOrIsBelow(leaf, recursive.MatchedType),
        INegatedPatternOperation negation => Covers(negation.Pattern, leaf),
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.Or } either => Excludes(either.LeftPattern, leaf) && Excludes(either.RightPattern, leaf),
        IBinaryPatternOperation both => Excludes(both.LeftPattern, leaf) || Excludes(both.RightPattern, leaf),
        _ => false,
    };

    private static bool IsIrrefutable(IPatternOperation pattern) =>
        pattern is IDiscardPatternOperation or IDeclarationPatternOperation { MatchesNull: true };

    private static bool IsOrIsBelow(INamedTypeSymbol leaf, ITypeSymbol? type) =>
        type is not null && (SymbolEqualityComparer.Default.Equals(leaf, type) || Subtypes.IsBelow(leaf, type));
}
