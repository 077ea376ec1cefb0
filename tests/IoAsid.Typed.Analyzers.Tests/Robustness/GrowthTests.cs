using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.Tests.Robustness;

/// <summary>
/// Code that would be slow for a rule that searches the body from every place. No rule crashes on it, and the cost of all rules grows with the length of the code, not with its
/// square. The cost is counted in allocated bytes, because every visit allocates some, and time differs from run to run.
/// </summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class GrowthTests
{
    private const int Small = 64;
    private const int Times = 4;

    /// <summary>The limit of the growth: four times the code may cost a little more than four times as much. A quadratic cost would be sixteen times as much.</summary>
    private const double MostGrowth = Times * 1.75;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    public static TheoryData<string> Shapes => [.. Bodies.Keys];

    private static readonly Dictionary<string, Func<int, string>> Bodies = new(StringComparer.Ordinal)
    {
        ["checks of one id, one after the other"] = n => Repeat(n, _ => "if (!sva.Contains(id)) return;"),
        ["checks of many ids, then acts"] = n => Repeat(n, i => $"var id{i} = new RawIoAsid({i}); if (!sva.Contains(id{i})) return;") + Repeat(n, i => $"sva.TryFind(id{i}, out _);"),
        ["checks and acts on one id"] = n => Repeat(n, i => $"if (sva.Contains(id)) sva.TryFind(id, out var d{i});"),
        ["lookups and waits"] = n => Repeat(n, i => $"var d{i} = sva.Find(id).Data; await Task.Yield(); d{i}?.Serve();"),
        ["lookups, one wait, then reads"] = n => Repeat(n, i => $"var d{i} = sva.Find(id).Data;") + "await Task.Yield();" + Repeat(n, i => $"d{i}?.Serve();"),
        ["copies of copies"] = n => "var d0 = sva.Find(id).Data;" + Repeat(n, i => $"var d{i + 1} = d{i};") + "await Task.Yield(); d0?.Serve();",
        ["holds in blocks"] = n => Repeat(n, _ => "using (var hold = sva.Hold(id)) { if (hold.IsHeld) hold.Data.Serve(); }"),
        ["references and exits"] = n => Repeat(n, i => $"if (!sva.TryHold(id, out IoAsidReference<SvaBinding>? r{i})) return; r{i}.Dispose();"),
        ["handles, binds and frees"] = n => Repeat(n, i => $"var h{i} = sva.Allocate(null); var b{i} = h{i}.Bind(); h{i}.Free(); b{i}.Complete(drain.Drain(b{i}));"),
        ["branches"] = n => Repeat(n, i => $"if (n > {i}) sva.Find(id).Data?.Serve(); else if (sva.TryFind(id, out var d{i})) d{i}.Serve();"),
        ["loops"] = n => Repeat(n, i => $"for (int i{i} = 0; i{i} < n; i{i}++) {{ if (sva.TryFind(id, out var d{i})) d{i}.Serve(); else continue; }}"),
        ["labels and jumps"] = n => Repeat(n, i => $"L{i}: if (n-- > {i}) goto L{n - 1 - i}; sva.Find(id).Data?.Serve();"),
        ["lambdas"] = n => Repeat(n, i => $"Func<RawIoAsid, SvaBinding?> f{i} = x => sva.Find(x).Data; f{i}(id)?.Serve();"),
        ["untyped lookups"] = n => Repeat(n, i => $"var u{i} = UntypedLookup.Find(space, null, id, null) as SvaBinding; u{i}?.Serve();"),
        ["one long condition"] = n => "if (" + string.Join(" || ", Enumerable.Repeat("sva.Contains(id)", n)) + ") return;",
        ["one long switch"] = n => "switch (id.Value) {" + Repeat(n, i => $"case {i}: sva.Find(id).Data?.Serve(); break;") + "}",
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Cost_grows_with_the_length(string shape)
    {
        await CostAsync(shape, Small);

        long small = await CostAsync(shape, Small);
        long large = await CostAsync(shape, Small * Times);

        Assert.True(large <= small * MostGrowth, $"{shape}: {small:n0} bytes for {Small}, {large:n0} for {Small * Times}: {(double)large / small:0.0} times as many.");
    }

    /// <summary>Returns the bytes that all rules allocate, less those that the compiler allocates for a rule that does nothing.</summary>
    private static async Task<long> CostAsync(string shape, int size)
    {
        string code = $$"""
            class Draining : IoAsidDrain { public DrainReceipt Drain(IoAsidBinding binding) => Certify(binding); }

            class Handler(IoAsidSpace space, IoAsidSet<SvaBinding> sva, Draining drain)
            {
                async Task M(RawIoAsid id, int n)
                {
                    {{Bodies[shape](size)}}
                    await Task.CompletedTask;
                }

                object Others => (space, drain);
            }
            """;
        CSharpCompilation compilation = AllRules.Compile([code, TestProject.DriverTypes], [.. TestProject.Framework, .. TestProject.Sdk]);
        Assert.Empty(compilation.GetDiagnostics(Cancellation).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        long nothing = await AllocatedAsync(compilation, [new Idle()]);
        return await AllocatedAsync(compilation, AllRules.Analyzers) - nothing;
    }

    private static async Task<long> AllocatedAsync(Compilation compilation, ImmutableArray<DiagnosticAnalyzer> rules)
    {
        CompilationWithAnalyzersOptions options = new(new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: false, logAnalyzerExecutionTime: false);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        ImmutableArray<Diagnostic> found = await compilation.WithAnalyzers(rules, options).GetAnalyzerDiagnosticsAsync(Cancellation);
        long after = GC.GetTotalAllocatedBytes(precise: true);
        Assert.DoesNotContain(found, diagnostic => diagnostic.Id.StartsWith("AD", StringComparison.Ordinal));
        return after - before;
    }

    private static string Repeat(int count, Func<int, string> part) => string.Concat(Enumerable.Range(0, count).Select(part));

    /// <summary>A rule that reports nothing, for which the compiler binds all code.</summary>
#pragma warning disable RS1001 // No compiler loads this rule.
    private sealed class Idle : DiagnosticAnalyzer
#pragma warning restore RS1001
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
            [new("IDLE", "Idle", "Idle", "Idle", DiagnosticSeverity.Warning, isEnabledByDefault: true)];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterOperationAction(_ => { }, OperationKind.Invocation);
        }
    }
}

/// <summary>Tests that measure the whole process.</summary>
[CollectionDefinition(nameof(AloneOnTheMachine), DisableParallelization = true)]
public sealed class AloneOnTheMachine;
