using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// The facts that hold on every path to a place: the conditions around it, and those whose failure leaves early. Computed for all
/// places of a graph together, on the first use.
/// </summary>
internal sealed class Surroundings
{
    private readonly Lazy<Watcher?> _watcher;

    public Surroundings(FlowGraph graph, IEnumerable<FlowSite> places, FlowBudget budget) => _watcher = new(() =>
    {
        Watcher watcher = new(graph, [.. places.Select(place => place.Operation)]);
        return PathFollower.FromEntry(graph, watcher, new FlowPath(default, Facts.None), budget) ? watcher : null;
    });

    public Facts At(FlowSite place) => _watcher.Value is { } watcher && watcher.Seen.TryGetValue(place.Operation, out Facts? seen) ? seen : Facts.None;

    /// <summary>Follows no value, and records the facts of each path.</summary>
    private sealed class Watcher(FlowGraph graph, HashSet<IOperation> places) : Tracker(graph)
    {
        public Dictionary<IOperation, Facts> Seen { get; } = [];

        public override FlowPath? Step(FlowPath path, IOperation operation)
        {
            if (places.Contains(operation))
                Seen[operation] = Seen.TryGetValue(operation, out Facts? seen) ? seen.Meet(path.Facts) : path.Facts;

            return path;
        }
    }
}
