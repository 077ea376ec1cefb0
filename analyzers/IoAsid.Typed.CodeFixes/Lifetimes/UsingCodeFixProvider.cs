using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes.Lifetimes;

/// <summary>Fixes IOASID2001 where a local is declared with the hold and only looked at: the declaration becomes a <c>using</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UsingCodeFixProvider))]
[Shared]
public sealed class UsingCodeFixProvider : TriedCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.Leak];

    private protected override string Title => "Release it with 'using'";

    private protected override SyntaxNode? Repair(SyntaxNode node, SemanticModel model, CodeStyle style, CancellationToken cancellationToken) =>
        DeclarationOf(node) is { } declaration && declaration.Declaration.Variables.All(variable => IsOnlyLookedAt(variable, model, cancellationToken))
            ? model.SyntaxTree.GetRoot(cancellationToken).ReplaceNode(declaration, WithUsing(declaration))
            : null;

    /// <summary>The declaration of a local whose initial value is the reported call itself.</summary>
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

    /// <summary>Whether nothing but members of a local is used, and in no lambda: what is passed on must not be released at the end of the scope.</summary>
    private static bool IsOnlyLookedAt(VariableDeclaratorSyntax variable, SemanticModel model, CancellationToken cancellationToken)
    {
        ISymbol? local = model.GetDeclaredSymbol(variable, cancellationToken);
        SyntaxNode? scope = variable.FirstAncestorOrSelf<StatementSyntax>()?.Parent;
        return (scope is GlobalStatementSyntax ? scope.Parent : scope)?
            .DescendantNodes()
            .OfType<IdentifierNameSyntax>()
            .Where(name => string.Equals(name.Identifier.ValueText, variable.Identifier.ValueText, StringComparison.Ordinal)
                && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellationToken).Symbol, local))
            .All(name => IsLook(name) && FunctionAround(name) == FunctionAround(variable)) ?? false;
    }

    private static bool IsLook(IdentifierNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Expression == name && (access.Parent is InvocationExpressionSyntax || IsProperty(access)),
        ConditionalAccessExpressionSyntax or IsPatternExpressionSyntax => true,
        BinaryExpressionSyntax comparison => comparison.IsKind(SyntaxKind.EqualsExpression) || comparison.IsKind(SyntaxKind.NotEqualsExpression),
        _ => false,
    };

    /// <summary>A method that is not called becomes a delegate, which keeps the hold.</summary>
    private static bool IsProperty(MemberAccessExpressionSyntax access) => access.Name.Identifier.ValueText is not ("Dispose" or "ToString" or "Equals" or "GetHashCode");

    private static SyntaxNode? FunctionAround(SyntaxNode node) =>
        node.Ancestors().FirstOrDefault(outer => outer is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax);

    private static LocalDeclarationStatementSyntax WithUsing(LocalDeclarationStatementSyntax declaration) => declaration
        .WithoutLeadingTrivia()
        .WithUsingKeyword(SyntaxFactory.Token(declaration.GetLeadingTrivia(), SyntaxKind.UsingKeyword, SyntaxFactory.TriviaList(SyntaxFactory.Space)));
}
