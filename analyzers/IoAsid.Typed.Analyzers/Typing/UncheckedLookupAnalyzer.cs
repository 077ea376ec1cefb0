using System.Collections.Immutable;
using IoAsid.Typed.Analyzers.Calls;
using IoAsid.Typed.Analyzers.Operations;
using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Typing;

/// <summary>IOASID1005: a lookup may find nothing, and nobody asks.</summary>
public sealed class UncheckedLookupAnalyzer : CallRule
{
    private const string Dropped = "its answer is dropped";
    private const string TestOrDrop = "test the answer, or write '_ =' if only the call is wanted";
    private const string TestBool = "test what it returns";
    private const string TestData = "test 'IsFound', or the data with 'is { }' or '?.'";

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
        else if (call.TargetMethod.Name is "Find" && !HasLiveId(call, sdk))
            ReportUnchecked(context, call, sdk);
    });

    private static bool IsOfSetOrReader(ITypeSymbol? type, SdkSymbols sdk) => sdk.TypedSet.Is(type) || sdk.TypedReader.Is(type) || sdk.Set.Is(type);

    /// <summary>An id that a handle, hold, reference or binding stands for is there for whoever has that.</summary>
    private static bool HasLiveId(IInvocationOperation call, SdkSymbols sdk) =>
        call.Arguments.Any(argument => argument.Value is IPropertyReferenceOperation { Property.Name: "Id", Instance.Type: { } holder }
            && (sdk.Handle.Is(holder) || sdk.Hold.Is(holder) || sdk.Reference.IsBaseOf(holder) || sdk.Binding.Is(holder)));

    private static void ReportDropped(OperationAnalysisContext context, IInvocationOperation call, SdkSymbols sdk)
    {
        // A getter is called for what it does; its lookup may well be a statement.
        if (call.TargetMethod.Name is "Find")
        {
            if (call.Arguments.Length == 1)
                Report(context, call, Dropped, TestOrDrop, sdk);
        }
        else if (Answers.OutArgument(call) is IDiscardOperation)
        {
            Report(context, call, Dropped, TestOrDrop, sdk);
        }
        else if (Answers.OutLocal(call) is { } write && IsOnlyWrite(write))
        {
            ImmutableArray<IOperation> reads = Variables.Around(write).ReadsOfOnly(write);
            if (reads.IsEmpty)
                Report(context, call, Dropped, TestOrDrop, sdk);
            else if (IsReadUnchecked(reads, call))
                Report(context, call, $"'{reads[0].Syntax}' is used all the same", TestBool, sdk);
        }
    }

    private static bool IsOnlyWrite(IOperation write) => Variables.Around(write).WritesOf(((ILocalReferenceOperation)write).Local).Take(2).Count() == 1;

    /// <summary>A number cannot be asked whether it was found. Data can: by the compiler's flow, or else by any test at all.</summary>
    private static bool IsReadUnchecked(ImmutableArray<IOperation> reads, IInvocationOperation call) =>
        call.TargetMethod.Name is "TryResolve" || (Values.IsCheckedForNull(call)
            ? reads.Any(read => (Values.IsAsserted(read) || Values.IsDereferenced(read)) && Values.MayBeNull(read) && !Values.IsTested(read))
            : reads.All(Values.IsDereferenced));

    private static void ReportUnchecked(OperationAnalysisContext context, IInvocationOperation call, SdkSymbols sdk)
    {
        IOperation? use = DataOf(call).Select(data => FirstUnchecked([.. Answers.NamesOf(data)])).FirstOrDefault(found => found is not null);
        if (use is not null)
            Report(context, call, $"'{Inline(use.Syntax)}' is used all the same", TestData, sdk);
    }

    /// <summary>The data of an answer, unless something else may be known of it: its status was read, or the answer was passed on.</summary>
    private static ImmutableArray<IPropertyReferenceOperation> DataOf(IInvocationOperation call)
    {
        if (AsData(call) is { } direct)
            return [direct];

        if (Variables.LocalThatGets(call) is not { } write)
            return [];

        ImmutableArray<IOperation> reads = Variables.Around(write).ReadsOfOnly(write);
        bool isFollowed = Values.IsCheckedForNull(call);
        return reads.All(read => isFollowed ? AsData(read) is not null || IsFollowed(read) : AsData(read) is { } data && Values.IsDereferenced(data))
            ? [.. reads.Select(AsData).OfType<IPropertyReferenceOperation>()]
            : [];
    }

    private static IPropertyReferenceOperation? AsData(IOperation answer) =>
        answer.Parent is IPropertyReferenceOperation { Property.Name: "Data" } data && data.Instance == answer ? data : null;

    /// <summary>A test that the compiler's flow follows, so that its verdict on the data counts.</summary>
    private static bool IsFollowed(IOperation answer) =>
        answer.Parent is IPropertyReferenceOperation { Property.Name: "IsFound" } test && Values.IsBranchedOn(test);

    private static IOperation? FirstUnchecked(ImmutableArray<IOperation> names) => Values.IsCheckedForNull(names[0])
        ? names.FirstOrDefault(name => Values.IsAsserted(name) && Values.MayBeNull(name) && !Values.IsTested(name))
        : names.All(name => Values.IsDereferenced(name) || Variables.LocalThatGets(name) is not null) ? names.FirstOrDefault(Values.IsDereferenced) : null;

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
