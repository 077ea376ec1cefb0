using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Applies a fix to every reported node of a document, one after the other, so that one inside another is not lost.</summary>
/// <param name="fix">The document with the fix at a node, or null if there is none.</param>
internal sealed class OneByOneFixAllProvider(Func<Document, SyntaxNode, CancellationToken, Task<Document?>> fix) : DocumentBasedFixAllProvider
{
    protected override async Task<Document?> FixAllAsync(FixAllContext fixAllContext, Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        CancellationToken cancellationToken = fixAllContext.CancellationToken;
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        SyntaxNode[] sites = [.. diagnostics.Select(diagnostic => root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true))];

        Document repaired = document.WithSyntaxRoot(root.TrackNodes(sites));
        foreach (SyntaxNode site in sites)
        {
            root = (await repaired.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
            if (root.GetCurrentNode(site) is { } current)
                repaired = await fix(repaired, current, cancellationToken).ConfigureAwait(false) ?? repaired;
        }

        return repaired;
    }
}
