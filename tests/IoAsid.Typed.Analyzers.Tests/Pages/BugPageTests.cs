using System.Collections.Immutable;
using System.Text.RegularExpressions;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Tests.Pages;

/// <summary>
/// The page of real bugs names for each bug the rule, the compiler error or the test that catches it. For a rule or compiler error, a file in the folder Bugs repeats the mistake, and a
/// comment marks the line that must be reported. A test that is named must exist.
/// </summary>
public sealed partial class BugPageTests
{
    private const int BugCount = 25;

    private const string Drain = "public sealed class Drain : IoAsidDrain { public DrainReceipt Certified(IoAsidBinding binding) => Certify(binding); }";

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private static readonly string Folder = Path.Combine(RulePages.Repository, "tests", "IoAsid.Typed.Analyzers.Tests", "Bugs");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "B*.cs").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(1, BugCount)];

    /// <summary>Exactly the marked lines are reported, by exactly the marked rule or compiler error.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_bug_is_reported_where_it_is(string file)
    {
        string code = await File.ReadAllTextAsync(Path.Combine(Folder, file), Cancellation);
        Compilation compilation = AllRules.Compile([code, Drain, TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk]);
        ImmutableArray<Diagnostic> rules = await AllRules.RunAsync(compilation, Cancellation);

        IEnumerable<Diagnostic> found = compilation.GetDiagnostics(Cancellation)
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Concat(rules);

        Assert.Equal(
            Marks(code),
            found.Select(diagnostic => (diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1, diagnostic.Id)).Order());
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void The_page_names_what_reports_a_bug_and_the_tests_that_exist(int number)
    {
        string row = Row(number);
        string file = Path.Combine(Folder, $"B{number:00}.cs");
        string[] reported = File.Exists(file) ? [.. Marks(File.ReadAllText(file)).Select(mark => mark.Id).Distinct().Order(StringComparer.Ordinal)] : [];

        Assert.Equal(reported, Reports().Matches(row).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal));
        Assert.True(reported.Length > 0 || Tests().IsMatch(row), $"The page names nothing that catches B{number}.");
        Assert.All(Tests().Matches(row).AsEnumerable(), test => Assert.Contains(
            $" {test.Groups["name"].Value}(",
            File.ReadAllText(Path.Combine(RulePages.Folder, test.Groups["file"].Value)),
            StringComparison.Ordinal));
    }

    private static string Row(int number) =>
        File.ReadAllLines(Path.Combine(RulePages.Folder, "bugs.md")).Single(line => line.StartsWith($"| B{number} |", StringComparison.Ordinal));

    private static IEnumerable<(int Line, string Id)> Marks(string code) =>
        from line in code.Split('\n').Index()
        let mark = Mark().Match(line.Item)
        where mark.Success
        select (line.Index + 1, mark.Groups["id"].Value);

    [GeneratedRegex("// (?<id>IOASID[0-9]{4}|CS[0-9]{4})$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mark();

    [GeneratedRegex("IOASID[0-9]{4}|CS[0-9]{4}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reports();

    [GeneratedRegex(@"\[(?<name>[A-Z]\w+_\w+)\]\((?<file>\.\./\.\./tests/[^)]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tests();
}
