using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Formatting;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Turns members and lambdas whose body is an expression into ones with a block.</summary>
internal static class BodyOf
{
    /// <summary>The member with a block of one statement; null for kinds of members that always have a value.</summary>
    public static SyntaxNode? WithBlock(SyntaxNode member, ArrowExpressionClauseSyntax arrow, StatementSyntax statement)
    {
        BlockSyntax block = Block(statement);
        SyntaxNode? changed = member switch
        {
            BaseMethodDeclarationSyntax method => method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block),
            AccessorDeclarationSyntax accessor => accessor.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block),
            LocalFunctionStatementSyntax function => function.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block),
            _ => null,
        };
        return changed?.WithTriviaFrom(member).WithPrependedComments(arrow).WithAdditionalAnnotations(Formatter.Annotation);
    }

    public static SyntaxNode WithBlock(LambdaExpressionSyntax lambda, StatementSyntax statement) =>
        lambda.WithBody(Block(statement)).WithTriviaFrom(lambda).WithAdditionalAnnotations(Formatter.Annotation);

    private static BlockSyntax Block(StatementSyntax statement) => SyntaxFactory.Block(statement);

    /// <summary>Comments beside the arrow move above the member.</summary>
    private static SyntaxNode WithPrependedComments(this SyntaxNode member, ArrowExpressionClauseSyntax arrow)
    {
        SyntaxTrivia[] comments =
            [.. arrow.DescendantTrivia().Where(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia))];
        return comments.Length == 0
            ? member
            : member.WithLeadingTrivia(member.GetLeadingTrivia().AddRange(comments.SelectMany(comment => new[] { comment, EndOfLine.In(arrow.SyntaxTree.GetRoot()) })));
    }
}
