using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace IoAsid.Typed.CodeFixes;

/// <summary>
/// A fix with one thing to do at a reported node. It is worked out before it is offered, so that none is offered that changes nothing, and FixAll does the same
/// one after the other.
/// </summary>
public abstract class NodeCodeFixProvider : CodeFixProvider
{
    private readonly FixAllProvider _fixAll;

    private protected NodeCodeFixProvider() => _fixAll = new OneByOneFixAllProvider(FixAsync);

    /// <summary>The title of the action, which is also the key of FixAll.</summary>
    private protected abstract string Title { get; }

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => _fixAll;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode root = (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false))!;
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            SyntaxNode node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (await FixAsync(context.Document, node, diagnostic, context.CancellationToken).ConfigureAwait(false) is { } repaired)
                context.RegisterCodeFix(CodeAction.Create(Title, _ => Task.FromResult(repaired), Title), diagnostic);
        }
    }

    /// <summary>Returns the document with the fix, or null if this node has no fix.</summary>
    private protected abstract Task<Document?> FixAsync(Document document, SyntaxNode node, Diagnostic diagnostic, CancellationToken cancellationToken);
}
