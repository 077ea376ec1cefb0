using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Puts an expression in the place of a tighter one.</summary>
internal static class Parenthesized
{
    /// <summary>Returns an expression in parentheses, unless it stands where any expression may.</summary>
    public static ExpressionSyntax Where(ExpressionSyntax old, ExpressionSyntax @new) =>
        old.Parent is EqualsValueClauseSyntax or ReturnStatementSyntax or YieldStatementSyntax or ArrowExpressionClauseSyntax or ArgumentSyntax
            or ParenthesizedExpressionSyntax or LambdaExpressionSyntax or ExpressionElementSyntax
            || (old.Parent is AssignmentExpressionSyntax assignment && assignment.Right == old)
                ? @new.WithTriviaFrom(old)
                : SyntaxFactory.ParenthesizedExpression(@new).WithTriviaFrom(old);
}
