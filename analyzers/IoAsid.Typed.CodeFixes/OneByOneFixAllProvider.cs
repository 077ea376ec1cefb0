using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Applies a fix to every reported node of a document, one after the other, so that one inside another is not lost.</summary>
/// <param name="fix">The document with the fix at a node, or null if the node has no fix.</param>
/// <param name="finish">What is done once, when something was fixed.</param>
internal sealed class OneByOneFixAllProvider(
    Func<Document, SyntaxNode, Diagnostic, CancellationToken, Task<Document?>> fix,
    Func<Document, CancellationToken, Task<Document>>? finish = null)
    : DocumentBasedFixAllProvider
{
    protected override async Task<Document?> FixAllAsync(FixAllContext fixAllContext, Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        CancellationToken cancellationToken = fixAllContext.CancellationToken;
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        SyntaxNode[] sites = [.. diagnostics.Select(diagnostic => root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true))];

        Document tracked = document.WithSyntaxRoot(root.TrackNodes(sites));
        Document repaired = tracked;
        foreach ((SyntaxNode site, Diagnostic diagnostic) in sites.Zip(diagnostics, (site, diagnostic) => (site, diagnostic)))
        {
            root = (await repaired.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
            if (root.GetCurrentNode(site) is { } current)
                repaired = await fix(repaired, current, diagnostic, cancellationToken).ConfigureAwait(false) ?? repaired;
        }

        if (repaired == tracked)
            return document;

        return finish is null ? repaired : await finish(repaired, cancellationToken).ConfigureAwait(false);
    }
}
