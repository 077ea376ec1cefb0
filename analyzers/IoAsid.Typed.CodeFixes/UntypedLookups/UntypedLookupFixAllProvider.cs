using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace IoAsid.Typed.CodeFixes.UntypedLookups;

/// <summary>
/// Repairs every untyped lookup whose set is certain, whatever action it was started from: an owner is never chosen for the user.
/// One after the other, so that a lookup inside another's getter is not lost.
/// </summary>
internal sealed class UntypedLookupFixAllProvider : DocumentBasedFixAllProvider
{
    protected override async Task<Document?> FixAllAsync(FixAllContext fixAllContext, Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        CancellationToken cancellationToken = fixAllContext.CancellationToken;
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        SyntaxNode[] sites = [.. diagnostics.Select(diagnostic => root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true))];

        Document tracked = document.WithSyntaxRoot(root.TrackNodes(sites));
        Document repaired = tracked;
        foreach (SyntaxNode site in sites)
            repaired = await RepairAsync(repaired, site, cancellationToken).ConfigureAwait(false);

        return repaired == tracked ? document : await MigrationUsing.RemoveIfUnneededAsync(repaired, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Document> RepairAsync(Document document, SyntaxNode site, CancellationToken cancellationToken)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        if (root.GetCurrentNode(site) is not { } current)
            return document;

        ImmutableArray<Repair> repairs = await Repair.AllAsync(document, current.Span, cancellationToken).ConfigureAwait(false);
        return repairs.FirstOrDefault(repair => repair.IsCertain)?.Document ?? document;
    }
}
