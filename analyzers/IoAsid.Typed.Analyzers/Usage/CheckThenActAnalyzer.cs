using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID2007: <c>Contains</c>, <c>Find</c> or <c>TryFind</c> guards another call with the same set and id.</summary>
public sealed class CheckThenActAnalyzer : CallRule
{
    /// <summary>What the name of every act ends in.</summary>
    private static readonly string[] Acts = ["Find", "Hold", "TryGetHandle"];

    /// <summary>Creates the rule.</summary>
    public CheckThenActAnalyzer()
        : base(Descriptors.CheckThenAct)
    {
    }

    internal override void Register(CallActions calls, SdkSymbols sdk) => calls.Of(["Contains", "Find", "TryFind"], (context, call) =>
    {
        if (IdCall.Of(call, sdk) is { IsCheck: true } check && ActAfter(check, context.ContainingSymbol, sdk) is { } act)
            context.ReportDiagnostic(DiagnosticFor(check, act));
    });

    /// <summary>Returns the first call that acts on the result of a check.</summary>
    internal static IdCall? ActAfter(IdCall check, ISymbol containing, SdkSymbols sdk) =>
        MayActIn(Rest(check), check) ? CheckedIds.ActAfter(check, containing, sdk) : null;

    /// <summary>Returns the code behind a check, as far as the member around it goes.</summary>
    private static TextSpan Rest(IdCall check)
    {
        IOperation body = check.Call;
        while (body.Parent is { } parent)
            body = parent;

        return TextSpan.FromBounds(check.Call.Syntax.Span.End, Math.Max(check.Call.Syntax.Span.End, body.Syntax.Span.End));
    }

    /// <summary>Returns true if an act may follow by the text alone: most checks are followed by no other call about an id.</summary>
    private static bool MayActIn(TextSpan code, IdCall check) =>
        Array.Exists(Acts, act => Mentions.AreIn(code, act, check.Call.Syntax.SyntaxTree, CancellationToken.None));

    private static Diagnostic DiagnosticFor(IdCall check, IdCall act) => Diagnostic.Create(
        Descriptors.CheckThenAct,
        MemberSite.Of(check.Call),
        MemberName.Of(check.Call.TargetMethod),
        MemberSite.Quote(check.Set),
        MemberSite.Quote(check.Id),
        MemberName.Of(act.Call.TargetMethod));
}
