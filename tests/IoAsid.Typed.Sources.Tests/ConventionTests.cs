using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>The agreement of project files, pages and settings with the code.</summary>
public sealed partial class ConventionTests
{
    private const string DriverSide = "src/IoAsid.Typed.Iommu/";

    [Fact]
    public void Continuous_integration_runs_the_script_and_nothing_else()
    {
        string workflow = WorkingTree.Read(".github/workflows/ci.yml");

        Assert.Equal([".ci/run"], Commands().Matches(workflow).Select(command => command.Groups["command"].Value));
        Assert.All(Actions().Matches(workflow), action => Assert.Contains(action.Groups["action"].Value, new[] { "actions/checkout", "actions/setup-dotnet" }));
        Assert.Contains("global-json-file: global.json", workflow, StringComparison.Ordinal);
    }

    [Fact]
    public void Solution_is_the_only_one() => Assert.Equal(
        ["IoAsid.Typed.sln"],
        Directory.EnumerateFiles(WorkingTree.PathOf("."), "*.sln*").Select(file => Path.GetFileName(file)));

    [Fact]
    public void Page_of_metrics_names_each_instrument_with_its_unit() => Assert.Equal(
        Instruments().Matches(WorkingTree.Read("src/IoAsid.Typed/Diagnostics/SpaceMetrics.cs")).Select(instrument => $"{instrument.Groups["name"].Value} {instrument.Groups["unit"].Value}"),
        Rows().Matches(WorkingTree.Read("docs/metrics.md")).Select(row => $"{row.Groups["name"].Value} {row.Groups["unit"].Value}"));

    [Fact]
    public void Page_of_metrics_names_each_operation_and_tag_of_the_driver()
    {
        string[] page = WorkingTree.Read("docs/metrics.md").Split('\n');
        string[] sources = [.. WorkingTree.Files("src/IoAsid.Typed.Iommu", "*.cs").Select(File.ReadAllText)];

        Assert.Equal(InSources(Operations()), InTable("operation"));
        Assert.Equal(InSources(Tags()), InTable("tag"));

        IEnumerable<string> InSources(Regex pattern) =>
            sources.SelectMany(source => pattern.Matches(source)).Select(match => match.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal);

        IEnumerable<string> InTable(string heading) =>
            (from row in page.SkipWhile(line => !line.StartsWith($"| {heading} |", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|'))
             from name in Names().Matches(row.Split('|')[1])
             select name.Groups["name"].Value).Order(StringComparer.Ordinal);
    }

    [GeneratedRegex("""DriverOperation\.Start\("(?<name>\w+)".""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Operations();

    [GeneratedRegex("""SetTag\("(?<name>[\w.]+)".""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tags();

    [GeneratedRegex(@"`(?<name>[\w.]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Names();

    [Fact]
    public void Page_request_handler_is_passed_to_the_driver_and_the_group_only() => Assert.Equal(
        ["Driver/VtdDriver.cs", "IommuSubsystem.cs", "PageRequests/PageRequestGroup.cs", "PageRequests/PageRequestHandler.cs"],
        SourceFile.All
            .Where(file => file.Path.StartsWith(DriverSide, StringComparison.Ordinal))
            .Where(file => file.Root.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == "PageRequestHandler")
                || file.Path.EndsWith("/PageRequestHandler.cs", StringComparison.Ordinal))
            .Select(file => file.Path[DriverSide.Length..]));

    [Fact]
    public void Table_of_contents_of_the_site_names_each_page()
    {
        string[] folders = ["docs", "docs/concepts"];

        Assert.Equal(
            folders.SelectMany(folder => Directory.EnumerateFiles(WorkingTree.PathOf(folder), "*.md")).Select(page => Path.GetRelativePath(WorkingTree.PathOf("docs"), page)).Append("rules/README.md").Append("samples/README.md").Order(StringComparer.Ordinal),
            Pages().Matches(WorkingTree.Read("tools/docs/toc.yml")).Select(page => page.Groups["page"].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Site_has_the_reference_of_each_library() => Assert.Equal(
        Directory.EnumerateDirectories(WorkingTree.PathOf("src")).Select(folder => Path.GetFileName(folder)).Where(library => library != "IoAsid.Typed.Migration.Converged").Order(StringComparer.Ordinal),
        Libraries().Matches(WorkingTree.Read("tools/docs/docfx.json")).Select(library => library.Groups["library"].Value).Order(StringComparer.Ordinal));

    [Fact]
    public void Optional_tools_are_in_a_manifest_of_their_own()
    {
        Assert.Equal(["dotnet-reportgenerator-globaltool"], Tools(".config/dotnet-tools.json"));
        Assert.Equal(["csharp-ls", "docfx"], Tools("tools/optional/.config/dotnet-tools.json"));

        static IEnumerable<string> Tools(string manifest) =>
            JsonDocument.Parse(WorkingTree.Read(manifest)).RootElement.GetProperty("tools").EnumerateObject().Select(tool => tool.Name);
    }

    [GeneratedRegex(@"href: (?<page>[\w./-]+\.md)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pages();

    [GeneratedRegex(@"""(?<library>[\w.]+)/bin/Debug/net10\.0/\k<library>\.dll""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Libraries();

    [Theory]
    [InlineData("SECURITY.md")]
    [InlineData("CODE_OF_CONDUCT.md")]
    [InlineData(".github/PULL_REQUEST_TEMPLATE.md")]
    [InlineData(".github/ISSUE_TEMPLATE/bug.yml")]
    [InlineData(".github/ISSUE_TEMPLATE/feature.yml")]
    [InlineData(".github/ISSUE_TEMPLATE/report.yml")]
    public void File_that_a_forge_shows_is_there(string file) => Assert.NotEmpty(WorkingTree.Read(file).Trim());

    [Fact]
    public void Examples_of_one_test_match_tests()
    {
        string[] patterns = [.. Filters().Matches(WorkingTree.Read("CONTRIBUTING.md")).Select(filter => filter.Groups["name"].Value).Distinct()];

        Assert.Equal(["FreeTests", "FreeAsync_"], patterns);
        Assert.All(patterns, name => Assert.Contains(SourceFile.All, file => file.Path.StartsWith("tests/IoAsid.Typed.Tests/", StringComparison.Ordinal) && file.Root.ToFullString().Contains(name, StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"--filter-(class|method) '\*\.?(?<name>\w+)\*?'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Filters();

    [GeneratedRegex("^ *-? *run: (?<command>.*)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Commands();

    [GeneratedRegex("uses: (?<action>[^@]+)@", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Actions();

    [GeneratedRegex("""Meter\.Create\w+\("(?<name>[\w.]+)".*"(?<unit>\{\w+\})",""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Instruments();

    [GeneratedRegex(@"^\| `(?<name>[\w.]+)` \| [^|]+ \| `(?<unit>\{\w+\})` \|", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Rows();
}
