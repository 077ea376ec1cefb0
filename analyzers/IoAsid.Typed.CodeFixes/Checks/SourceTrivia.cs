using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.CodeFixes;

/// <summary>The comments, directives and disabled code of a file: text that a fix must not lose.</summary>
internal static class SourceTrivia
{
    /// <summary>Returns true if all directives and all disabled code are in their order, with the same comments between each two of them.</summary>
    public static bool AreKept(SyntaxNode before, SyntaxNode after) => Sections(before).SequenceEqual(Sections(after), StringComparer.Ordinal);

    public static IEnumerable<SyntaxTrivia> CommentsIn(SyntaxNode node) => node.DescendantTrivia().Where(IsComment);

    public static bool IsComment(SyntaxTrivia trivia) => trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
        or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia;

    /// <summary>Returns the text of disabled code that contains a name, if any.</summary>
    public static IEnumerable<SyntaxTrivia> DisabledCodeIn(SyntaxNode node) => node.DescendantTrivia().Where(trivia => trivia.IsKind(SyntaxKind.DisabledTextTrivia));

    /// <summary>Returns each directive or disabled text, and before it the comments of its section, sorted: within a section a comment may move.</summary>
    private static IEnumerable<string> Sections(SyntaxNode root)
    {
        List<string> comments = [];
        foreach (SyntaxTrivia trivia in root.DescendantTrivia())
        {
            if (IsComment(trivia))
            {
                comments.Add(trivia.ToString());
            }
            else if (trivia.IsDirective || trivia.IsKind(SyntaxKind.DisabledTextTrivia))
            {
                foreach (string comment in Sorted(comments))
                    yield return comment;

                comments.Clear();
                yield return trivia.ToFullString().TrimEnd();
            }
        }

        foreach (string comment in Sorted(comments))
            yield return comment;
    }

    private static IEnumerable<string> Sorted(List<string> comments) => comments.OrderBy(comment => comment, StringComparer.Ordinal);
}
