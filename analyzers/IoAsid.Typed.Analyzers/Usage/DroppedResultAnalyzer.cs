using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID2006 and IOASID2009: the result of an allocation, an observation or a reservation is dropped.</summary>
public sealed class DroppedResultAnalyzer : CallRule
{
    /// <summary>Creates the rule.</summary>
    public DroppedResultAnalyzer()
        : base(Descriptors.DroppedHandle, Descriptors.DroppedRegistration)
    {
    }

    internal override void Register(CallActions calls, SdkSymbols sdk) => calls.Of(["Allocate", "Observe", "ObserveOwner", "ReserveCapacity"], (context, call) =>
    {
        if (Values.IsStatement(call) && DiagnosticFor(call, sdk) is { } diagnostic)
            context.ReportDiagnostic(diagnostic);
    });

    private static Diagnostic? DiagnosticFor(IInvocationOperation call, SdkSymbols sdk) => call.TargetMethod.Name switch
    {
        "Allocate" when sdk.TypedSet.Is(call.TargetMethod.ContainingType) =>
            Diagnostic.Create(Descriptors.DroppedHandle, MemberSite.Of(call), MemberName.Of(call.TargetMethod), MemberSite.Quote(call.Instance)),
        "Observe" or "ObserveOwner" when sdk.Set.IsBaseOf(call.TargetMethod.ContainingType) || sdk.Space.Is(call.TargetMethod.ContainingType) =>
            Registration(call, "the observer is notified of every event from now on"),
        "ReserveCapacity" when sdk.Space.Is(call.TargetMethod.ContainingType) =>
            Registration(call, "the numbers stay reserved until the space is disposed"),
        _ => null,
    };

    private static Diagnostic Registration(IInvocationOperation call, string consequence) =>
        Diagnostic.Create(Descriptors.DroppedRegistration, MemberSite.Of(call), MemberName.Of(call.TargetMethod), consequence);
}
