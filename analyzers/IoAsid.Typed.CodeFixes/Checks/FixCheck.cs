using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace IoAsid.Typed.CodeFixes;

/// <summary>
/// The check that every fix passes before it is offered. A change is refused if its text means something else than its tree, if a comment or a directive
/// is lost or moves into another preprocessor branch, if effects are lost or change their order, or if another preprocessor configuration no longer parses.
/// </summary>
/// <param name="document">The unchanged document.</param>
/// <param name="model">Its semantics.</param>
/// <param name="site">The reported node.</param>
internal sealed class FixCheck(Document document, SemanticModel model, SyntaxNode site)
{
    private ImmutableArray<Diagnostic>? _before;

    /// <summary>Returns the change with rescued comments, or null if the change is refused.</summary>
    public async Task<CheckedChange?> RunAsync(Change change, CancellationToken cancellationToken)
    {
        SyntaxNode before = await model.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false);
        SyntaxNode after = RescuedComments.In(change.Root, before);
        if (!SourceTrivia.AreKept(before, after)
            || !EvaluationOrder.IsKept(site, MemberIndex.SameMember(site, after), change.Replaced)
            || !IsWhatItsTextSays(after, cancellationToken)
            || !PreprocessorBranches.StillParse(before, after, cancellationToken))
            return null;

        Document changed = document.WithSyntaxRoot(after);
        SemanticModel now = (await changed.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!;
        SyntaxNode member = MemberIndex.SameMember(site, await now.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false));
        _before ??= MemberDiagnostics.Of(model, site, cancellationToken);
        return new CheckedChange(changed, now, MemberDiagnostics.Compare(MemberDiagnostics.Of(now, member, cancellationToken), _before.Value));
    }

    /// <summary>Returns true if a tree made of parts is the tree of its text. A line comment can hide the tokens after it.</summary>
    private bool IsWhatItsTextSays(SyntaxNode root, CancellationToken cancellationToken)
    {
        SyntaxTree parsed = CSharpSyntaxTree.ParseText(root.ToFullString(), (CSharpParseOptions)model.SyntaxTree.Options, cancellationToken: cancellationToken);
        return Shape(parsed.GetRoot(cancellationToken)).SequenceEqual(Shape(root));
    }

    private static IEnumerable<(int Kind, string Text)> Shape(SyntaxNode root) =>
        root.DescendantNodesAndTokens().Select(part => (part.RawKind, part.IsToken ? part.AsToken().Text : ""));
}
