using System.Text.RegularExpressions;

namespace IoAsid.Typed.Sources.Tests;

/// <summary>Files around the code that must not drift away from it.</summary>
public sealed partial class ConventionTests
{
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

    [GeneratedRegex("^ *-? *run: (?<command>.*)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Commands();

    [GeneratedRegex("uses: (?<action>[^@]+)@", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Actions();

    [GeneratedRegex("""Meter\.Create\w+\("(?<name>[\w.]+)".*"(?<unit>\{\w+\})",""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Instruments();

    [GeneratedRegex(@"^\| `(?<name>[\w.]+)` \| [^|]+ \| `(?<unit>\{\w+\})` \|", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Rows();
}
