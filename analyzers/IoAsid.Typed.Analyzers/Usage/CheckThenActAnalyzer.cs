using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.Analyzers.Usage;

/// <summary>IOASID2007: <c>Contains</c>, <c>Find</c> or <c>TryFind</c> guards another call with the same set and id.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CheckThenActAnalyzer : IoAsidAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public CheckThenActAnalyzer()
        : base(Descriptors.CheckThenAct)
    {
    }

    private protected override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk) =>
        context.RegisterOperationAction(
            operation =>
            {
                if (IdCall.Of((IInvocationOperation)operation.Operation, sdk) is { IsCheck: true } check && ActAfter(check, sdk) is { } act)
                    operation.ReportDiagnostic(DiagnosticFor(check, act));
            },
            OperationKind.Invocation);

    /// <summary>The first call that acts on what a check found. Asking again with <c>Contains</c> is for assertions and no act.</summary>
    internal static IdCall? ActAfter(IdCall check, SdkSymbols sdk)
    {
        Body body = Body.Around(check.Call, sdk);
        foreach (TextSpan guarded in GuardedCode.By(check, body))
        {
            if (body.CallsLike(check, guarded).FirstOrDefault(call => call.Name is not "Contains") is { } act
                && !body.IsChanged(check.Id, guarded)
                && !body.IsChanged(check.Set, guarded))
                return act;
        }

        return null;
    }

    private static Diagnostic DiagnosticFor(IdCall check, IdCall act) => Diagnostic.Create(
        Descriptors.CheckThenAct,
        MemberSite.Of(check.Call),
        MemberName.Of(check.Call.TargetMethod),
        MemberSite.Quote(check.Set),
        MemberSite.Quote(check.Id),
        MemberName.Of(act.Call.TargetMethod));
}
