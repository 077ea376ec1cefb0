using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>Follows each marked number of a function. A lambda or local function answers for its own parameters only: it may run after any check.</summary>
internal sealed class GuestNumberRule(GuestNumberMembers numbers, OwnerSets owners) : FlowRule
{
    public override ImmutableArray<OperationKind> Kinds { get; } =
        [
            OperationKind.ParameterReference,
            OperationKind.FieldReference,
            OperationKind.PropertyReference,
            OperationKind.Invocation,
            OperationKind.Argument,
            OperationKind.DeconstructionAssignment,
            OperationKind.RecursivePattern,
        ];

    public override bool IsOfInterest(IOperation operation) => numbers.SourceIn(operation) is not null || numbers.MayGiveOut(operation);

    public override void Analyze(FlowGraph graph, FlowBudget budget, Action<Diagnostic> report)
    {
        HashSet<IOperation> reported = [];
        foreach (ISymbol source in Sources(graph))
        {
            GuestNumberTracker tracker = new(graph, source, numbers, owners);
            if (!PathFollower.FromEntry(graph, tracker, tracker.Start(), budget))
                return;

            foreach (KeyValuePair<IOperation, (IMethodSymbol Method, IOperation Chosen)> escape in tracker.Escapes.Where(escape => reported.Add(escape.Key)))
                report(DiagnosticFor(escape.Key, escape.Value.Method, escape.Value.Chosen, source, tracker.OtherSet));
        }
    }

    private IEnumerable<ISymbol> Sources(FlowGraph graph) =>
        graph.Sites()
            .Select(site => numbers.SourceIn(site.Operation))
            .OfType<ISymbol>()
            .Where(source => !graph.IsInner || SymbolEqualityComparer.Default.Equals(source.ContainingSymbol, graph.Function) || source is IMethodSymbol)
            .Concat(graph.Sites().SelectMany(site => Write.Of(site.Operation, graph)).Select(write => write.From is { } from ? numbers.MarkedBy(from) : null).OfType<ISymbol>())
            .Distinct<ISymbol>(SymbolEqualityComparer.Default);

    private static Diagnostic DiagnosticFor(IOperation escape, IMethodSymbol method, IOperation chosen, ISymbol source, IOperation? otherSet) => Diagnostic.Create(
        Descriptors.UncheckedGuestNumber,
        escape.Syntax.GetLocation(),
        MemberSite.Quote(chosen.Syntax),
        source.Name,
        method.MethodKind == MethodKind.Constructor ? method.ContainingType.Name : method.Name,
        otherSet is null
            ? "hold it first by 'TryHold' on the set of its owner"
            : $"'{MemberSite.Quote(otherSet)}' ({MemberSite.Display(otherSet.Type)}) is not known to be the set of one owner: mark it [OwnerSet] if it is, or hold the number by the set of its owner");
}
