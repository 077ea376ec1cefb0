using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Iommu.Mutations;

/// <summary>Conditions: an operand of "or" never says yes, an operand of "and" never says no, and a guard guards nothing.</summary>
internal sealed partial class MutantWriter
{
    public override SyntaxNode? VisitIfStatement(IfStatementSyntax node)
    {
        if (RefusesArgument(node.Statement))
            return node.WithStatement(Visited(node.Statement));
        ExpressionSyntax condition = node.Else is not null ? Visited(node.Condition) : Condition(node.Condition, stops: EndsInJump(node.Statement));
        StatementSyntax statement = Visited(node.Statement);
        ElseClauseSyntax? otherwise = node.Else is null ? null : Visited(node.Else);
        return node.WithCondition(condition).WithStatement(statement).WithElse(otherwise);
    }

    public override SyntaxNode? VisitConditionalExpression(ConditionalExpressionSyntax node)
    {
        if (node.WhenFalse is ThrowExpressionSyntax refusal && !ThrowsArgument(refusal.Expression))
            return node.WithCondition(Passing(node.Condition)).WithWhenTrue(Visited(node.WhenTrue));
        return base.VisitConditionalExpression(node);
    }

    public override SyntaxNode? VisitBinaryExpression(BinaryExpressionSyntax node)
    {
        if (!IsJunction(node))
            return base.VisitBinaryExpression(node);
        return node.WithLeft(Operand(node.Left, node.Kind())).WithRight(Operand(node.Right, node.Kind()));
    }

    /// <summary>The condition of a statement. One that stops what follows is never true; of one that starts something, the check is gone: it always is.</summary>
    private ExpressionSyntax Condition(ExpressionSyntax condition, bool stops)
    {
        bool isLoop = condition.Parent is WhileStatementSyntax or DoStatementSyntax;
        return stops || isLoop ? Leaf(condition, MutantSyntax.NeverTrue) : Passing(condition);
    }

    private ExpressionSyntax Passing(ExpressionSyntax condition) => Leaf(condition, MutantSyntax.AlwaysTrue);

    private ExpressionSyntax Operand(ExpressionSyntax operand, SyntaxKind junction) =>
        Leaf(operand, junction == SyntaxKind.LogicalOrExpression ? MutantSyntax.NeverTrue : MutantSyntax.AlwaysTrue);

    private ExpressionSyntax Leaf(ExpressionSyntax condition, Func<int, ExpressionSyntax, ExpressionSyntax> mutate)
    {
        if (IsJunction(condition) || condition is LiteralExpressionSyntax || NamesWhatItFinds(condition))
            return Visited(condition);
        return mutate(Site(condition, MutationOperator.Check), Visited(condition));
    }

    private static bool IsJunction(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax inner => IsJunction(inner.Expression),
        _ => expression.IsKind(SyntaxKind.LogicalAndExpression) || expression.IsKind(SyntaxKind.LogicalOrExpression),
    };

    // Without "is { } found" the code that uses what was found does not compile: the compiler has the check.
    private static bool NamesWhatItFinds(ExpressionSyntax condition) => condition.DescendantNodes()
        .Any(node => node is SingleVariableDesignationSyntax { Parent: PatternSyntax });

    private static bool EndsInJump(StatementSyntax statement) => statement switch
    {
        BlockSyntax block => block.Statements.LastOrDefault() is { } last && EndsInJump(last),
        ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax => true,
        _ => false,
    };

    // Checks of arguments guard against callers, not against what happens.
    private static bool RefusesArgument(StatementSyntax statement) => statement switch
    {
        BlockSyntax block => block.Statements is [var only] && RefusesArgument(only),
        ThrowStatementSyntax { Expression: { } thrown } => ThrowsArgument(thrown),
        _ => false,
    };

    private static bool ThrowsArgument(ExpressionSyntax thrown) =>
        thrown is ObjectCreationExpressionSyntax created && created.Type.ToString().StartsWith("Argument", StringComparison.Ordinal);
}
