using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace IoAsid.Typed.Layouts.CodeFixes;

/// <summary>A fix that replaces nodes. It is offered only if it changes something.</summary>
public abstract class SyntaxCodeFixProvider : CodeFixProvider
{
    private readonly FixAllProvider _fixAll;

    private protected SyntaxCodeFixProvider() => _fixAll = new DocumentFixAllProvider(FixAsync);

    /// <summary>The title of the action and the key of FixAll.</summary>
    private protected abstract string Title { get; }

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => _fixAll;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (await FixAsync(context.Document, [diagnostic], context.CancellationToken).ConfigureAwait(false) is { } repaired)
                context.RegisterCodeFix(CodeAction.Create(Title, _ => Task.FromResult(repaired), Title), diagnostic);
        }
    }

    /// <summary>Returns the nodes to replace, each with its repair. Returns none if the diagnostic has no fix.</summary>
    /// <param name="node">The innermost node at the diagnostic.</param>
    /// <param name="diagnostic">The diagnostic.</param>
    private protected abstract IEnumerable<(SyntaxNode Old, Func<SyntaxNode, SyntaxNode> Repair)> Fix(SyntaxNode node, Diagnostic diagnostic);

    private async Task<Document?> FixAsync(Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        Dictionary<SyntaxNode, Func<SyntaxNode, SyntaxNode>> repairs = [];
        foreach (Diagnostic diagnostic in diagnostics)
        {
            SyntaxNode node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            foreach ((SyntaxNode old, Func<SyntaxNode, SyntaxNode> repair) in Fix(node, diagnostic))
                repairs[old] = repair;
        }

        // The second node of the pair already has the repairs of the nodes inside it.
        return repairs.Count == 0
            ? null
            : document.WithSyntaxRoot(root.ReplaceNodes(repairs.Keys, (old, current) => repairs[old](current)));
    }

    private sealed class DocumentFixAllProvider(Func<Document, ImmutableArray<Diagnostic>, CancellationToken, Task<Document?>> fix) : DocumentBasedFixAllProvider
    {
        protected override Task<Document?> FixAllAsync(FixAllContext fixAllContext, Document document, ImmutableArray<Diagnostic> diagnostics) =>
            fix(document, diagnostics, fixAllContext.CancellationToken);
    }
}
