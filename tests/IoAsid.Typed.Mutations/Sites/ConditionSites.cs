using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Mutations;

/// <summary>The conditions of a member, except those that the compiler needs and checks of arguments.</summary>
internal static class ConditionSites
{
    public static bool IsJunction(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax inner => IsJunction(inner.Expression),
        _ => expression.IsKind(SyntaxKind.LogicalAndExpression) || expression.IsKind(SyntaxKind.LogicalOrExpression),
    };

    // Code after "is { } found" does not compile without the pattern, so the compiler already proves that it is needed.
    public static bool IsSite(ExpressionSyntax condition) => !IsJunction(condition) && condition is not LiteralExpressionSyntax
        && !condition.DescendantNodes().Any(node => node is SingleVariableDesignationSyntax { Parent: PatternSyntax });

    /// <summary>Returns true if an expression compares two values. Each operand of "and" or "or" is a separate site.</summary>
    public static bool IsComparison(BinaryExpressionSyntax expression) => expression.Kind() is SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression
        or SyntaxKind.LessThanExpression or SyntaxKind.LessThanOrEqualExpression or SyntaxKind.GreaterThanExpression or SyntaxKind.GreaterThanOrEqualExpression;

    public static bool EndsInJump(StatementSyntax statement) => statement switch
    {
        BlockSyntax block => block.Statements.LastOrDefault() is { } last && EndsInJump(last),
        ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax => true,
        _ => false,
    };

    // Checks of arguments detect mistakes of callers, and are no behaviour of the target.
    public static bool RefusesArgument(StatementSyntax statement) => statement switch
    {
        BlockSyntax block => block.Statements is [var only] && RefusesArgument(only),
        ThrowStatementSyntax { Expression: { } thrown } => ThrowsArgument(thrown),
        _ => false,
    };

    public static bool ThrowsArgument(ExpressionSyntax thrown) =>
        thrown is ObjectCreationExpressionSyntax created && created.Type.ToString().StartsWith("Argument", StringComparison.Ordinal);
}
