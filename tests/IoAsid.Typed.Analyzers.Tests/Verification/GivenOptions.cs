using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.Tests.Verification;

/// <summary>Options for every file, from lines <c>key = value</c> in the form of <c>.editorconfig</c>.</summary>
internal sealed class GivenOptions(string lines) : AnalyzerConfigOptionsProvider
{
    private static readonly AnalyzerConfigOptions None = new Lines("");

    private readonly AnalyzerConfigOptions _given = new Lines(lines);

    public override AnalyzerConfigOptions GlobalOptions => None;

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => _given;

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => _given;

    private sealed class Lines(string text) : AnalyzerConfigOptions
    {
        private readonly Dictionary<string, string> _values = text.Split('\n')
            .Select(line => line.Split('=', 2))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim(), KeyComparer);

        public override IEnumerable<string> Keys => _values.Keys;

        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => _values.TryGetValue(key, out value);
    }
}
