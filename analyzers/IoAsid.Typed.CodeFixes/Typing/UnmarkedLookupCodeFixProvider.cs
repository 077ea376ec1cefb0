using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Analyzers;
using IoAsid.Typed.Analyzers.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes.Typing;

/// <summary>Fixes IOASID1004: the mark.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UnmarkedLookupCodeFixProvider))]
[Shared]
public sealed class UnmarkedLookupCodeFixProvider : NodeCodeFixProvider
{
    private const string Suffix = "Attribute";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.UnmarkedLookup];

    private protected override string Title => "Mark as [UntypedIoAsidLookup]";

    private protected override async Task<Document?> FixAsync(Document document, SyntaxNode node, CancellationToken cancellationToken)
    {
        SemanticModel model = (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!;
        if (node.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member
            || SdkSymbols.Of(model.Compilation) is not { UntypedLookupAttribute: { Exists: true } mark })
            return null;

        string name = mark.Definitions[0].ToMinimalDisplayString(model, member.SpanStart);
        AttributeSyntax attribute = SyntaxFactory.Attribute(SyntaxFactory.ParseName(name.Substring(0, name.Length - Suffix.Length)));
        SyntaxNode root = await model.SyntaxTree.GetRootAsync(cancellationToken).ConfigureAwait(false);
        return document.WithSyntaxRoot(root.ReplaceNode(member, AttributeLines.Add(member, attribute)));
    }
}
