using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Layouts.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Layouts.CodeFixes;

/// <summary>Fixes IOASID5006: makes a type or an automatic property partial, and turns its <c>set</c> into <c>init</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PartialCodeFixProvider))]
[Shared]
public sealed class PartialCodeFixProvider : SyntaxCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.NotPartial];

    private protected override string Title => "Make it partial";

    private protected override IEnumerable<(SyntaxNode Old, Func<SyntaxNode, SyntaxNode> Repair)> Fix(SyntaxNode node, Diagnostic diagnostic)
    {
        if (node is PropertyDeclarationSyntax property && IsAutomatic(property))
            yield return (property, current => Repair((PropertyDeclarationSyntax)current));

        // Another kind of type would change its meaning.
        if (!node.IsKind(SyntaxKind.RecordStructDeclaration))
            yield break;

        foreach (TypeDeclarationSyntax type in node.AncestorsAndSelf().OfType<TypeDeclarationSyntax>())
        {
            if (!type.Modifiers.Any(SyntaxKind.PartialKeyword))
                yield return (type, current => WithPartial((TypeDeclarationSyntax)current));
        }
    }

    private static bool IsAutomatic(PropertyDeclarationSyntax property) =>
        property is { ExpressionBody: null, Initializer: null, AccessorList: { } accessors }
        && accessors.Accessors.All(accessor => accessor is { Body: null, ExpressionBody: null })
        && !property.Modifiers.Any(SyntaxKind.StaticKeyword);

    private static PropertyDeclarationSyntax Repair(PropertyDeclarationSyntax property)
    {
        PropertyDeclarationSyntax repaired = property.ReplaceNodes(
            property.AccessorList!.Accessors.Where(accessor => accessor.IsKind(SyntaxKind.SetAccessorDeclaration)),
            (_, accessor) => SyntaxFactory.AccessorDeclaration(SyntaxKind.InitAccessorDeclaration, accessor.AttributeLists, accessor.Modifiers, null, null)
                .WithKeyword(SyntaxFactory.Token(SyntaxKind.InitKeyword))
                .WithSemicolonToken(accessor.SemicolonToken)
                .WithTriviaFrom(accessor));
        return repaired.Modifiers.Any(SyntaxKind.PartialKeyword)
            ? repaired
            : repaired.Modifiers.Count == 0
                ? repaired.WithModifiers([Partial(repaired.Type.GetLeadingTrivia())]).WithType(repaired.Type.WithoutLeadingTrivia())
                : repaired.AddModifiers(SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space));
    }

    private static TypeDeclarationSyntax WithPartial(TypeDeclarationSyntax type) => type.Modifiers.Count == 0
        ? (TypeDeclarationSyntax)type.ReplaceToken(type.Keyword, type.Keyword.WithLeadingTrivia()).WithModifiers([Partial(type.Keyword.LeadingTrivia)])
        : (TypeDeclarationSyntax)type.AddModifiers(SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space));

    private static SyntaxToken Partial(SyntaxTriviaList leading) => SyntaxFactory.Token(leading, SyntaxKind.PartialKeyword, [SyntaxFactory.Space]);
}
