using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.CodeFixes;

/// <summary>A fix with one or more ways to change the code. The first way that passes <see cref="FixCheck"/> and the compiler's judgement is offered.</summary>
public abstract class TriedCodeFixProvider : NodeCodeFixProvider
{
    private protected TriedCodeFixProvider()
    {
    }

    /// <summary>Gets a value indicating whether a change must bring no new warning or error. A generator may add the part that the compiler misses.</summary>
    private protected virtual bool IsJudgedByCompiler => true;

    private protected sealed override async Task<Document?> FixAsync(Document document, SyntaxNode node, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        SemanticModel model = (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!;
        FixCheck check = new(document, model, node);
        foreach (Change change in Ways(node, diagnostic, model, CodeStyle.Of(document, node.SyntaxTree), cancellationToken))
        {
            if (await check.RunAsync(change, cancellationToken).ConfigureAwait(false) is { } repaired && (!IsJudgedByCompiler || repaired.Opinion == CompilerOpinion.NothingNew))
                return repaired.Document;
        }

        return null;
    }

    /// <summary>Returns the ways to change the code, the best first. Empty if no way is mechanical.</summary>
    /// <param name="node">The reported node.</param>
    /// <param name="diagnostic">The report.</param>
    /// <param name="model">The semantics of the file.</param>
    /// <param name="style">The style of the file.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    private protected abstract IEnumerable<Change> Ways(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CodeStyle style, CancellationToken cancellationToken);

    /// <summary>Returns the one way that replaces a node of the file by another.</summary>
    private protected static Change Replace(SyntaxNode old, SyntaxNode @new) => new(old.SyntaxTree.GetRoot().ReplaceNode(old, @new));
}
