using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID3002: a member of a default handle or reader is used.</summary>
/// <remarks>From where such a value comes, not from where handles are used: that is everywhere.</remarks>
public sealed class DeadDefaultAnalyzer : CallRule
{
    /// <summary>Creates the rule.</summary>
    public DeadDefaultAnalyzer()
        : base(Descriptors.DeadDefault)
    {
    }

    internal override void Register(CallActions calls, SdkSymbols sdk)
    {
        calls.At(
            context =>
            {
                if (IsHandleOrReader(context.Operation.Type, sdk))
                    Report(context, DeadValues.FromDefault(context.Operation, context.ContainingSymbol, sdk), sdk);
            },
            OperationKind.DefaultValue);
        calls.Of(["TryAllocate", "TryGetHandle"], (context, call) =>
        {
            if (sdk.TypedSet.Is(call.TargetMethod.ContainingType) && !PlainTry.IsUsedOnlyWhereTaken(call))
                Report(context, DeadValues.WhereFailed(call, context.ContainingSymbol, sdk), sdk);
        });
    }

    private static bool IsHandleOrReader(ITypeSymbol? type, SdkSymbols sdk) =>
        type is { Name: "IoAsidHandle" or "IoAsidReader" } && (sdk.Handle.Is(type) || sdk.TypedReader.Is(type));

    private static void Report(OperationAnalysisContext context, IEnumerable<DeadValue> dead, SdkSymbols sdk)
    {
        foreach (DeadValue value in dead)
            context.ReportDiagnostic(DiagnosticFor(value.Value, value.Reason, value.Member, sdk));
    }

    private static Diagnostic DiagnosticFor(IOperation value, string reason, ISymbol member, SdkSymbols sdk) => Diagnostic.Create(
        Descriptors.DeadDefault,
        value.Syntax.GetLocation(),
        value.Type!.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
        reason,
        member.Name,
        sdk.Handle.Is(value.Type) ? "the handle that 'Allocate' or 'TryGetHandle' returned" : "a reader from 'IoAsidSet.Reader' or 'IoAsidReader.Of'");
}
