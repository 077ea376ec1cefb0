using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes.UntypedLookups;

/// <summary>Takes the using of the Migration namespace away when the last untyped lookup of a document is gone.</summary>
internal static class MigrationUsing
{
    private const string Namespace = "IoAsid.Typed.Migration";

    private const string UnneededUsing = "CS8019";

    public static async Task<Document> RemoveIfUnneededAsync(Document document, CancellationToken cancellationToken)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        UsingDirectiveSyntax[] usings = [.. root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<UsingDirectiveSyntax>()
            .Where(directive => string.Equals(directive.NamespaceOrType.ToString(), Namespace, StringComparison.Ordinal))];
        if (usings.Length == 0)
            return document;

        SemanticModel model = (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!;
        HashSet<int> unneeded = [.. model.GetDiagnostics(cancellationToken: cancellationToken)
            .Where(diagnostic => string.Equals(diagnostic.Id, UnneededUsing, StringComparison.Ordinal))
            .Select(diagnostic => diagnostic.Location.SourceSpan.Start)];
        SyntaxNode? kept = root.RemoveNodes(
            usings.Where(directive => unneeded.Contains(directive.SpanStart)),
            SyntaxRemoveOptions.KeepLeadingTrivia | SyntaxRemoveOptions.KeepUnbalancedDirectives);
        return document.WithSyntaxRoot(kept!);
    }
}
