using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.Tests.Flow;

/// <summary>Incomplete code, as in an editor. The rules about paths do not crash, and report no place twice.</summary>
public sealed class BrokenCodeTests
{
    private const string Handler = """
        class Handler(IoAsidSet<SvaBinding> sva, [OwnerSet] IoAsidSet vm)
        {
            async Task<bool> M([GuestControlled] RawIoAsid id, IoAsidHandle<SvaBinding> handle, [Answers] Group group, object? late)
            {
                try
                {
                    if (!vm.TryHold(id, out var mine) || late is not SvaBinding { Users: > 0 } binding) return false;
                    using (mine) { Action go = () => handle.Bind(); Work(id); Local(out _); }
                    foreach (var i in new[] { 1, 2 }) { using var hold = sva.Hold(id); if (!hold.IsHeld) continue; binding ??= hold.Data; }
                }
                catch (Exception e) when (e is StaleIoAsidException) { group.Respond(); }
                finally { group?.Respond(); handle.Free(); }
                await handle.FreeAsync();
                var bound = late switch { int n => handle.Bind(n), _ => handle.Bind() };
                handle.ClearData();
                return sva.TryHold(handle.Id, out var last) && Work(last.Id) > 0;
                bool Local(out IoAsidReference? given) => vm.TryHold(id, out given);
            }

            int Work(RawIoAsid id) => (int)id.Value;
        }

        [AnsweredOnce] class Group { [Answers] public void Respond() { } }
        """;

    private static readonly ImmutableArray<DiagnosticAnalyzer> Rules = [new LifetimeAnalyzer(), new GuestNumberAnalyzer(), new AnswerAnalyzer()];

    [Fact]
    public async Task Whole()
    {
        ImmutableArray<Diagnostic> found = await AssertSoundAsync(Handler);

        Assert.Superset(new HashSet<string>(["IOASID2001", "IOASID4001"], StringComparer.Ordinal), found.Select(diagnostic => diagnostic.Id).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Removes every third token in turn.</summary>
    [Fact]
    public async Task One_token_missing()
    {
        IEnumerable<SyntaxToken> tokens = SyntaxFactory.ParseCompilationUnit(Handler, options: TestProject.Parse).DescendantTokens();
        foreach (SyntaxToken token in tokens.Where((_, position) => position % 3 == 0))
            await AssertSoundAsync(Handler.Remove(token.SpanStart, token.Span.Length));
    }

    [Fact]
    public async Task Half_typed()
    {
        for (int length = 0; length < Handler.Length; length += 29)
            await AssertSoundAsync(Handler[..length]);
    }

    private static async Task<ImmutableArray<Diagnostic>> AssertSoundAsync(string code)
    {
        ImmutableArray<Diagnostic> found = await AllRules
            .Compile([code, TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk])
            .WithAnalyzers(Rules)
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);

        Assert.All(found, diagnostic => Assert.StartsWith("IOASID", diagnostic.Id, StringComparison.Ordinal));
        Assert.Equal(found.Length, found.Select(diagnostic => (diagnostic.Id, diagnostic.Location.SourceSpan)).Distinct().Count());
        return found;
    }
}
