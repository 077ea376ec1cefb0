using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>
/// Fixes IOASID2001 where a local is declared for the hold or reference and only looked at. A declaration with the hold becomes a <c>using</c>; what <c>TryHold</c> gives
/// out gets a <c>using</c> around the code that runs where it is true.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UsingCodeFixProvider))]
[Shared]
public sealed class UsingCodeFixProvider : TriedCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.Leak];

    private protected override string Title => "Release it with 'using'";

    private protected override IEnumerable<Change> Ways(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CodeStyle style, CancellationToken cancellationToken) =>
        Repair(node, model, cancellationToken) is { } repaired ? [new Change(repaired)] : [];

    private static SyntaxNode? Repair(SyntaxNode node, SemanticModel model, CancellationToken cancellationToken) =>
        DeclarationOf(node) is { } declaration ? WithUsing(declaration, model, cancellationToken) : WithScope(node, model, cancellationToken);

    private static SyntaxNode? WithUsing(LocalDeclarationStatementSyntax declaration, SemanticModel model, CancellationToken cancellationToken) =>
        declaration.Declaration.Variables.All(variable => IsOnlyLookedAt(variable, variable.Identifier, within: null, model, cancellationToken))
            ? model.SyntaxTree.GetRoot(cancellationToken).ReplaceNode(declaration, WithUsing(declaration))
            : null;

    private static SyntaxNode? WithScope(SyntaxNode node, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call || GivenOutBy(call) is not { } variable)
            return null;

        string name = variable.Identifier.Text;
        (StatementSyntax Around, SyntaxNode? Repaired)? scope = call.Parent is ExpressionStatementSyntax statement
            ? (statement.Parent as StatementSyntax ?? statement, UsingScope.AroundRest(name, statement, statement))
            : UsingScope.DecidedLastBy(call) is var (choice, success)
                ? (success ? choice.Statement : choice.Parent as StatementSyntax ?? choice, UsingScope.Around(name, choice, choice, success))
                : null;
        return scope is { Repaired: { } repaired } && IsOnlyLookedAt(variable, variable.Identifier, scope.Value.Around, model, cancellationToken) ? repaired : null;
    }

    /// <summary>Returns the local that a call declares for its out parameter.</summary>
    private static SingleVariableDesignationSyntax? GivenOutBy(InvocationExpressionSyntax call) =>
        call.ArgumentList.Arguments
            .Select(argument => (argument.Expression as DeclarationExpressionSyntax)?.Designation)
            .OfType<SingleVariableDesignationSyntax>()
            .SingleOrDefault();

    /// <summary>Returns the declaration of a local whose initial value is the reported call itself.</summary>
    private static LocalDeclarationStatementSyntax? DeclarationOf(SyntaxNode name)
    {
        SyntaxNode value = name;
        while (value.Parent is MemberAccessExpressionSyntax or InvocationExpressionSyntax or ParenthesizedExpressionSyntax)
            value = value.Parent;

        return value.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax declaration } }
            && declaration.UsingKeyword.IsKind(SyntaxKind.None)
                ? declaration
                : null;
    }

    /// <summary>Returns true if only members of a local are used, and in no lambda. A value that is passed on must not be released at the end of the scope.</summary>
    /// <param name="variable">The declaration.</param>
    /// <param name="identifier">The name in it.</param>
    /// <param name="within">The code that the local may be used in; anywhere if null.</param>
    /// <param name="model">The semantics of the file.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    private static bool IsOnlyLookedAt(SyntaxNode variable, SyntaxToken identifier, SyntaxNode? within, SemanticModel model, CancellationToken cancellationToken)
    {
        ISymbol? local = model.GetDeclaredSymbol(variable, cancellationToken);
        SyntaxNode? function = FunctionAround(variable);
        SyntaxNode body = function ?? model.SyntaxTree.GetRoot(cancellationToken);
        return !DisabledCode.MayKeep(identifier.ValueText, body, within) && body
            .DescendantNodes()
            .OfType<IdentifierNameSyntax>()
            .Where(name => string.Equals(name.Identifier.ValueText, identifier.ValueText, StringComparison.Ordinal)
                && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellationToken).Symbol, local))
            .All(name => IsLook(name) && FunctionAround(name) == function && within?.Span.Contains(name.Span) != false);
    }

    private static bool IsLook(IdentifierNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Expression == name && (access.Parent is InvocationExpressionSyntax || IsProperty(access)),
        ConditionalAccessExpressionSyntax or IsPatternExpressionSyntax => true,
        BinaryExpressionSyntax comparison => comparison.IsKind(SyntaxKind.EqualsExpression) || comparison.IsKind(SyntaxKind.NotEqualsExpression),
        _ => false,
    };

    /// <summary>Returns true if a member is a property by its name. A method that is not called becomes a delegate, which keeps the hold.</summary>
    private static bool IsProperty(MemberAccessExpressionSyntax access) => access.Name.Identifier.ValueText is not ("Dispose" or "ToString" or "Equals" or "GetHashCode");

    private static SyntaxNode? FunctionAround(SyntaxNode node) =>
        node.Ancestors().FirstOrDefault(outer => outer is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax);

    private static LocalDeclarationStatementSyntax WithUsing(LocalDeclarationStatementSyntax declaration) => declaration
        .WithoutLeadingTrivia()
        .WithUsingKeyword(SyntaxFactory.Token(declaration.GetLeadingTrivia(), SyntaxKind.UsingKeyword, SyntaxFactory.TriviaList(SyntaxFactory.Space)));
}
