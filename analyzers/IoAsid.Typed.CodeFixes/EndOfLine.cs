using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.CodeFixes;

/// <summary>The end of the lines of a file.</summary>
internal static class EndOfLine
{
    public static SyntaxTrivia In(SyntaxNode root) =>
        root.DescendantTrivia().Where(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)).Append(SyntaxFactory.LineFeed).First();
}
