using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Fixes IOASID2004 where data is read after a wait: a reference is taken before the lookup's statement and released at the end of the block.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(HoldDataCodeFixProvider))]
[Shared]
public sealed class HoldDataCodeFixProvider : TriedCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.UnheldData];

    private protected override string Title => "Hold the id until the end of the block";

    private protected override IEnumerable<Change> Ways(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CodeStyle style, CancellationToken cancellationToken) =>
        Repair(node, model, cancellationToken) is { } repaired ? [repaired] : [];

    private static Change? Repair(SyntaxNode node, SemanticModel model, CancellationToken cancellationToken)
    {
        if (SdkSymbols.Of(model.Compilation) is not { } sdk
            || node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { Expression: MemberAccessExpressionSyntax } call
            || model.GetOperation(call, cancellationToken) is not IInvocationOperation invocation
            || IdCall.Of(invocation, sdk) is not { HasGetter: false } origin
            || StatementAround(call) is not { Parent: BlockSyntax block } statement
            || model.GetEnclosingSymbol(call.SpanStart, cancellationToken) is not { } owner
            || UnheldUses.Of(origin, owner, sdk) is not { IsKept: false } uses
            || !IsReadWithin(block, origin, uses, sdk)
            || HoldSyntax.ReferenceType(origin.Call.Instance?.Type, withData: true, sdk) is not { } type)
            return null;

        string name = FreshName.For("reference", call, model);
        if (Replacement(call, name) is not var (old, @new))
            return null;

        TypeSyntax reference = CodeStyle.Explicit(type.WithNullableAnnotation(NullableAnnotation.Annotated), model, call.SpanStart);
        LocalDeclarationStatementSyntax hold = Hold(call, (ExpressionSyntax)origin.Id.Syntax, reference, name, FreshName.For("taken", call, model))
            .WithLeadingTrivia(statement.GetLeadingTrivia());
        StatementSyntax changed = statement.ReplaceNode(old, @new.WithTriviaFrom(old)).WithLeadingTrivia(Indentation(statement));
        BlockSyntax held = block.WithStatements([.. block.Statements.TakeWhile(other => other != statement), hold, changed, .. block.Statements.SkipWhile(other => other != statement).Skip(1)]);
        return new Change(model.SyntaxTree.GetRoot(cancellationToken).ReplaceNode(block, held), call);
    }

    /// <summary>Returns true if all mentions of the locals with the data are in the block, at whose end the hold ends.</summary>
    private static bool IsReadWithin(BlockSyntax block, IdCall origin, UnheldUses uses, SdkSymbols sdk)
    {
        Body body = Body.Around(origin.Call, sdk);
        return !uses.Locals.Any(local => DisabledCode.MayKeep(local.Name, MemberIndex.MemberAround(block), block))
            && uses.Locals.SelectMany(body.ReferencesTo)
            .All(reference => reference.IsImplicit || block.Span.Contains(reference.Syntax.Span) || reference is IVariableDeclaratorOperation { Initializer: null });
    }

    /// <summary>Returns the statement of a lookup, if the lookup always runs when the statement does, and once. Operands with an effect must be the first thing evaluated.</summary>
    private static StatementSyntax? StatementAround(InvocationExpressionSyntax call)
    {
        bool mustBeFirst = EvaluationOrder.HasEffect(((MemberAccessExpressionSyntax)call.Expression).Expression) || EvaluationOrder.HasEffect(call.ArgumentList);
        SyntaxNode at = call;
        for (; at.Parent is { } parent; at = parent)
        {
            bool isConditional = parent switch
            {
                BinaryExpressionSyntax binary => binary.Right == at && binary.Kind() is SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression or SyntaxKind.CoalesceExpression,
                ConditionalExpressionSyntax choice => choice.Condition != at,
                ConditionalAccessExpressionSyntax access => access.WhenNotNull == at,
                SwitchExpressionArmSyntax or AnonymousFunctionExpressionSyntax or QueryExpressionSyntax => true,
                _ => false,
            };
            if (isConditional || (mustBeFirst && IsPrecededIn(parent, at)))
                return null;

            if (parent is StatementSyntax statement)
                return statement is LocalDeclarationStatementSyntax or ExpressionStatementSyntax or IfStatementSyntax ? statement : null;
        }

        return null;
    }

    /// <summary>Returns true if a parent evaluates something before one of its operands. An assigned name is not read.</summary>
    private static bool IsPrecededIn(SyntaxNode parent, SyntaxNode operand) => parent.ChildNodes()
        .TakeWhile(child => child != operand)
        .Any(child => child is ExpressionSyntax and not TypeSyntax or ArgumentSyntax or VariableDeclaratorSyntax);

    /// <summary>Returns the replacement of a lookup: <c>reference?.Data</c> for <c>Find(id).Data</c>, and the pattern <c>reference is { Data: T data }</c> for <c>TryFind(id, out T? data)</c>.</summary>
    private static (ExpressionSyntax Old, ExpressionSyntax New)? Replacement(InvocationExpressionSyntax call, string name)
    {
        if (call.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Data" } data && data.Expression == call)
            return (data, SyntaxFactory.ParseExpression($"{name}?.Data"));

        if (call.ArgumentList.Arguments.Select(argument => argument.Expression).OfType<DeclarationExpressionSyntax>().SingleOrDefault()
            is not { Designation: SingleVariableDesignationSyntax variable } declared)
            return null;

        TypeSyntax type = declared.Type is NullableTypeSyntax nullable ? nullable.ElementType : declared.Type;
        bool isNegated = call.Parent.IsKind(SyntaxKind.LogicalNotExpression);
        ExpressionSyntax pattern = SyntaxFactory.ParseExpression($"{name} is {(isNegated ? "not " : "")}{{ Data: {type} {variable.Identifier} }}");
        return (isNegated ? (ExpressionSyntax)call.Parent! : call, pattern);
    }

    /// <summary>Returns <c>using IoAsidReference&lt;TData&gt;? reference = set.TryHold(id, out IoAsidReference&lt;TData&gt;? taken) ? taken : null;</c></summary>
    private static LocalDeclarationStatementSyntax Hold(InvocationExpressionSyntax lookup, ExpressionSyntax id, TypeSyntax type, string name, string taken)
    {
        StatementSyntax statement = SyntaxFactory.ParseStatement($"using {type} {name} = {taken} ? {taken} : null;");
        ExpressionSyntax place = statement.DescendantNodes().OfType<ConditionalExpressionSyntax>().Single().Condition;
        return (LocalDeclarationStatementSyntax)statement
            .ReplaceNode(place, HoldSyntax.TryHold(lookup, id, type, taken).WithTriviaFrom(place))
            .WithTrailingTrivia(EndOfLine.In(lookup.SyntaxTree.GetRoot()))
            .WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static SyntaxTriviaList Indentation(StatementSyntax statement) =>
        [.. statement.GetLeadingTrivia().Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia))];
}
