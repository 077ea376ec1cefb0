using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Fixes IOASID1006: a pattern, which shows the behaviour for data of another subtype.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(HardCastCodeFixProvider))]
[Shared]
public sealed class HardCastCodeFixProvider : TriedCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.HardCast];

    private protected override string Title => "Ask with a pattern";

    private protected override IEnumerable<Change> Ways(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CodeStyle style, CancellationToken cancellationToken) =>
        node.FirstAncestorOrSelf<CastExpressionSyntax>() is { } cast
            ? new AskingCast(cast, model).Ways().Select(way => Replace(way.Old, way.New))
            : [];
}
