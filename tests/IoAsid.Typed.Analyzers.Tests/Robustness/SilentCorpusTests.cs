using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers.Tests.Robustness;

/// <summary>The folder Corpus has correct code of drivers, device models and pools, so each report there is false.</summary>
public sealed class SilentCorpusTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_rule_has_anything_to_report()
    {
        Compilation compilation = SourceFolder.Corpus.Compile();
        Assert.Empty(compilation.GetDiagnostics(Cancellation).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));

        ImmutableArray<Diagnostic> found = await AllRules.RunAsync(compilation, Cancellation);

        Assert.Empty(found);
    }
}
