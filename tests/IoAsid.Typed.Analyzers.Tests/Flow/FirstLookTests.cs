using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Tests.Robustness;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Tests.Flow;

/// <summary>
/// Some rules inspect the code before they follow its paths, because most code is plain. This first look saves time and changes no diagnostic. The test compares the diagnostics
/// with and without it, on generated code and on all code of the matrix.
/// </summary>
public sealed class FirstLookTests
{
    private const int Places = 500;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>Shapes of a Try call that are plain, and shapes beside them that are not.</summary>
    private const string TryCalls = """
        class TryCalls(IoAsidSet<SvaBinding> set, RawIoAsid id, bool flag)
        {
            void Branch() { if (set.TryGetHandle(id, out var h)) h.Free(); }
            void Both() { if (set.TryGetHandle(id, out var h)) h.Free(); else h.Free(); }
            void Behind() { if (set.TryGetHandle(id, out var h)) h.Free(); h.Free(); }
            void And() { if (flag && set.TryGetHandle(id, out var h) && h.Id == id) h.Free(); }
            void Or() { IoAsidHandle<SvaBinding> h; if (set.TryGetHandle(id, out h) || h.Id == id) h.Free(); }
            void Not() { if (!set.TryGetHandle(id, out var h)) h.Free(); }
            object Choice() => set.TryGetHandle(id, out var h) ? h.Id : 0;
            object ChoiceOfBoth() => set.TryGetHandle(id, out var h) ? h.Id : h.Id;
            void Loop() { IoAsidHandle<SvaBinding> h = default; while (flag) { h.Free(); if (set.TryGetHandle(id, out h)) break; } }
            void Field() { if (set.TryGetHandle(id, out _handle)) return; _handle.Free(); }
            IoAsidHandle<SvaBinding> _handle;
        }
        """;

    [Fact]
    public async Task Paths_of_plain_lifetimes_have_no_other_diagnostics()
    {
        foreach (CSharpCompilation compilation in Compilations())
            Assert.Equal(Told(await AllRules.RunAsync(new ThoroughLifetimeAnalyzer(), compilation, Cancellation)), Told(await AllRules.RunAsync(new LifetimeAnalyzer(), compilation, Cancellation)));
    }

    [Fact]
    public void Paths_of_a_plain_try_have_no_dead_handle()
    {
        Dictionary<bool, int> calls = new() { [true] = 0, [false] = 0 };
        foreach ((IInvocationOperation call, ISymbol containing, SdkSymbols sdk) in Calls("TryAllocate", "TryGetHandle"))
        {
            bool isPlain = PlainTry.IsUsedOnlyWhereTaken(call);
            Assert.False(isPlain && DeadValues.WhereFailed(call, containing, sdk).Count > 0, call.Syntax.Parent!.ToString());
            calls[isPlain]++;
        }

        Assert.All(calls, kind => Assert.True(kind.Value >= 4, $"{kind.Key}: {kind.Value}"));
    }

    [Fact]
    public void Data_that_is_kept_is_in_a_body_that_may_keep_data()
    {
        int kept = 0;
        foreach ((IInvocationOperation call, ISymbol containing, SdkSymbols sdk) in Calls("Find", "TryFind"))
        {
            if (IdCall.Of(call, sdk) is not { HasGetter: false } lookup || UnheldUses.Of(lookup, containing, sdk).First is null)
                continue;

            kept++;
            Assert.True(Body.Around(call, sdk).MayKeep, call.Syntax.Parent!.ToString());
        }

        Assert.NotEqual(0, kept);
    }

    private static IEnumerable<CSharpCompilation> Compilations()
    {
        ImmutableArray<MetadataReference> references = [.. TestProject.Framework, .. TestProject.Sdk];
        yield return AllRules.Compile([GeneratedCode.Places(0, Places), GeneratedCode.Types], references);
        yield return AllRules.Compile([.. WaysMatrixTests.AllCode(), TryCalls, GeneratedCode.Types], references);
    }

    private static IEnumerable<(IInvocationOperation Call, ISymbol Containing, SdkSymbols Sdk)> Calls(params string[] names)
    {
        foreach (CSharpCompilation compilation in Compilations())
        {
            SdkSymbols sdk = SdkSymbols.Of(compilation)!;
            foreach (SyntaxTree tree in compilation.SyntaxTrees)
            {
                SemanticModel model = compilation.GetSemanticModel(tree);
                foreach (InvocationExpressionSyntax syntax in tree.GetRoot(Cancellation).DescendantNodes().OfType<InvocationExpressionSyntax>())
                {
                    if (names.Any(name => syntax.Expression.ToString().EndsWith(name, StringComparison.Ordinal)) && model.GetOperation(syntax, Cancellation) is IInvocationOperation call && sdk.IsSetOrReader(call.Instance?.Type))
                        yield return (call, model.GetEnclosingSymbol(syntax.SpanStart, Cancellation)!, sdk);
                }
            }
        }
    }

    private static IEnumerable<string> Told(ImmutableArray<Diagnostic> found)
    {
        Assert.NotEmpty(found);
        return found.Select(diagnostic => diagnostic.ToString()).Order(StringComparer.Ordinal);
    }

    /// <summary>A rule that follows the paths of every body, without the first look.</summary>
#pragma warning disable RS1001 // No compiler loads this rule.
    private sealed class ThoroughLifetimeAnalyzer() : FlowAnalyzer([.. new LifetimeAnalyzer().SupportedDiagnostics])
#pragma warning restore RS1001
    {
        private protected override FlowRule RuleFor(SdkSymbols sdk, Compilation compilation) => new ThoroughRule(new LifetimeRule(new LifetimeMembers(sdk, compilation)));
    }

    private sealed class ThoroughRule(FlowRule rule) : FlowRule
    {
        public override ImmutableArray<OperationKind> Kinds => [.. rule.Kinds, OperationKind.Block];

        public override bool IsOfInterest(IOperation operation) => true;

        public override void Analyze(FlowGraph graph, FlowBudget budget, Action<Diagnostic> report) => rule.Analyze(graph, budget, report);
    }
}
