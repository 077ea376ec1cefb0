using System.Collections.Immutable;
using System.Text.RegularExpressions;
using IoAsid.Typed.Analyzers.Options;
using IoAsid.Typed.Analyzers.Tests.Verification;
using IoAsid.Typed.Layouts.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.Analyzers.Tests.Pages;

/// <summary>Rules, pages and links agree, and the code in the pages does what the pages say.</summary>
public sealed partial class RulePageTests
{
    private static readonly string[] Sections = ["What", "Why", "Bad", "Good", "Fix", "Known limitations", "Configuration"];

    private static readonly Type LayoutRules = typeof(Layouts.Generator.DiagnosticIds);

    public static TheoryData<string> Rules => [.. AllRules.Descriptors.Select(rule => rule.Id)];

    [Fact]
    public void Ids_are_unique_and_all_declared()
    {
        string[] declared = [.. LayoutRules.GetFields().Concat(typeof(DiagnosticIds).GetFields()).Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal)];

        Assert.Equal(declared, AllRules.Descriptors.Select(rule => rule.Id), StringComparer.Ordinal);
        Assert.All(declared, id => Assert.Matches("^IOASID[0-9]{4}$", id));
    }

    [Fact]
    public void Every_fix_fixes_a_rule_and_has_a_FixAll_of_its_own()
    {
        Assert.All(AllRules.Fixes, fix =>
        {
            Assert.Subset(AllRules.Descriptors.Select(rule => rule.Id).ToHashSet(StringComparer.Ordinal), fix.FixableDiagnosticIds.ToHashSet(StringComparer.Ordinal));
            Assert.Same(fix.GetType().Assembly, fix.GetFixAllProvider()?.GetType().Assembly);
        });
    }

    [Fact]
    public void Every_page_has_a_rule() =>
        Assert.Equal(AllRules.Descriptors.Select(rule => rule.Id).Prepend(RulePages.OfTheBuild.Id), RulePages.Files().Select(file => Path.GetFileNameWithoutExtension(file)), StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Rules))]
    public void Page_and_descriptor_agree(string id)
    {
        DiagnosticDescriptor rule = Rule(id);

        Assert.Equal($"{Descriptors.PagesUri}{id}.md", rule.HelpLinkUri);
        AssertPageSays(id, rule.Category, $"{rule.Title}", RuleIndex.Severity(rule), RuleIndex.Fix(rule));
    }

    [Fact]
    public void Page_and_targets_agree()
    {
        (string id, string category, string title, string severity) = RulePages.OfTheBuild;
        string targets = File.ReadAllText(Path.Combine(RulePages.Folder, "..", "..", "src", "IoAsid.Typed", "buildTransitive", "IoAsid.Typed.targets"));

        AssertPageSays(id, category, title, severity, "no");
        Assert.Contains($"<Error Code=\"{id}\"", targets, StringComparison.Ordinal);
        Assert.Contains($"HelpLink=\"{Descriptors.PagesUri}{id}.md\"", targets, StringComparison.Ordinal);
    }

    private static void AssertPageSays(string id, string category, string title, string severity, string fix)
    {
        string[] lines = Page(id).Split('\n');
        Assert.Equal($"# {id}: {title}", lines[0]);
        Assert.Contains($"| Category | {category} |", lines, StringComparer.Ordinal);
        Assert.Contains($"| Severity | {severity} |", lines, StringComparer.Ordinal);
        Assert.Contains($"| Fix | {fix} |", lines, StringComparer.Ordinal);
        Assert.Equal(Sections, lines.Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..]), StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Bad_code_is_reported_and_good_code_is_not(string id)
    {
        ImmutableArray<Diagnostic> bad = await RunAsync(id, "Bad");
        ImmutableArray<Diagnostic> good = await RunAsync(id, "Good");

        Assert.Contains(bad, diagnostic => string.Equals(diagnostic.Id, id, StringComparison.Ordinal));
        Assert.Empty(good);
    }

    [Fact]
    public void Every_option_is_documented()
    {
        string pages = string.Concat(RulePages.Files().Select(File.ReadAllText));

        Assert.All(IoAsidOptions.Names, name => Assert.Contains(name, pages, StringComparison.Ordinal));
        Assert.All(IoAsidOptions.Names, name => Assert.StartsWith(IoAsidOptions.Prefix, name, StringComparison.Ordinal));
    }

    [Fact]
    public void Index_is_what_the_descriptors_say()
    {
        string expected = RuleIndex.Write();
        if (Environment.GetEnvironmentVariable(RuleIndex.UpdateVariable) is "1")
            File.WriteAllText(RulePages.Index, expected);

        Assert.Equal(expected, File.ReadAllText(RulePages.Index));
    }

    private static async Task<ImmutableArray<Diagnostic>> RunAsync(string id, string section)
    {
        string code = $"partial class Page\n{{\n{Code(Page(id), section)}\n}}\n";
        CSharpCompilation written = AllRules.Compile([code, TestProject.DriverTypes, "global using IoAsid.Typed.Layouts;"], [.. TestProject.Framework, .. TestProject.Sdk]);
        CSharpGeneratorDriver.Create([new LayoutGenerator().AsSourceGenerator()], parseOptions: TestProject.Parse)
            .RunGeneratorsAndUpdateCompilation(written, out Compilation compilation, out _);

        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        return await AllRules.RunAsync(compilation, Code(Page(id), section, "ini"), TestContext.Current.CancellationToken);
    }

    /// <summary>Returns the code of a section: members of a class, or options.</summary>
    private static string Code(string page, string section, string language = "csharp")
    {
        string text = page.Split($"## {section}\n")[1].Split("\n## ")[0];
        return string.Join("\n", CodeBlock().Matches(text).Where(block => block.Groups["language"].Value == language).Select(block => block.Groups["code"].Value));
    }

    [GeneratedRegex("```(?<language>csharp|ini)\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeBlock();

    private static string Page(string id) => File.ReadAllText(Path.Combine(RulePages.Folder, $"{id}.md"));

    private static DiagnosticDescriptor Rule(string id) => AllRules.Descriptors.Single(rule => string.Equals(rule.Id, id, StringComparison.Ordinal));
}
