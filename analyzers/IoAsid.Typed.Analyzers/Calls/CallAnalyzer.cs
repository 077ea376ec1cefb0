using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>All rules about calls, with one look at each call.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CallAnalyzer : IoAsidAnalyzer
{
    private static readonly ImmutableArray<CallRule> Rules =
    [
        new UntypedLookupAnalyzer(),
        new SilentDataTypeAnalyzer(),
        new UncheckedLookupAnalyzer(),
        new UnheldDataAnalyzer(),
        new DroppedResultAnalyzer(),
        new CheckThenActAnalyzer(),
        new DeadDefaultAnalyzer(),
        new UnfitCallbackAnalyzer(),
    ];

    /// <summary>Creates the rules.</summary>
    public CallAnalyzer()
        : base([.. Rules.SelectMany(rule => rule.SupportedDiagnostics)])
    {
    }

    private protected override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk)
    {
        CallActions calls = new(context);
        foreach (CallRule rule in Rules)
            rule.Register(calls, sdk);

        calls.Start();
    }
}
