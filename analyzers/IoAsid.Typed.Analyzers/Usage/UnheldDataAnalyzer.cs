using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID2004: found data is stored, captured by an escaping lambda, or read after a wait, and nothing holds its id.</summary>
public sealed class UnheldDataAnalyzer : CallRule
{
    /// <summary>Creates the rule.</summary>
    public UnheldDataAnalyzer()
        : base(Descriptors.UnheldData)
    {
    }

    internal override void Register(CallActions calls, SdkSymbols sdk)
    {
        IdKeepers keepers = new(sdk);
        ConditionalWeakTable<Body, StrongBox<bool>> kept = new();
        calls.Of(["Find", "TryFind"], (context, call) =>
        {
            if (IdCall.Of(call, sdk) is { HasGetter: false } lookup)
                Report(context, lookup);
        });

        // Each lookup reports the first use of its data, at itself: that is the place to fix.
        void Report(OperationAnalysisContext operation, IdCall lookup)
        {
            Body body = Body.Around(lookup.Call, sdk);
            if (body.MayKeep
                && !kept.GetValue(body, _ => new(keepers.AreAround(body, operation.ContainingSymbol))).Value
                && UnheldUses.Of(lookup, operation.ContainingSymbol, sdk).First is { } use)
                operation.ReportDiagnostic(DiagnosticFor(lookup, use));
        }
    }

    private static Diagnostic DiagnosticFor(IdCall lookup, UnheldUse use) => Diagnostic.Create(
        Descriptors.UnheldData,
        MemberSite.Of(lookup.Call),
        [use.Place.GetLocation()],
        MemberName.Of(lookup.Call.TargetMethod),
        MemberSite.Quote(lookup.Set),
        use.Wording);
}
