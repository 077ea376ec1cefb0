using System.Collections.Immutable;
using IoAsid.Typed.CodeFixes.UntypedLookups;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Tries a replacement out on the compiler.</summary>
internal static class CompilerTrial
{
    /// <summary>
    /// The document with one node replaced by another, or null if the compiler has anything new to say of the member around it, or a comment would be lost.
    /// </summary>
    public static async Task<Document?> ReplaceAsync(Document document, SyntaxNode old, SyntaxNode @new, CancellationToken cancellationToken)
    {
        if (LosesComment(old, @new))
            return null;

        SyntaxAnnotation mark = new();
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        Document changed = document.WithSyntaxRoot(root.ReplaceNode(old, @new.WithAdditionalAnnotations(mark)));
        return await JudgeAsync(document, old, cancellationToken).ConfigureAwait(false) is { } before
            && await JudgeAsync(changed, mark, cancellationToken).ConfigureAwait(false) is { } now
            && MemberDiagnostics.Compare(now, before) == CompilerOpinion.NothingNew
                ? changed
                : null;
    }

    private static bool LosesComment(SyntaxNode old, SyntaxNode @new)
    {
        string kept = @new.ToFullString();
        return old.DescendantTrivia().Any(trivia => DroppedComments.IsComment(trivia) && !kept.Contains(trivia.ToString()));
    }

    private static async Task<ImmutableArray<Diagnostic>?> JudgeAsync(Document document, SyntaxAnnotation mark, CancellationToken cancellationToken)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        return await JudgeAsync(document, root.GetAnnotatedNodes(mark).First(), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<ImmutableArray<Diagnostic>?> JudgeAsync(Document document, SyntaxNode node, CancellationToken cancellationToken)
    {
        SemanticModel model = (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!;
        return MemberDiagnostics.Of(model, node, cancellationToken);
    }
}
