using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes.Typing;

/// <summary>Fixes IOASID1006: a pattern, which says in the open what happens when the data is of another subtype.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(HardCastCodeFixProvider))]
[Shared]
public sealed class HardCastCodeFixProvider : NodeCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.HardCast];

    private protected override string Title => "Ask with a pattern";

    private protected override async Task<Document?> FixAsync(Document document, SyntaxNode node, CancellationToken cancellationToken)
    {
        SemanticModel model = (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!;
        if (node.FirstAncestorOrSelf<CastExpressionSyntax>() is not { } cast)
            return null;

        foreach ((SyntaxNode old, SyntaxNode @new) in new AskingCast(cast, model).Ways())
        {
            if (await CompilerTrial.ReplaceAsync(document, old, @new, cancellationToken).ConfigureAwait(false) is { } repaired)
                return repaired;
        }

        return null;
    }
}
