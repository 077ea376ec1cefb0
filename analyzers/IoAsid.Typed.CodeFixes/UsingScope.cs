using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Puts the code that runs only when a reference was given out into a <c>using</c> of that reference.</summary>
internal static class UsingScope
{
    /// <summary>Returns the <c>if</c> that an answer decides last, so that nothing happens between the answer and what depends on it, and the answer's outcome for the branch.</summary>
    public static (IfStatementSyntax Choice, bool Success)? DecidedLastBy(ExpressionSyntax answer)
    {
        bool success = true;
        SyntaxNode at = answer;
        while (true)
        {
            switch (at.Parent)
            {
                case ParenthesizedExpressionSyntax:
                    break;
                case PrefixUnaryExpressionSyntax negation when negation.IsKind(SyntaxKind.LogicalNotExpression):
                    success = !success;
                    break;
                case BinaryExpressionSyntax both when both.Right == at && both.IsKind(success ? SyntaxKind.LogicalAndExpression : SyntaxKind.LogicalOrExpression):
                    break;
                case IfStatementSyntax choice:
                    return (choice, success);
                default:
                    return null;
            }

            at = at.Parent;
        }
    }

    /// <summary>Returns the root with the branch under <c>using</c>, or the rest of the block where the branch is for failure; null if neither can be done.</summary>
    /// <param name="name">The local with the reference.</param>
    /// <param name="choice">The <c>if</c> in the root.</param>
    /// <param name="changed">The <c>if</c> as it is to be, its branch aside.</param>
    /// <param name="success">Whether the branch runs where a reference was given out.</param>
    public static SyntaxNode? Around(string name, IfStatementSyntax choice, IfStatementSyntax changed, bool success) =>
        success
            ? choice.SyntaxTree.GetRoot().ReplaceNode(choice, changed.WithStatement(Block(name, changed.Statement)))
            : choice.Else is null ? AroundRest(name, choice, changed) : null;

    /// <summary>Returns the root with all that follows a statement in its block under <c>using</c>; null if nothing follows.</summary>
    public static SyntaxNode? AroundRest(string name, StatementSyntax statement, StatementSyntax changed)
    {
        if (statement.Parent is not BlockSyntax block || block.Statements.Last() == statement)
            return null;

        int index = block.Statements.IndexOf(statement);
        StatementSyntax[] rest = [.. block.Statements.Skip(index + 1)];
        (SyntaxTriviaList before, SyntaxTriviaList own) = SplitBlankLines(rest[0].GetLeadingTrivia());
        rest[0] = rest[0].WithLeadingTrivia(own);

        // Comments and directives above the closing brace belong to the rest.
        SyntaxTriviaList end = block.CloseBraceToken.LeadingTrivia;
        int indentation = end.Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).Count();
        SyntaxTriviaList moved = [.. end.Take(end.Count - indentation)];
        BlockSyntax inner = BlockOf(rest);
        if (moved.Count > 0)
            inner = inner.WithCloseBraceToken(inner.CloseBraceToken.WithLeadingTrivia(moved));

        UsingStatementSyntax under = Under(name, inner).WithLeadingTrivia(before);
        BlockSyntax held = block
            .WithStatements([.. block.Statements.Take(index), changed, under])
            .WithCloseBraceToken(block.CloseBraceToken.WithLeadingTrivia(end.Skip(moved.Count)));
        return block.SyntaxTree.GetRoot().ReplaceNode(block, held);
    }

    private static UsingStatementSyntax Under(string name, StatementSyntax body) =>
        SyntaxFactory.UsingStatement(
                null,
                SyntaxFactory.IdentifierName(name),
                body is BlockSyntax block ? block.WithoutTrivia() : Block(body))
            .WithUsingKeyword(SyntaxFactory.Token(SyntaxKind.UsingKeyword).WithTrailingTrivia(SyntaxFactory.Space))
            .WithAdditionalAnnotations(Formatter.Annotation);

    private static BlockSyntax Block(StatementSyntax only) => BlockOf(only).WithAdditionalAnnotations(Formatter.Annotation);

    /// <summary>Returns a block. A directive above the first statement needs a line of its own.</summary>
    private static BlockSyntax BlockOf(params StatementSyntax[] statements)
    {
        BlockSyntax block = SyntaxFactory.Block(statements);
        return statements[0].GetLeadingTrivia().Any(trivia => trivia.IsDirective)
            ? block.WithOpenBraceToken(block.OpenBraceToken.WithTrailingTrivia(SyntaxFactory.ElasticLineFeed))
            : block;
    }

    /// <summary>Returns a block around the <c>using</c> of a body. Comments beside the braces of the body stay beside the outer ones.</summary>
    private static BlockSyntax Block(string name, StatementSyntax body) =>
        body is BlockSyntax && (body.GetLeadingTrivia().Any(SourceTrivia.IsComment) || body.GetTrailingTrivia().Any(SourceTrivia.IsComment))
            ? Block(Under(name, body)).WithTriviaFrom(body)
            : Block(Under(name, body));

    /// <summary>Splits trivia into the blank lines above a statement, which stay where they are, and the rest, which the statement takes along.</summary>
    private static (SyntaxTriviaList BlankLines, SyntaxTriviaList Others) SplitBlankLines(SyntaxTriviaList trivia)
    {
        int count = trivia.TakeWhile(one => one.IsKind(SyntaxKind.EndOfLineTrivia) || one.IsKind(SyntaxKind.WhitespaceTrivia)).Count();
        return ([.. trivia.Take(count)], [.. trivia.Skip(count)]);
    }
}
