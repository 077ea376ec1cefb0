using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes.Typing;

/// <summary>Fixes IOASID1009: <c>checked</c>, which throws where bits would be lost.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NarrowedIdCodeFixProvider))]
[Shared]
public sealed class NarrowedIdCodeFixProvider : NodeCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.NarrowedId];

    private protected override string Title => "Throw where bits would be lost";

    private protected override async Task<Document?> FixAsync(Document document, SyntaxNode node, CancellationToken cancellationToken)
    {
        if (node.FirstAncestorOrSelf<CastExpressionSyntax>() is not { } cast)
            return null;

        ExpressionSyntax old = cast.Parent is ParenthesizedExpressionSyntax parentheses ? parentheses : cast;
        ExpressionSyntax @new = SyntaxFactory.CheckedExpression(SyntaxKind.CheckedExpression, cast.WithoutTrivia()).WithTriviaFrom(old);
        return await CompilerTrial.ReplaceAsync(document, old, @new, cancellationToken).ConfigureAwait(false);
    }
}
