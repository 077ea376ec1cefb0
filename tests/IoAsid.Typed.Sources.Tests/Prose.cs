using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>
/// The prose of a file at its positions in the file. Everything else is replaced: white space stays, and other characters become separators, so that no phrase
/// continues across them.
/// </summary>
internal static partial class Prose
{
    private const char Separator = '\0';

    /// <summary>Returns the comments, the documentation and the string literals of a source.</summary>
    public static string Of(SourceFile file)
    {
        string text = file.Tree.GetText().ToString();
        char[] prose = [.. text.Select(character => char.IsWhiteSpace(character) ? character : Separator)];
        foreach (SyntaxTrivia trivia in file.Root.DescendantTrivia())
        {
            if (IsComment(trivia.Kind()))
                Copy(trivia.FullSpan, CommentMarks());
        }

        foreach (SyntaxToken token in file.Root.DescendantTokens().Where(token => IsText(token.Kind())))
            Copy(token.Span, Nothing());

        return new string(prose);

        void Copy(TextSpan span, Regex marks) =>
            marks.Replace(text[span.Start..span.End], mark => new string(' ', mark.Length)).CopyTo(0, prose, span.Start, span.Length);
    }

    /// <summary>Returns a page of Markdown without inline code and the targets of links.</summary>
    public static string Of(TextFile page) => NoProse().Replace(page.Text, code => new string(Separator, code.Length));

    private static bool IsComment(SyntaxKind kind) => kind is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
        or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia;

    private static bool IsText(SyntaxKind kind) => kind is SyntaxKind.StringLiteralToken or SyntaxKind.Utf8StringLiteralToken or SyntaxKind.InterpolatedStringTextToken
        or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
        or SyntaxKind.Utf8SingleLineRawStringLiteralToken or SyntaxKind.Utf8MultiLineRawStringLiteralToken;

    [GeneratedRegex(@"^[ \t]*(///?|/?\*+/?)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex CommentMarks();

    [GeneratedRegex("(?!)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Nothing();

    [GeneratedRegex("(?<!`)`[^`\n]+`(?!`)|(?<=\\])\\([^)\\s]*\\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NoProse();
}
