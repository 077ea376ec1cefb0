using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The decision whether a value matches a pattern, from the facts about the value.</summary>
internal static class PatternMatch
{
    /// <param name="value">What is known of the value.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="member">Returns the facts about a property of the value.</param>
    public static bool? Of(Known? value, IPatternOperation pattern, Func<Known?, IPropertyReferenceOperation, Known?> member) => pattern switch
    {
        _ when !CallStack.HasRoom() => null,
        IConstantPatternOperation constant => Known.AreEqual(value, ConstantOf(constant.Value)),
        IDiscardPatternOperation => true,
        IDeclarationPatternOperation { MatchesNull: true } => true,
        IDeclarationPatternOperation or ITypePatternOperation => OfType(value, pattern.InputType, pattern.NarrowedType),
        IListPatternOperation => value?.IsNull == true ? false : null,
        IRelationalPatternOperation relation => OfOrder(Known.Compare(value, ConstantOf(relation.Value)), relation.OperatorKind) ?? (value?.IsNull == true ? false : null),
        INegatedPatternOperation negated => !Of(value, negated.Pattern, member),
        IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.And } both =>
            And(Of(value, both.LeftPattern, member), Of(value, both.RightPattern, member)),
        IBinaryPatternOperation either => !And(!Of(value, either.LeftPattern, member), !Of(value, either.RightPattern, member)),
        IRecursivePatternOperation parts => OfParts(value, parts, member),
        _ => null,
    };

    /// <summary>Returns whether a value is of a type: always, if it is not null and the type is its own, a base of that or an interface.</summary>
    public static bool? OfType(Known? value, ITypeSymbol? type, ITypeSymbol? asked) => value?.IsNull switch
    {
        true => false,
        false when type is not null && asked is not null && IsOrIsBelow(type, asked) => true,
        _ => null,
    };

    private static bool IsOrIsBelow(ITypeSymbol type, ITypeSymbol above) =>
        SymbolEqualityComparer.Default.Equals(type, above) || above.SpecialType == SpecialType.System_Object || Subtypes.IsBelow(type, above);

    private static bool? OfOrder(int? order, BinaryOperatorKind kind) => (order, kind) switch
    {
        (null, _) => null,
        (_, BinaryOperatorKind.LessThan) => order < 0,
        (_, BinaryOperatorKind.LessThanOrEqual) => order <= 0,
        (_, BinaryOperatorKind.GreaterThan) => order > 0,
        (_, BinaryOperatorKind.GreaterThanOrEqual) => order >= 0,
        _ => null,
    };

    private static bool? OfParts(Known? value, IRecursivePatternOperation pattern, Func<Known?, IPropertyReferenceOperation, Known?> member)
    {
        bool? whole = pattern.DeconstructionSubpatterns.IsEmpty
            ? OfType(pattern.InputType.IsValueType ? Known.NotNull : value, pattern.InputType, pattern.NarrowedType)
            : And(OfType(value, pattern.InputType, pattern.NarrowedType), null);
        return pattern.PropertySubpatterns.Aggregate(
            whole,
            (all, part) => And(all, part.Member is IPropertyReferenceOperation property ? Of(member(value, property), part.Pattern, member) : null));
    }

    private static bool? And(bool? left, bool? right) => left == false || right == false ? false : left & right;

    private static Known? ConstantOf(IOperation value) => value.ConstantValue.HasValue ? Known.Of(value.ConstantValue.Value) : null;
}
