using IoAsid.Typed.Analyzers.Calls;
using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Boundaries;

/// <summary>IOASID3002: a handle or reader that stands for nothing is asked for something.</summary>
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
                    Report(context, DeadValues.FromDefault(context.Operation), sdk);
            },
            OperationKind.DefaultValue);
        calls.Of(["TryAllocate", "TryGetHandle"], (context, call) =>
        {
            if (sdk.TypedSet.Is(call.TargetMethod.ContainingType))
                Report(context, DeadValues.WhereFailed(call), sdk);
        });
    }

    private static bool IsHandleOrReader(ITypeSymbol? type, SdkSymbols sdk) =>
        type is { Name: "IoAsidHandle" or "IoAsidReader" } && (sdk.Handle.Is(type) || sdk.TypedReader.Is(type));

    private static void Report(OperationAnalysisContext context, IEnumerable<(IOperation Value, string Reason)> dead, SdkSymbols sdk)
    {
        foreach ((IOperation value, string reason) in dead)
        {
            if (IsHandleOrReader(value.Type, sdk) && MemberAskedOf(value) is { } member && !Copes(member))
                context.ReportDiagnostic(DiagnosticFor(value, reason, member, sdk));
        }
    }

    /// <summary>The member that a value is asked for, or the one of the SDK that it is given to.</summary>
    private static ISymbol? MemberAskedOf(IOperation value) => value.Parent switch
    {
        IPropertyReferenceOperation property when property.Instance == value => property.Property,
        IMethodReferenceOperation method when method.Instance == value => method.Method,
        IInvocationOperation call when call.Instance == value => call.TargetMethod,
        IArgumentOperation { Parameter.RefKind: not RefKind.Out, Parent: IInvocationOperation { TargetMethod: var method } } when IsOfSdk(method) => method,
        _ => null,
    };

    /// <summary>What a dead value can do: be compared and printed.</summary>
    private static bool Copes(ISymbol member) => member.Name is nameof(Equals) or nameof(GetHashCode) or nameof(ToString) or nameof(GetType);

    private static bool IsOfSdk(ISymbol member) =>
        member.ContainingAssembly?.Name is { } name && (name is "IoAsid.Typed" || name.StartsWith("IoAsid.Typed.", StringComparison.Ordinal));

    private static Diagnostic DiagnosticFor(IOperation value, string reason, ISymbol member, SdkSymbols sdk) => Diagnostic.Create(
        Descriptors.DeadDefault,
        value.Syntax.GetLocation(),
        value.Type!.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
        reason,
        member.Name,
        sdk.Handle.Is(value.Type) ? "the handle that 'Allocate' or 'TryGetHandle' gave" : "a reader from 'IoAsidSet.Reader' or 'IoAsidReader.Of'");
}
