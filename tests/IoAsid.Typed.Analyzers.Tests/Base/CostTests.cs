using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Diagnostics.Telemetry;

namespace IoAsid.Typed.Analyzers.Tests.Base;

/// <summary>A project that never names the SDK costs one lookup of a type and nothing else.</summary>
public sealed class CostTests
{
    /// <summary>Attributes of every kind that activate rules.</summary>
    private const string Marks = """
        using IoAsid.Typed;
        class Guest { void M([GuestControlled] uint number) { } }
        [AnsweredOnce] class Request;
        """;

    private const string Code = "class Handler { object? M() => System.Linq.Enumerable.Empty<int>().ToString(); }";

    [Fact]
    public void Without_the_SDK_the_rules_look_up_one_type()
    {
        List<string> asked = [];

        SdkSymbols? sdk = SdkSymbols.Find(name =>
        {
            asked.Add(name);
            return [];
        });

        Assert.Null(sdk);
        Assert.Single(asked);
    }

    [Fact]
    public void All_rules_share_what_was_found()
    {
        Compilation compilation = AllRules.Compile([Code], [.. TestProject.Framework, .. TestProject.Sdk]);

        Assert.NotNull(SdkSymbols.Of(compilation));
        Assert.Same(SdkSymbols.Of(compilation), SdkSymbols.Of(compilation));
    }

    [Fact]
    public async Task Without_the_SDK_no_rule_registers_an_action()
    {
        Assert.All(await ActionsAsync(withSdk: false, Code, Marks), actions => Assert.Equal(0, actions.Count));
        Assert.All(await ActionsAsync(withSdk: true, Code, Marks), actions => Assert.NotEqual(0, actions.Count));
    }

    [Fact]
    public async Task Without_marks_the_rules_that_live_on_them_register_no_action() => Assert.Equal(
        ["IOASID3003", "IOASID4001"],
        (await ActionsAsync(withSdk: true, Code)).Where(actions => actions.Count == 0).Select(actions => actions.Rule).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_rule_is_loaded_once() => Assert.Equal(
        AllRules.OneByOne.SelectMany(rule => rule.SupportedDiagnostics).Select(rule => rule.Id).Order(StringComparer.Ordinal),
        AllRules.Descriptors.Select(rule => rule.Id));

    private static async Task<(string Rule, int Count)[]> ActionsAsync(bool withSdk, params string[] sources)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Compilation compilation = AllRules.Compile(sources, withSdk ? [.. TestProject.Framework, .. TestProject.Sdk] : TestProject.Framework);

        // The options enable the rules that are off by default, which would otherwise cost nothing.
        CompilationOptions options = compilation.Options.WithSpecificDiagnosticOptions(
            AllRules.Descriptors.Where(rule => !rule.IsEnabledByDefault).Select(rule => KeyValuePair.Create(rule.Id, ReportDiagnostic.Info)));
        CompilationWithAnalyzers run = compilation.WithOptions(options).WithAnalyzers(AllRules.Analyzers);
        await run.GetAnalyzerDiagnosticsAsync(cancellation);
        List<(string, int)> actions = [];
        foreach (DiagnosticAnalyzer analyzer in AllRules.Analyzers)
        {
            AnalyzerTelemetryInfo telemetry = await run.GetAnalyzerTelemetryInfoAsync(analyzer, cancellation);
            int count = telemetry.OperationActionsCount + telemetry.OperationBlockStartActionsCount + telemetry.OperationBlockActionsCount
                + telemetry.SymbolActionsCount + telemetry.SymbolStartActionsCount + telemetry.SyntaxNodeActionsCount + telemetry.SyntaxTreeActionsCount
                + telemetry.CompilationEndActionsCount + telemetry.SemanticModelActionsCount;
            actions.Add((analyzer.SupportedDiagnostics[0].Id, count));
        }

        return [.. actions];
    }
}
