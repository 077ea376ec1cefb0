using IoAsid.Typed.Analyzers.Operations;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Typing;

/// <summary>Which values a body tests for which types, by <c>is</c>, <c>as</c>, patterns and switches. A value goes by how it is written.</summary>
internal sealed class TypeTests
{
    private static readonly PerBody<TypeTests> Bodies = new(body => new TypeTests(body));

    private readonly ILookup<string, ITypeSymbol> _tested;

    private TypeTests(IOperation body) => _tested = body.Descendants()
        .SelectMany(Tests)
        .ToLookup(test => test.Value, test => test.Type, StringComparer.Ordinal);

    public static TypeTests Around(IOperation operation) => Bodies.Around(operation);

    public bool Ask(IOperation value, ITypeSymbol type) =>
        _tested[Written(value)].Any(tested => SymbolEqualityComparer.Default.Equals(tested, type));

    private static IEnumerable<(string Value, ITypeSymbol Type)> Tests(IOperation operation) => operation switch
    {
        IIsTypeOperation test => [(Written(test.ValueOperand), test.TypeOperand)],
        IIsPatternOperation test => Of(test.Value, test.Pattern),
        ISwitchExpressionOperation choice => choice.Arms.SelectMany(arm => Of(choice.Value, arm.Pattern)),
        ISwitchOperation choice => choice.Cases.SelectMany(section => section.Clauses).OfType<IPatternCaseClauseOperation>().SelectMany(clause => Of(choice.Value, clause.Pattern)),
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals, LeftOperand: var left, RightOperand: var right } =>
            OfExactType(left, right).Concat(OfExactType(right, left)),
        IConversionOperation { IsTryCast: true, Type: { } type } conversion => [(Written(conversion.Operand), type)],
        _ => [],
    };

    private static IEnumerable<(string Value, ITypeSymbol Type)> Of(IOperation value, IPatternOperation pattern) =>
        pattern.DescendantsAndSelf().OfType<IPatternOperation>().Select(MatchedType).OfType<ITypeSymbol>().Select(type => (Written(value), type));

    /// <summary><c>value.GetType() == typeof(T)</c>.</summary>
    private static IEnumerable<(string Value, ITypeSymbol Type)> OfExactType(IOperation asked, IOperation type) =>
        (asked, type) is (IInvocationOperation { TargetMethod: { Name: "GetType", Parameters.IsEmpty: true }, Instance: { } value }, ITypeOfOperation exact)
            ? [(Written(value), exact.TypeOperand)]
            : [];

    private static ITypeSymbol? MatchedType(IPatternOperation pattern) => pattern switch
    {
        IDeclarationPatternOperation declaration => declaration.MatchedType,
        ITypePatternOperation type => type.MatchedType,
        IRecursivePatternOperation recursive => recursive.MatchedType,
        _ => null,
    };

    private static string Written(IOperation value)
    {
        while (value is IConversionOperation { IsImplicit: true } conversion)
            value = conversion.Operand;

        return value.Syntax.ToString();
    }
}
