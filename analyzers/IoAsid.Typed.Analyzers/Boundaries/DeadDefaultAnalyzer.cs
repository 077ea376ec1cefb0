using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Boundaries;

/// <summary>IOASID3002: a handle or reader that stands for nothing is asked for something.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeadDefaultAnalyzer : IoAsidAnalyzer
{
    /// <summary>Creates the rule.</summary>
    public DeadDefaultAnalyzer()
        : base(Descriptors.DeadDefault)
    {
    }

    private protected override void Register(CompilationStartAnalysisContext context, SdkSymbols sdk) => context.RegisterOperationAction(
        operation =>
        {
            if (operation.Operation is IMemberReferenceOperation reference)
            {
                Report(operation, reference.Instance, reference.Member, sdk);
                return;
            }

            IInvocationOperation call = (IInvocationOperation)operation.Operation;
            Report(operation, call.Instance, call.TargetMethod, sdk);
            if (!IsOfSdk(call.TargetMethod))
                return;

            foreach (IArgumentOperation argument in call.Arguments)
            {
                if (argument.Parameter?.RefKind is not RefKind.Out)
                    Report(operation, argument.Value, call.TargetMethod, sdk);
            }
        },
        OperationKind.Invocation,
        OperationKind.PropertyReference,
        OperationKind.MethodReference);

    private static void Report(OperationAnalysisContext context, IOperation? value, ISymbol member, SdkSymbols sdk)
    {
        if (value?.Type is not { Name: "IoAsidHandle" or "IoAsidReader" } type
            || !(sdk.Handle.Is(type) || sdk.TypedReader.Is(type))
            || Copes(member)
            || DeadValue.WhyItIsOne(value, sdk) is not { } reason)
            return;

        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.DeadDefault,
            value.Syntax.GetLocation(),
            type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat),
            reason,
            member.Name,
            sdk.Handle.Is(type) ? "the handle that 'Allocate' or 'TryGetHandle' gave" : "a reader from 'IoAsidSet.Reader' or 'IoAsidReader.Of'"));
    }

    /// <summary>What a dead value can do: be compared and printed.</summary>
    private static bool Copes(ISymbol member) => member.Name is nameof(Equals) or nameof(GetHashCode) or nameof(ToString) or nameof(GetType);

    private static bool IsOfSdk(ISymbol member) =>
        member.ContainingAssembly?.Name is { } name && (name is "IoAsid.Typed" || name.StartsWith("IoAsid.Typed.", StringComparison.Ordinal));
}
