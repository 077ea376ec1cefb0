using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID1005: a lookup may find nothing, and its answer is not tested.</summary>
public sealed class UncheckedLookupAnalyzer : CallRule
{
    private const string Dropped = "its answer is dropped";
    private const string TestOrDrop = "test the answer, or write '_ =' if the answer is not needed";
    private const string TestBool = "test what it returns";
    private const string TestData = "test 'IsFound', or the data with 'is { }' or '?.'";

    private static readonly PerBody<StrongBox<bool>> Assertions = new(body => new(body.Syntax.DescendantNodesAndSelf().Any(node => node.IsKind(SyntaxKind.SuppressNullableWarningExpression))));

    /// <summary>Creates the rule.</summary>
    public UncheckedLookupAnalyzer()
        : base(Descriptors.UncheckedLookup)
    {
    }

    internal override void Register(CallActions calls, SdkSymbols sdk) => calls.Of(["Find", "TryFind", "TryResolve"], (context, call) =>
    {
        if (!IsOfSetOrReader(call.TargetMethod.ContainingType, sdk))
            return;

        if (Values.IsStatement(call))
            ReportDropped(context, call, sdk);
        else if (call.TargetMethod.Name is "Find" && MayBeUsed(call) && !HasLiveId(call, sdk) && UncheckedUses.Of(call, context.ContainingSymbol, sdk) is { Use: { } use })
            Report(context, call, $"'{Inline(use)}' is used without a test", TestData, sdk);
    });

    /// <summary>Returns true if a use is possible by the code alone: where the compiler checks for null, only a <c>!</c> uses data that may be missing.</summary>
    private static bool MayBeUsed(IInvocationOperation call) => !Values.IsCheckedForNull(call) || Assertions.Around(call).Value;

    private static bool IsOfSetOrReader(ITypeSymbol? type, SdkSymbols sdk) => sdk.TypedSet.Is(type) || sdk.TypedReader.Is(type) || sdk.Set.Is(type);

    /// <summary>Returns true if the id comes from a handle, hold, reference or binding, which proves that the id is live.</summary>
    private static bool HasLiveId(IInvocationOperation call, SdkSymbols sdk) =>
        call.Arguments.Any(argument => argument.Value is IPropertyReferenceOperation { Property.Name: "Id", Instance.Type: { } holder }
            && (sdk.Handle.Is(holder) || sdk.Hold.Is(holder) || sdk.Reference.IsBaseOf(holder) || sdk.Binding.Is(holder)));

    private static void ReportDropped(OperationAnalysisContext context, IInvocationOperation call, SdkSymbols sdk)
    {
        // The call of a getter may be the purpose, so its lookup may be a statement.
        if (call.TargetMethod.Name is "Find")
        {
            if (call.Arguments.Length == 1)
                Report(context, call, Dropped, TestOrDrop, sdk);
        }
        else if (UncheckedUses.Of(call, context.ContainingSymbol, sdk) is { } answer)
        {
            if (answer.Use is { } use)
                Report(context, call, $"'{use}' is used without a test", TestBool, sdk);
            else if (!answer.IsRead)
                Report(context, call, Dropped, TestOrDrop, sdk);
        }
    }

    private static void Report(OperationAnalysisContext context, IInvocationOperation call, string mistake, string remedy, SdkSymbols sdk) =>
        context.ReportDiagnostic(Diagnostic.Create(Descriptors.UncheckedLookup, NameOf(call).GetLocation(), MemberName.Of(call.TargetMethod), WhatIsSought(call, sdk), mistake, remedy));

    private static string WhatIsSought(IInvocationOperation call, SdkSymbols sdk) =>
        (sdk.DataTypeOf(call.TargetMethod.ContainingType) ?? sdk.RawId.Definitions[0]).ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);

    private static ExpressionSyntax NameOf(IInvocationOperation call) => ((InvocationExpressionSyntax)call.Syntax).Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        ExpressionSyntax other => other,
    };

    private static string Inline(SyntaxNode syntax) => string.Join(" ", syntax.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
