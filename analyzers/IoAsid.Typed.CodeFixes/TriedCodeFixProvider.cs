using IoAsid.Typed.CodeFixes.Checks;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.CodeFixes;

/// <summary>A fix with one or more ways to change the code. The first way that passes <see cref="FixCheck"/> and brings no new warning or error is offered.</summary>
public abstract class TriedCodeFixProvider : NodeCodeFixProvider
{
    private protected TriedCodeFixProvider()
    {
    }

    private protected sealed override async Task<Document?> FixAsync(Document document, SyntaxNode node, CancellationToken cancellationToken)
    {
        SemanticModel model = (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!;
        FixCheck check = new(document, model, node);
        foreach (Change change in Ways(node, model, CodeStyle.Of(document, node.SyntaxTree), cancellationToken))
        {
            if (await check.AcceptAsync(change, cancellationToken).ConfigureAwait(false) is { } repaired)
                return repaired;
        }

        return null;
    }

    /// <summary>The ways to change the code, the best first. Empty if there is no mechanical one.</summary>
    /// <param name="node">The reported node.</param>
    /// <param name="model">The semantics of the file.</param>
    /// <param name="style">The style of the file.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    private protected abstract IEnumerable<Change> Ways(SyntaxNode node, SemanticModel model, CodeStyle style, CancellationToken cancellationToken);

    /// <summary>The one way that replaces a node of the file by another.</summary>
    private protected static Change Replace(SyntaxNode old, SyntaxNode @new) => new(old.SyntaxTree.GetRoot().ReplaceNode(old, @new));
}
