using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Operations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.UntypedLookups;

/// <summary>The data types that code expects of an untyped lookup: by cast, <c>as</c>, pattern, or the variable it goes to.</summary>
internal static class ExpectedData
{
    /// <summary>All types that are expected; empty if the code does not say.</summary>
    public static ImmutableArray<ITypeSymbol> Of(IOperation lookup)
    {
        ImmutableArray<ITypeSymbol> asked = [.. OfResult(lookup, followLocals: true)];
        return
        [
            .. (asked.IsEmpty && !IsOperator(lookup) ? Known(lookup.Type) : asked)
                .Select(type => type.WithNullableAnnotation(NullableAnnotation.NotAnnotated))
                .Distinct<ITypeSymbol>(SymbolEqualityComparer.Default),
        ];
    }

    private static bool IsOperator(IOperation operation) => operation is IConversionOperation or IBinaryOperation or IUnaryOperation;

    /// <summary>Whether a type says more of the data than that there is some.</summary>
    private static bool Says(ITypeSymbol? type) =>
        type is { IsReferenceType: true, SpecialType: not SpecialType.System_Object }
        && type.TypeKind is not (TypeKind.Dynamic or TypeKind.Error or TypeKind.Delegate)
        && !IsAwaitable(type);

    /// <summary>A conversion to a base of what is known already asks for nothing new.</summary>
    private static bool Asks(IConversionOperation conversion) =>
        Says(conversion.Type) && !(conversion.Conversion.IsImplicit && Says(conversion.Operand.Type));

    private static bool IsAwaitable(ITypeSymbol type) => type.GetMembers(WellKnownMemberNames.GetAwaiter).Length > 0;

    private static IEnumerable<ITypeSymbol> OfResult(IOperation value, bool followLocals) => value.Parent switch
    {
        _ when !CallStack.HasRoom() => [],
        IConversionOperation { OperatorMethod: null } conversion =>
            Asks(conversion) ? [conversion.Type!] : OfResult(conversion, followLocals),
        IIsTypeOperation test => Known(test.TypeOperand),
        IIsPatternOperation test when test.Value == value => OfPattern(test.Pattern),
        ISwitchExpressionOperation choice when choice.Value == value => choice.Arms.SelectMany(arm => OfPattern(arm.Pattern)),
        ISwitchOperation choice when choice.Value == value =>
            choice.Cases
                .SelectMany(section => section.Clauses)
                .OfType<IPatternCaseClauseOperation>()
                .SelectMany(clause => OfPattern(clause.Pattern)),
        ICoalesceOperation or IAwaitOperation => OfResult(value.Parent, followLocals),
        IConditionalOperation choice when choice.Condition != value => OfResult(choice, followLocals),
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } when followLocals =>
            OfReads(declarator.Symbol, declarator),
        ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } when followLocals => OfReads(target.Local, target),
        _ => [],
    };

    /// <summary>What the code expects of the local that the result goes to.</summary>
    private static IEnumerable<ITypeSymbol> OfReads(ILocalSymbol local, IOperation within) =>
        Variables.Around(within).NamesOf(local).SelectMany(read => OfResult(read, followLocals: false));

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
