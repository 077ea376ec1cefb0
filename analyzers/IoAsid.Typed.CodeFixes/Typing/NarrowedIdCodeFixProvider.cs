using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Fixes IOASID1009: <c>checked</c>, which throws where bits would be lost.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NarrowedIdCodeFixProvider))]
[Shared]
public sealed class NarrowedIdCodeFixProvider : TriedCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.NarrowedId];

    private protected override string Title => "Throw where bits would be lost";

    private protected override IEnumerable<Change> Ways(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CodeStyle style, CancellationToken cancellationToken)
    {
        if (node.FirstAncestorOrSelf<CastExpressionSyntax>() is not { } cast)
            return [];

        ExpressionSyntax old = cast.Parent is ParenthesizedExpressionSyntax parentheses ? parentheses : cast;
        return [Replace(old, SyntaxFactory.CheckedExpression(SyntaxKind.CheckedExpression, cast.WithoutTrivia()).WithTriviaFrom(old))];
    }
}
