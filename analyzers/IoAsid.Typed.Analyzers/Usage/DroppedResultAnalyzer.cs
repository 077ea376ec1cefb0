using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Usage;

/// <summary>IOASID2006 and IOASID2009: what an allocation, an observation or a reservation returns is dropped.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DroppedResultAnalyzer : IoAsidAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public DroppedResultAnalyzer()
        : base(Descriptors.DroppedHandle, Descriptors.DroppedRegistration)
    {
    }

    private protected override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk) =>
        context.RegisterOperationAction(
            statement =>
            {
                if (DroppedCall((IExpressionStatementOperation)statement.Operation) is { } call && DiagnosticFor(call, sdk) is { } diagnostic)
                    statement.ReportDiagnostic(diagnostic);
            },
            OperationKind.ExpressionStatement);

    /// <summary>The call that a statement consists of, also behind <c>?.</c>.</summary>
    private static IInvocationOperation? DroppedCall(IExpressionStatementOperation statement)
    {
        IOperation value = statement.Operation;
        while (value is IConditionalAccessOperation access)
            value = access.WhenNotNull;

        return value as IInvocationOperation;
    }

    private static Diagnostic? DiagnosticFor(IInvocationOperation call, SdkSymbols sdk) => call.TargetMethod.Name switch
    {
        "Allocate" when sdk.TypedSet.Is(call.TargetMethod.ContainingType) =>
            Diagnostic.Create(Descriptors.DroppedHandle, MemberSite.Of(call), MemberName.Of(call.TargetMethod), MemberSite.Quote(call.Instance)),
        "Observe" or "ObserveOwner" when sdk.Set.IsBaseOf(call.TargetMethod.ContainingType) || sdk.Space.Is(call.TargetMethod.ContainingType) =>
            Registration(call, "the observer is told of every event from now on"),
        "ReserveCapacity" when sdk.Space.Is(call.TargetMethod.ContainingType) =>
            Registration(call, "the numbers are kept back until the space is disposed"),
        _ => null,
    };

    private static Diagnostic Registration(IInvocationOperation call, string consequence) =>
        Diagnostic.Create(Descriptors.DroppedRegistration, MemberSite.Of(call), MemberName.Of(call.TargetMethod), consequence);
}
