using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.CodeFixes;

/// <summary>The code of other preprocessor configurations, which the compiler does not bind.</summary>
internal static class DisabledCode
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <summary>Returns true if disabled code mentions a local outside the code that a fix limits it to, or does more with it than use its members.</summary>
    public static bool MayKeep(string local, SyntaxNode body, SyntaxNode? within) => SourceTrivia.DisabledCodeIn(body).Any(disabled =>
        Mentions(disabled, local, within?.FullSpan.Contains(disabled.FullSpan) == false ? "" : @"(?!\s*\??\.)"));

    /// <summary>Returns the words of disabled code: a new variable must not take the name of one that another configuration declares.</summary>
    public static IEnumerable<string> WordsIn(SyntaxNode body) => SourceTrivia.DisabledCodeIn(body)
        .SelectMany(disabled => Regex.Matches(disabled.ToString(), @"\w+", RegexOptions.None, Timeout).Cast<Match>())
        .Select(word => word.Value);

    private static bool Mentions(SyntaxTrivia disabled, string name, string followedBy) =>
        Regex.IsMatch(disabled.ToString(), $@"\b{Regex.Escape(name)}\b{followedBy}", RegexOptions.None, Timeout);
}
