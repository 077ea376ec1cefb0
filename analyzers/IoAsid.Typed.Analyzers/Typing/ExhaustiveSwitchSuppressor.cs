using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// A suppressor that takes CS8509 ("not exhaustive") away from a switch expression that has an arm for everything its data can be. The compiler does not know that a hierarchy is closed;
/// IOASID1008 does, and reports a missing subtype.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ExhaustiveSwitchSuppressor : DiagnosticSuppressor
{
    private static readonly SuppressionDescriptor Suppression = new(
        "IOASIDS1008",
        "CS8509",
        "Every subtype of the closed hierarchy has an arm; IOASID1008 reports one that has none.");

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = [Suppression];

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        if (SdkSymbols.Of(context.Compilation) is not { } sdk)
            return;

        ClosedHierarchies hierarchies = new();
        DataInUse inUse = new(context.Compilation, sdk);
        foreach (Diagnostic diagnostic in context.ReportedDiagnostics)
        {
            if (SwitchAt(diagnostic.Location, context.CancellationToken) is { } syntax && IsExhaustive(syntax))
                context.ReportSuppression(Microsoft.CodeAnalysis.Diagnostics.Suppression.Create(Suppression, diagnostic));
        }

        bool IsExhaustive(SwitchExpressionSyntax syntax)
        {
            SemanticModel model = context.GetSemanticModel(syntax.SyntaxTree);
            ISymbol containing = model.GetEnclosingSymbol(syntax.SpanStart, context.CancellationToken) ?? context.Compilation.Assembly;
            ISymbol within = containing.ContainingType ?? (ISymbol)context.Compilation.Assembly;
            return model.GetOperation(syntax, context.CancellationToken) is { } operation
                && DataSwitch.Of(operation, hierarchies, within) is { IsExhaustive: true } choice
                && MissingSubtypeAnalyzer.IsOfLookup(operation, containing, choice, inUse, sdk);
        }
    }

    private static SwitchExpressionSyntax? SwitchAt(Location location, CancellationToken cancellationToken) =>
        location.SourceTree?.GetRoot(cancellationToken).FindNode(location.SourceSpan).FirstAncestorOrSelf<SwitchExpressionSyntax>();
}
