using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Fixes IOASID1004 and IOASID1010: adds the mark.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UnmarkedLookupCodeFixProvider))]
[Shared]
public sealed class UnmarkedLookupCodeFixProvider : TriedCodeFixProvider
{
    private const string Suffix = "Attribute";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.UnmarkedLookup, DiagnosticIds.LooksUntyped];

    private protected override string Title => "Mark as [UntypedIoAsidLookup]";

    private protected override IEnumerable<Change> Ways(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CodeStyle style, CancellationToken cancellationToken)
    {
        // A report at a cast is about a method elsewhere.
        if (node is not MemberDeclarationSyntax member
            || SdkSymbols.Of(model.Compilation) is not { UntypedLookupAttribute: { Exists: true } mark })
            return [];

        string name = mark.Definitions[0].ToMinimalDisplayString(model, member.SpanStart);
        AttributeSyntax attribute = SyntaxFactory.Attribute(SyntaxFactory.ParseName(name.Substring(0, name.Length - Suffix.Length)));
        return [Replace(member, AttributeLines.Add(member, attribute))];
    }
}
