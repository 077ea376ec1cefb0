using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.CodeFixes;
using IoAsid.Typed.Layouts.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.Layouts.CodeFixes;

/// <summary>Fixes IOASID5004: gives a property with a built-in type the narrowest one that holds its field.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(WiderTypeCodeFixProvider))]
[Shared]
public sealed class WiderTypeCodeFixProvider : TriedCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LayoutDiagnosticIds.NarrowType];

    private protected override string Title => "Use a type that holds the field";

    /// <summary>Gets a value indicating whether the compiler judges the fix: not here, because the generated implementation still has the old type.</summary>
    private protected override bool IsJudgedByCompiler => false;

    private protected override IEnumerable<Change> Ways(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CodeStyle style, CancellationToken cancellationToken) =>
        node is TypeSyntax && diagnostic.Properties.TryGetValue(LayoutAnalyzer.WiderType, out string? name) && name is not null
            ? [Replace(node, SyntaxFactory.ParseTypeName(name).WithTriviaFrom(node))]
            : [];
}
