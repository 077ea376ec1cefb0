using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Analyzers.Calls;
using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers.Usage;

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
        ConditionalWeakTable<Body, IReadOnlyDictionary<IOperation, UnheldUse>> uses = new();
        calls.Of(["Find", "TryFind"], (context, call) =>
        {
            if (IdCall.Of(call, sdk) is { HasGetter: false } lookup)
                Report(context, lookup);
        });

        // The uses of a body are worked out once. Each lookup reports the first use of what it found, at itself: there it is to be repaired.
        void Report(OperationAnalysisContext operation, IdCall lookup)
        {
            if (!WaysToKeep.Around(lookup.Call).Exist)
                return;

            Body body = Body.Around(lookup.Call, sdk);
            IReadOnlyDictionary<IOperation, UnheldUse> all = uses.GetValue(body, _ => keepers.AreAround(body, operation.ContainingSymbol) ? ImmutableDictionary<IOperation, UnheldUse>.Empty : UnheldUses.In(body, operation, sdk));
            if (all.TryGetValue(lookup.Call, out UnheldUse? use))
                operation.ReportDiagnostic(DiagnosticFor(use));
        }
    }

    private static Diagnostic DiagnosticFor(UnheldUse use) => Diagnostic.Create(
        Descriptors.UnheldData,
        MemberSite.Of(use.Origin.Call),
        [use.Place.GetLocation()],
        MemberName.Of(use.Origin.Call.TargetMethod),
        MemberSite.Quote(use.Origin.Set),
        use.Wording);
}
