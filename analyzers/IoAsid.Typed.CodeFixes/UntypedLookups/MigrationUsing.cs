using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Removes the using of the Migration namespace after the last untyped lookup of a document, unless a comment or disabled code needs it.</summary>
internal static class MigrationUsing
{
    private const string Namespace = "IoAsid.Typed.Migration";

    /// <summary>The type that code in another preprocessor configuration may need the using for.</summary>
    private const string Type = "UntypedLookup";

    private const string UnneededUsing = "CS8019";

    public static async Task<Document> RemoveIfUnneededAsync(Document document, CancellationToken cancellationToken)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        UsingDirectiveSyntax[] usings = [.. root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<UsingDirectiveSyntax>()
            .Where(directive => string.Equals(directive.NamespaceOrType.ToString(), Namespace, StringComparison.Ordinal))];
        if (usings.Length == 0 || DisabledCode.WordsIn(root).Contains(Type, StringComparer.Ordinal))
            return document;

        SemanticModel model = (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!;
        HashSet<int> unneeded = [.. model.GetDiagnostics(cancellationToken: cancellationToken)
            .Where(diagnostic => string.Equals(diagnostic.Id, UnneededUsing, StringComparison.Ordinal))
            .Select(diagnostic => diagnostic.Location.SourceSpan.Start)];
        SyntaxNode kept = root.RemoveNodes(
            usings.Where(directive => unneeded.Contains(directive.SpanStart) && !directive.GetTrailingTrivia().Any(SourceTrivia.IsComment)),
            SyntaxRemoveOptions.KeepLeadingTrivia)!;
        return SourceTrivia.AreKept(root, kept) ? document.WithSyntaxRoot(kept) : document;
    }
}
