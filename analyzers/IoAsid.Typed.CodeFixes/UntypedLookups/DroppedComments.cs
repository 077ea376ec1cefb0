using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes.UntypedLookups;

/// <summary>Comments on arguments that go away move above the statement: what somebody wrote down is not the fix's to delete.</summary>
internal static class DroppedComments
{
    /// <summary>Puts a replacement into the code, with the comments that would be lost above it.</summary>
    public static SyntaxNode Replace(SyntaxNode root, Replacement replacement)
    {
        ExpressionSyntax old = replacement.Old;
        ExpressionSyntax @new = replacement.New.WithTriviaFrom(old);
        string kept = @new.ToFullString();
        SyntaxTrivia[] lost = [.. old.DescendantTrivia().Where(trivia => IsComment(trivia) && !kept.Contains(trivia.ToString()))];
        if (lost.Length == 0)
            return root.ReplaceNode(old, @new);

        SyntaxNode statement = old.Ancestors().First(node => node is StatementSyntax or MemberDeclarationSyntax);
        return root.ReplaceNode(statement, Above(statement.ReplaceNode(old, @new), lost, EndOfLine.In(root)));
    }

    public static bool IsComment(SyntaxTrivia trivia) =>
        trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia);

    private static SyntaxNode Above(SyntaxNode statement, SyntaxTrivia[] comments, SyntaxTrivia endOfLine)
    {
        SyntaxTriviaList leading = statement.GetLeadingTrivia();
        IEnumerable<SyntaxTrivia> indentation = leading.Reverse().Take(1).Where(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).ToArray();
        return statement.WithLeadingTrivia(leading.AddRange(comments.SelectMany(comment => indentation.Prepend(endOfLine).Prepend(comment))));
    }
}
