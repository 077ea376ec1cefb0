using System.Globalization;
using System.Text.RegularExpressions;

namespace IoAsid.Typed.Package.Tests.CommandLine;

/// <summary>A line of a build's output that reports a warning or an error.</summary>
internal sealed partial record BuildDiagnostic(string File, int Line, string Severity, string Id, string Message)
{
    public static IReadOnlyList<BuildDiagnostic> ReadAll(string output) =>
        [.. Pattern().Matches(output).Select(Read).Distinct()];

    public override string ToString() => $"{File}({Line}): {Severity} {Id}";

    private static BuildDiagnostic Read(Match match) => new(
        Path.GetFileName(match.Groups["file"].Value),
        int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture),
        match.Groups["severity"].Value,
        match.Groups["id"].Value,
        match.Groups["message"].Value);

    [GeneratedRegex(
        @"^\s*(?<file>[^\r\n(]+)\((?<line>\d+),\d+\): (?<severity>warning|error) (?<id>\w+): (?<message>.*?)(?: \[[^\]]+\])?\r?$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Pattern();
}
