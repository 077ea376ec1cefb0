using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Analyzers;
using IoAsid.Typed.Analyzers.Sdk;
using IoAsid.Typed.Analyzers.Usage;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.CodeFixes.Usage;

/// <summary>Fixes IOASID2007: the check becomes <c>TryHold</c>, and what it guards runs under the hold.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(HoldInsteadOfCheckCodeFixProvider))]
[Shared]
public sealed class HoldInsteadOfCheckCodeFixProvider : TriedCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.CheckThenAct];

    private protected override string Title => "Take the id with TryHold";

    private protected override SyntaxNode? Repair(SyntaxNode node, SemanticModel model, CodeStyle style, CancellationToken cancellationToken)
    {
        if (node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { Expression: MemberAccessExpressionSyntax { Expression: var set } } call
            || SdkSymbols.Of(model.Compilation) is not { } sdk
            || model.GetOperation(call, cancellationToken) is not IInvocationOperation invocation
            || IdCall.Of(invocation, sdk) is not { } check
            || CheckThenActAnalyzer.ActAfter(check, sdk) is not { } act
            || Answer(check, call) is not { } answer
            || IfStatementAround(answer) is not var (choice, success)
            || HoldSyntax.ReferenceType(check.Call.Instance?.Type, withData: check.Name is not "Contains", sdk) is not { } type)
            return null;

        string name = FreshName.For("reference", call, model);
        ExpressionSyntax hold = HoldSyntax.TryHold(set, (ExpressionSyntax)check.Id.Syntax, style.TypeOf(type.WithNullableAnnotation(NullableAnnotation.Annotated), model, call.SpanStart), name);
        IfStatementSyntax held = choice.ReplaceNode(answer, hold.WithTriviaFrom(answer));
        SyntaxNode root = model.SyntaxTree.GetRoot(cancellationToken);
        return success
            ? choice.Statement.Span.Contains(act.Call.Syntax.Span) ? root.ReplaceNode(choice, held.WithStatement(Block(Under(name, held.Statement)))) : null
            : choice is { Else: null, Parent: BlockSyntax block } ? root.ReplaceNode(block, WithRestUnder(name, block, choice, held)) : null;
    }

    /// <summary>The expression that says whether the check succeeded.</summary>
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

    /// <summary>The statement that a check decides last, so that nothing happens between the hold and what it guards.</summary>
    private static (IfStatementSyntax Choice, bool Success)? IfStatementAround(ExpressionSyntax answer)
    {
        bool success = true;
        SyntaxNode at = answer;
        while (true)
        {
            switch (at.Parent)
            {
                case ParenthesizedExpressionSyntax:
                    break;
                case PrefixUnaryExpressionSyntax negation when negation.IsKind(SyntaxKind.LogicalNotExpression):
                    success = !success;
                    break;
                case BinaryExpressionSyntax both when both.Right == at && both.IsKind(success ? SyntaxKind.LogicalAndExpression : SyntaxKind.LogicalOrExpression):
                    break;
                case IfStatementSyntax choice:
                    return (choice, success);
                default:
                    return null;
            }

            at = at.Parent;
        }
    }

    private static UsingStatementSyntax Under(string name, StatementSyntax body) =>
        SyntaxFactory.UsingStatement(
                null,
                SyntaxFactory.IdentifierName(name),
                body is BlockSyntax block ? block.WithoutTrivia() : Block(body))
            .WithUsingKeyword(SyntaxFactory.Token(SyntaxKind.UsingKeyword).WithTrailingTrivia(SyntaxFactory.Space))
            .WithAdditionalAnnotations(Formatter.Annotation);

    private static BlockSyntax Block(StatementSyntax only) => SyntaxFactory.Block(only).WithAdditionalAnnotations(Formatter.Annotation);

    private static BlockSyntax WithRestUnder(string name, BlockSyntax block, IfStatementSyntax choice, IfStatementSyntax held)
    {
        int index = block.Statements.IndexOf(choice);
        StatementSyntax[] rest = [.. block.Statements.Skip(index + 1)];
        (SyntaxTriviaList before, SyntaxTriviaList own) = SplitBlankLines(rest[0].GetLeadingTrivia());
        rest[0] = rest[0].WithLeadingTrivia(own);
        UsingStatementSyntax under = Under(name, SyntaxFactory.Block(rest)).WithLeadingTrivia(before);
        return block.WithStatements([.. block.Statements.Take(index), held, under]);
    }

    /// <summary>The blank lines above a statement stay where they are; its comments go with it.</summary>
    private static (SyntaxTriviaList BlankLines, SyntaxTriviaList Others) SplitBlankLines(SyntaxTriviaList trivia)
    {
        int count = trivia.TakeWhile(one => one.IsKind(SyntaxKind.EndOfLineTrivia) || one.IsKind(SyntaxKind.WhitespaceTrivia)).Count();
        return ([.. trivia.Take(count)], [.. trivia.Skip(count)]);
    }
}
