using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Fixes IOASID2007: the check becomes <c>TryHold</c>, and the guarded code runs under the hold.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(HoldInsteadOfCheckCodeFixProvider))]
[Shared]
public sealed class HoldInsteadOfCheckCodeFixProvider : TriedCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.CheckThenAct];

    private protected override string Title => "Take the id with TryHold";

    private protected override IEnumerable<Change> Ways(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CodeStyle style, CancellationToken cancellationToken) =>
        Repair(node, model, style, cancellationToken) is { } repaired ? [repaired] : [];

    private static Change? Repair(SyntaxNode node, SemanticModel model, CodeStyle style, CancellationToken cancellationToken)
    {
        if (node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { Expression: MemberAccessExpressionSyntax } call
            || SdkSymbols.Of(model.Compilation) is not { } sdk
            || model.GetOperation(call, cancellationToken) is not IInvocationOperation invocation
            || IdCall.Of(invocation, sdk) is not { HasGetter: false } check
            || model.GetEnclosingSymbol(call.SpanStart, cancellationToken) is not { } containing
            || CheckThenActAnalyzer.ActAfter(check, containing, sdk) is not { } act
            || Answer(check, call) is not { } answer
            || UsingScope.DecidedLastBy(answer) is not var (choice, success)
            || (success && !choice.Statement.Span.Contains(act.Call.Syntax.Span))
            || HoldSyntax.ReferenceType(check.Call.Instance?.Type, withData: check.Name is not "Contains", sdk) is not { } type)
            return null;

        string name = FreshName.For("reference", call, model);
        ExpressionSyntax hold = HoldSyntax.TryHold(call, (ExpressionSyntax)check.Id.Syntax, style.TypeOf(type.WithNullableAnnotation(NullableAnnotation.Annotated), model, call.SpanStart), name);
        return UsingScope.Around(name, choice, choice.ReplaceNode(answer, hold.WithTriviaFrom(answer)), success) is { } root ? new Change(root, call) : null;
    }

    /// <summary>Returns the expression that is true if the check succeeded.</summary>
    private static ExpressionSyntax? Answer(IdCall check, ExpressionSyntax call) => check.Call.Parent switch
    {
        _ when check.Name is "Contains" => call,
        IArgumentOperation or IVariableInitializerOperation => null,
        _ when check.Name is "TryFind" => check.Call.Arguments.Any(argument => argument.Value is IDiscardOperation) ? call : null,
        IPropertyReferenceOperation { Property.Name: "IsFound" } found => found.Syntax as ExpressionSyntax,
        IPropertyReferenceOperation { Property.Name: "Status", Parent: IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals } comparison } =>
            comparison.Syntax as ExpressionSyntax,
        _ => null,
    };
}
