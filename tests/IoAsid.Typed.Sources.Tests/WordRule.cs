using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>The words of the table "Words that are not used" in <c>docs/style.md</c> occur in no comment, documentation, string, page or name of a test.</summary>
internal static partial class WordRule
{
    private const string Heading = "## Words that are not used";

    private static readonly Lazy<IReadOnlyList<(string Word, string Instead)>> s_table = new(() => [.. Parse(WorkingTree.Read("docs/style.md"))]);

    private static readonly Lazy<Regex> s_pattern = new(() => new Regex(
        string.Join('|', Words.OrderByDescending(word => word.Length).Select(Pattern)),
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Compiled,
        TimeSpan.FromSeconds(10)));

    /// <summary>The words and phrases of the table. A phrase that ends with a full stop is not used at the end of a sentence.</summary>
    public static IEnumerable<string> Words => s_table.Value.Select(row => row.Word);

    public static IEnumerable<string> Violations(SourceFile file) =>
        Matches(Prose.Of(file)).Select(match => file.Describe(match.Index) + Advice(match.Value)).Concat(TestNames(file));

    public static IEnumerable<string> Violations(TextFile page) => Matches(Prose.Of(page)).Select(match => page.Describe(match.Index) + Advice(match.Value));

    /// <summary>Returns the words of a page's table with their replacements.</summary>
    public static IEnumerable<(string Word, string Instead)> Parse(string page) =>
        from line in page[page.IndexOf(Heading, StringComparison.Ordinal)..].Split("\n## ")[0].Split('\n')
        let row = Row().Match(line)
        where row.Success
        from Match word in Code().Matches(row.Groups["words"].Value)
        select (word.Groups["word"].Value, row.Groups["instead"].Value);

    private static IEnumerable<string> TestNames(SourceFile file) =>
        from method in file.Root.DescendantNodes().OfType<MethodDeclarationSyntax>()
        where TestNameRule.IsTest(method)
        from Match match in Matches(method.Identifier.ValueText.Replace('_', ' '))
        select file.Describe(method.Identifier) + Advice(match.Value);

    private static MatchCollection Matches(string prose) => s_pattern.Value.Matches(prose);

    private static string Advice(string found)
    {
        string word = Space().Replace(found, " ");
        return $" [{word}: {s_table.Value.First(row => row.Word.Equals(word, StringComparison.OrdinalIgnoreCase)).Instead}]";
    }

    private static string Pattern(string word) =>
        $@"\b{Regex.Escape(word).Replace(@"\ ", @"\s+", StringComparison.Ordinal)}{(word.EndsWith('.') ? @"(?=[\s\0<""\)]|$)" : @"\b")}";

    [GeneratedRegex(@"^\| (?<words>`.*`) \| (?<instead>.*) \|$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<word>[^`]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"\s+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Space();
}
