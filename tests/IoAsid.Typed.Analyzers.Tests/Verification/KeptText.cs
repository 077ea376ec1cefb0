using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Analyzers.Tests.Verification;

/// <summary>The text that a fix must keep: every comment, and every directive and line of disabled code in its order. It does not use the check of the fixes.</summary>
internal static class KeptText
{
    public static void AssertKept(SyntaxNode before, SyntaxNode after)
    {
        Assert.Equal(Comments(before), Comments(after));
        Assert.Equal(BranchesOf(before), BranchesOf(after));
    }

    private static string[] Comments(SyntaxNode root) =>
        [.. root.DescendantTrivia().Where(trivia => trivia.ToString() is ['/', '/' or '*', ..]).Select(trivia => trivia.ToString()).Order(StringComparer.Ordinal)];

    /// <summary>Returns the lines that begin with a directive, and the disabled lines between them.</summary>
    private static string[] BranchesOf(SyntaxNode root)
    {
        HashSet<int> disabled = [.. root.DescendantTrivia().Where(trivia => trivia.IsKind(SyntaxKind.DisabledTextTrivia)).SelectMany(LinesOf)];
        return
        [
            .. root.ToFullString().Split('\n')
                .Select((line, number) => (Text: line.Trim(), IsDisabled: disabled.Contains(number)))
                .Where(line => line.Text.StartsWith('#') || (line.IsDisabled && line.Text.Length > 0))
                .Select(line => line.Text),
        ];
    }

    private static IEnumerable<int> LinesOf(SyntaxTrivia trivia)
    {
        FileLinePositionSpan span = trivia.GetLocation().GetLineSpan();
        return Enumerable.Range(span.StartLinePosition.Line, span.EndLinePosition.Line - span.StartLinePosition.Line + 1);
    }
}
