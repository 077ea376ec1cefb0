using System.Text.RegularExpressions;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>No file mentions documents outside of the repository or an entry of an issue tracker.</summary>
internal static partial class MentionRule
{
    public static IEnumerable<string> Violations(TextFile file) => Outside().Matches(file.Text).Select(match => file.Describe(match.Index));

    // The brackets prevent a pattern from matching its own text.
    [GeneratedRegex(@"[.][.]/shared\b|\bFACT[S]\b|\b(LANGUAG[E]|DESIG[N]|DOMAI[N])\.md\b|\b[Ii]ssues? #?[0-9]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Outside();
}
