using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Fixes IOASID2006 and IOASID2009: a local keeps the result of the call.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(KeepResultCodeFixProvider))]
[Shared]
public sealed class KeepResultCodeFixProvider : TriedCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.DroppedHandle, DiagnosticIds.DroppedRegistration];

    private protected override string Title => "Keep the result in a local";

    private protected override IEnumerable<Change> Ways(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CodeStyle style, CancellationToken cancellationToken) =>
        Repair(node, model, style, cancellationToken) is { } repaired ? [new Change(repaired)] : [];

    private static SyntaxNode? Repair(SyntaxNode node, SemanticModel model, CodeStyle style, CancellationToken cancellationToken)
    {
        if (CallOf(node) is not { } call || model.GetTypeInfo(call, cancellationToken).Type is not { } type)
            return null;

        string name = FreshName.For(WantedName(node), call, model);
        LocalDeclarationStatementSyntax Declare(ExpressionSyntax value) => Declaration(style.TypeOf(type, model, call.SpanStart), name, value);
        SyntaxNode root = model.SyntaxTree.GetRoot(cancellationToken);
        return call.Parent switch
        {
            ExpressionStatementSyntax statement => root.ReplaceNode(statement, Statement(statement, Declare(call.WithoutLeadingTrivia()))),
            ArrowExpressionClauseSyntax { Parent: { } member } arrow when BodyOf.WithBlock(member, arrow, Declare(call.WithoutTrivia())) is { } block => root.ReplaceNode(member, block),
            LambdaExpressionSyntax lambda => root.ReplaceNode(lambda, BodyOf.WithBlock(lambda, call, Declare(call.WithoutTrivia()))),
            _ => null,
        };
    }

    /// <summary>Returns the call whose name was reported, with all code that stands before it.</summary>
    private static ExpressionSyntax? CallOf(SyntaxNode name)
    {
        SyntaxNode call = name;
        while (call.Parent is MemberAccessExpressionSyntax or MemberBindingExpressionSyntax or InvocationExpressionSyntax
            || (call.Parent is ConditionalAccessExpressionSyntax access && access.WhenNotNull == call))
            call = call.Parent;

        return call as ExpressionSyntax;
    }

    private static string WantedName(SyntaxNode site) => site.ToString() switch
    {
        "ReserveCapacity" => "reservation",
        "Allocate" => "handle",
        _ => "registration",
    };

    private static LocalDeclarationStatementSyntax Declaration(TypeSyntax type, string name, ExpressionSyntax value) =>
        SyntaxFactory.LocalDeclarationStatement(SyntaxFactory.VariableDeclaration(
            type.WithTrailingTrivia(SyntaxFactory.Space),
            SyntaxFactory.SingletonSeparatedList(SyntaxFactory.VariableDeclarator(name).WithInitializer(SyntaxFactory.EqualsValueClause(
                SyntaxFactory.Token(SyntaxKind.EqualsToken).WithLeadingTrivia(SyntaxFactory.Space).WithTrailingTrivia(SyntaxFactory.Space),
                value)))));

    /// <summary>Returns the statement in a block where one statement is expected, because a declaration needs a block of its own.</summary>
    private static StatementSyntax Statement(ExpressionStatementSyntax old, LocalDeclarationStatementSyntax declaration) =>
        old.Parent is BlockSyntax or SwitchSectionSyntax or GlobalStatementSyntax or LabeledStatementSyntax
            ? declaration.WithSemicolonToken(old.SemicolonToken).WithLeadingTrivia(old.GetLeadingTrivia())
            : SyntaxFactory.Block(declaration.WithSemicolonToken(old.SemicolonToken.WithTrailingTrivia()))
                .WithTriviaFrom(old)
                .WithAdditionalAnnotations(Formatter.Annotation);
}
