using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace IoAsid.Typed.CodeFixes;

/// <summary>The block of a member or lambda whose body is an expression.</summary>
internal static class BodyOf
{
    /// <summary>Returns the member with a block of one statement; null for kinds of members that always have a value.</summary>
    public static SyntaxNode? WithBlock(SyntaxNode member, ArrowExpressionClauseSyntax arrow, LocalDeclarationStatementSyntax statement)
    {
        BlockSyntax block = Block(statement, arrow.ArrowToken, arrow.Expression);
        SyntaxNode? changed = member switch
        {
            BaseMethodDeclarationSyntax method => method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block),
            AccessorDeclarationSyntax accessor => accessor.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block),
            LocalFunctionStatementSyntax function => function.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block),
            _ => null,
        };
        return changed?.WithTriviaFrom(member).WithAdditionalAnnotations(Formatter.Annotation);
    }

    public static SyntaxNode WithBlock(LambdaExpressionSyntax lambda, ExpressionSyntax body, LocalDeclarationStatementSyntax statement)
    {
        BlockSyntax block = Block(statement, lambda.ArrowToken, body);
        LambdaExpressionSyntax changed = lambda.WithBody(block).WithTriviaFrom(lambda);
        return changed.ReplaceToken(changed.ArrowToken, changed.ArrowToken.WithTrailingTrivia(SyntaxFactory.Space)).WithAdditionalAnnotations(Formatter.Annotation);
    }

    /// <summary>Comments beside the old body stay beside the statement.</summary>
    private static BlockSyntax Block(LocalDeclarationStatementSyntax statement, SyntaxToken arrow, ExpressionSyntax body)
    {
        SyntaxTrivia endOfLine = EndOfLine.In(arrow.SyntaxTree!.GetRoot());
        SyntaxTrivia[] before = [.. arrow.TrailingTrivia.Concat(body.GetLeadingTrivia()).Where(SourceTrivia.IsComment)];
        SyntaxTrivia[] behind = body.Parent is ArrowExpressionClauseSyntax ? [.. body.GetTrailingTrivia().Where(SourceTrivia.IsComment)] : [];
        LocalDeclarationStatementSyntax placed = statement;
        if (before.Length > 0)
            placed = placed.WithLeadingTrivia(before.SelectMany(comment => new[] { comment, endOfLine }));

        if (behind.Length > 0)
            placed = placed.WithTrailingTrivia(behind.SelectMany(comment => new[] { SyntaxFactory.Space, comment }).Append(endOfLine));

        return SyntaxFactory.Block(placed);
    }
}
