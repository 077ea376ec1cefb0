using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.CodeFixes;
using IoAsid.Typed.Layouts.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Layouts.CodeFixes;

/// <summary>Fixes IOASID5006: makes a type or an automatic property partial, and turns its <c>set</c> into <c>init</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PartialCodeFixProvider))]
[Shared]
public sealed class PartialCodeFixProvider : TriedCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LayoutDiagnosticIds.NotPartial];

    private protected override string Title => "Make it partial";

    /// <summary>Gets a value indicating whether the compiler judges the fix: not here, because the implementation of a partial property comes from the generator.</summary>
    private protected override bool IsJudgedByCompiler => false;

    private protected override IEnumerable<Change> Ways(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CodeStyle style, CancellationToken cancellationToken)
    {
        if (node is PropertyDeclarationSyntax property && IsAutomatic(property))
            yield return Replace(property, Repair(property));

        // Another kind of type would change its meaning.
        if (!node.IsKind(SyntaxKind.RecordStructDeclaration))
            yield break;

        TypeDeclarationSyntax[] types = [.. node.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().Where(type => !type.Modifiers.Any(SyntaxKind.PartialKeyword))];
        if (types.Length > 0)
            yield return new Change(node.SyntaxTree.GetRoot(cancellationToken).ReplaceNodes(types, (_, current) => WithPartial(current)));
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
