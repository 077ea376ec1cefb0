using System.Collections.Immutable;
using System.Composition;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace IoAsid.Typed.CodeFixes;

/// <summary>Fixes IOASID1008: an arm for each subtype that has none, before the one that takes anything. What it does is yours to write; until then it throws.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MissingSubtypeCodeFixProvider))]
[Shared]
public sealed class MissingSubtypeCodeFixProvider : TriedCodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticIds.MissingSubtype];

    private protected override string Title => "Add the missing subtypes";

    private protected override IEnumerable<Change> Ways(SyntaxNode node, Diagnostic diagnostic, SemanticModel model, CodeStyle style, CancellationToken cancellationToken)
    {
        ISymbol within = model.GetEnclosingSymbol(node.SpanStart, cancellationToken)?.ContainingType ?? (ISymbol)model.Compilation.Assembly;
        if (DataSwitch.Of(model.GetOperation(node, cancellationToken), new ClosedHierarchies(), within) is not { Missing.IsEmpty: false } choice)
            return [];

        SyntaxNode? complete = node switch
        {
            SwitchExpressionSyntax expression => SwitchArms.Add(expression, choice, model),
            SwitchStatementSyntax statement => SwitchArms.Add(statement, choice, model),
            _ => null,
        };
        return complete is null ? [] : [Replace(node, complete)];
    }
}
