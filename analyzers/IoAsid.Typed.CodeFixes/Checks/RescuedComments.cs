using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Moves the comments that a change would delete above the changed statement.</summary>
internal static class RescuedComments
{
    /// <summary>Returns the changed root with every comment of the unchanged one.</summary>
    public static SyntaxNode In(SyntaxNode after, SyntaxNode before)
    {
        SyntaxTrivia[] lost = [.. Lost(before, after)];
        return lost.Length == 0 || FirstChange(before, after) is not { } changed
            ? after
            : after.ReplaceNode(changed, WithComments(changed, lost, EndOfLine.In(before)));
    }

    /// <summary>Returns the comments of the unchanged root that have no counterpart with the same text.</summary>
    private static IEnumerable<SyntaxTrivia> Lost(SyntaxNode before, SyntaxNode after)
    {
        Dictionary<string, int> kept = SourceTrivia.CommentsIn(after)
            .GroupBy(comment => comment.ToString(), StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.Count(), StringComparer.Ordinal);
        foreach (SyntaxTrivia comment in SourceTrivia.CommentsIn(before))
        {
            string text = comment.ToString();
            kept.TryGetValue(text, out int count);
            if (count == 0)
                yield return comment;
            else
                kept[text] = count - 1;
        }
    }

    /// <summary>Returns the statement or member with the first token that differs.</summary>
    private static SyntaxNode? FirstChange(SyntaxNode before, SyntaxNode after)
    {
        using IEnumerator<SyntaxToken> old = before.DescendantTokens().GetEnumerator();
        foreach (SyntaxToken token in after.DescendantTokens())
        {
            if (!old.MoveNext() || !SyntaxFactory.AreEquivalent(old.Current, token))
                return token.Parent!.AncestorsAndSelf().FirstOrDefault(node => node is StatementSyntax and not BlockSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax);
        }

        return null;
    }

    /// <summary>Returns the trivia with comments on lines of their own where the statement begins one. A delimited comment can also stand before a statement in the middle of a line.</summary>
    private static SyntaxNode WithComments(SyntaxNode statement, SyntaxTrivia[] comments, SyntaxTrivia endOfLine)
    {
        SyntaxTriviaList leading = statement.GetLeadingTrivia();
        SyntaxTrivia[] indentation = [.. leading.Reverse().Take(1).Where(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia))];
        bool beginsLine = BeginsLine(statement.GetFirstToken());
        return statement.WithLeadingTrivia(leading.AddRange(comments.SelectMany(comment =>
            beginsLine || comment.IsKind(SyntaxKind.SingleLineCommentTrivia) ? indentation.Prepend(endOfLine).Prepend(comment) : [comment, SyntaxFactory.Space])));
    }

    private static bool BeginsLine(SyntaxToken token) =>
        token.GetPreviousToken() is var previous
        && (previous.IsKind(SyntaxKind.None) || previous.TrailingTrivia.Concat(token.LeadingTrivia).Any(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)));
}
