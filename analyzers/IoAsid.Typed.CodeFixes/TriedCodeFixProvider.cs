using IoAsid.Typed.CodeFixes.UntypedLookups;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.CodeFixes;

/// <summary>A fix that is tried out on the compiler before it is offered: one that brings a warning or an error is none.</summary>
public abstract class TriedCodeFixProvider : NodeCodeFixProvider
{
    private protected TriedCodeFixProvider()
    {
    }

    private protected sealed override async Task<Document?> FixAsync(Document document, SyntaxNode node, CancellationToken cancellationToken)
    {
        SemanticModel model = (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!;
        if (Repair(node, model, CodeStyle.Of(document, node.SyntaxTree), cancellationToken) is not { } root)
            return null;

        Document repaired = document.WithSyntaxRoot(root);
        SemanticModel now = (await repaired.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!;
        SyntaxNode place = MemberIndex.SameMember(node, await now.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false));
        CompilerOpinion opinion = MemberDiagnostics.Compare(
            now: MemberDiagnostics.Of(now, place, cancellationToken),
            before: MemberDiagnostics.Of(model, node, cancellationToken));
        return opinion == CompilerOpinion.NothingNew ? repaired : null;
    }

    /// <summary>The repaired root, or null if this cannot be repaired mechanically.</summary>
    /// <param name="node">The node that was reported.</param>
    /// <param name="model">Its semantics.</param>
    /// <param name="style">How the file is written.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    private protected abstract SyntaxNode? Repair(SyntaxNode node, SemanticModel model, CodeStyle style, CancellationToken cancellationToken);
}
