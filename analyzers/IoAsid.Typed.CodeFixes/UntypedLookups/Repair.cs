using System.Collections.Immutable;
using IoAsid.Typed.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace IoAsid.Typed.CodeFixes;

/// <summary>A repair of one untyped lookup: the code as it would be.</summary>
/// <param name="candidate">The set it looks in then.</param>
/// <param name="document">The repaired document.</param>
/// <param name="isCertain">Whether there is nothing to choose: the set is the given one, or the only one where none was given.</param>
internal sealed class Repair(CandidateSet candidate, Document document, bool isCertain)
{
    public CandidateSet Candidate => candidate;

    public Document Document => document;

    public bool IsCertain => isCertain;

    /// <summary>Returns all repairs of the untyped lookup that is reported at a place, each tried out on the compiler.</summary>
    public static async Task<ImmutableArray<Repair>> AllAsync(Document document, TextSpan reported, CancellationToken cancellationToken)
    {
        SyntaxNode root = (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!;
        SemanticModel model = (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!;
        if (SdkSymbols.Of(model.Compilation) is not { } sdk)
            return [];

        UntypedLookupCatalog catalog = new(sdk, model.Compilation, document.Project.AnalyzerOptions.AnalyzerConfigOptionsProvider);
        if (UseAt(root.FindNode(reported, getInnermostNodeForTie: true), reported, model, catalog, cancellationToken) is not { } use)
            return [];

        ImmutableArray<ITypeSymbol> expected = ExpectedData.Of(use.Operation);
        IOperation? given = use.TypedSetThatFits(expected, sdk);
        if (LookupArguments.Of(use, given, sdk) is not { } arguments)
            return [];

        ImmutableArray<CandidateSet> candidates = given is not null
            ? [CandidateSet.Given(given, expected, sdk, model.Compilation)]
            : CandidateSet.InScope(model, arguments.Call.SpanStart, use.Member, expected, sdk);

        RepairTrial trial = new(document, model, use.Operation, arguments, sdk, cancellationToken);
        List<(CandidateSet Candidate, Document Document)> good = [];
        foreach (CandidateSet candidate in candidates)
        {
            if (await trial.RepairAsync(candidate, cancellationToken).ConfigureAwait(false) is { } repaired)
                good.Add((candidate, repaired));
        }

        // A set that was named names an owner. Only where none was named, or the named one is typed, is there nothing to choose.
        bool isCertain = good.Count == 1 && (given is not null || use.Presence is SetPresence.Null or SetPresence.Unspecified);
        return [.. good.Select(repair => new Repair(repair.Candidate, repair.Document, isCertain))];
    }

    private static UntypedLookupUse? UseAt(
        SyntaxNode site,
        TextSpan reported,
        SemanticModel model,
        UntypedLookupCatalog catalog,
        CancellationToken cancellationToken) =>
        site.AncestorsAndSelf()
            .TakeWhile(node => node is ExpressionSyntax or ArgumentListSyntax)
            .Select(node => model.GetOperation(node, cancellationToken))
            .OfType<IOperation>()
            .Select(operation => UntypedLookupUse.Find(operation, catalog))
            .FirstOrDefault(use => use?.Site.Span == reported);
}
