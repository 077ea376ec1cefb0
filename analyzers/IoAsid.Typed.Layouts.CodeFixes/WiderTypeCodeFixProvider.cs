using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Layouts.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Layouts.CodeFixes;

/// <summary>Fixes IOASID5004: gives a property with a built-in type the narrowest one that holds its field.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(WiderTypeCodeFixProvider))]
[Shared]
public sealed class WiderTypeCodeFixProvider : SyntaxCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.NarrowType];

    private protected override string Title => "Use a type that holds the field";

    private protected override IEnumerable<(SyntaxNode Old, Func<SyntaxNode, SyntaxNode> Repair)> Fix(SyntaxNode node, Diagnostic diagnostic) =>
        node is TypeSyntax && diagnostic.Properties.TryGetValue(LayoutAnalyzer.WiderType, out string? name) && name is not null
            ? [(node, current => SyntaxFactory.ParseTypeName(name).WithTriviaFrom(current))]
            : [];
}
