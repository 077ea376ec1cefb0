using IoAsid.Typed.Analyzers.Sdk;
using IoAsid.Typed.Analyzers.Tests.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Diagnostics.Telemetry;

namespace IoAsid.Typed.Analyzers.Tests.Base;

/// <summary>A project that never names the SDK pays for one question and nothing else.</summary>
public sealed class CostTests
{
    private const string Code = "class Handler { object? M() => System.Linq.Enumerable.Empty<int>().ToString(); }";

    [Fact]
    public void Without_the_SDK_one_type_is_asked_for()
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
        Assert.All(await ActionsAsync(withSdk: false), actions => Assert.Equal(0, actions));
        Assert.All(await ActionsAsync(withSdk: true), actions => Assert.NotEqual(0, actions));
    }

    private static async Task<int[]> ActionsAsync(bool withSdk)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        CompilationWithAnalyzers run = AllRules
            .Compile([Code], withSdk ? [.. TestProject.Framework, .. TestProject.Sdk] : TestProject.Framework)
            .WithAnalyzers(AllRules.Analyzers);
        await run.GetAnalyzerDiagnosticsAsync(cancellation);
        List<int> actions = [];
        foreach (DiagnosticAnalyzer analyzer in AllRules.Analyzers)
        {
            AnalyzerTelemetryInfo telemetry = await run.GetAnalyzerTelemetryInfoAsync(analyzer, cancellation);
            actions.Add(telemetry.OperationActionsCount + telemetry.OperationBlockStartActionsCount + telemetry.OperationBlockActionsCount
                + telemetry.SymbolActionsCount + telemetry.SymbolStartActionsCount + telemetry.SyntaxNodeActionsCount + telemetry.SyntaxTreeActionsCount
                + telemetry.CompilationEndActionsCount + telemetry.SemanticModelActionsCount);
        }

        return [.. actions];
    }
}
