using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>Follows no value, and reads the facts at each operation, in all functions of a body.</summary>
/// <param name="graph">The function.</param>
/// <param name="before">What is known when each lambda or local function runs.</param>
internal abstract class FactWatcher(FlowGraph graph, Dictionary<FlowGraph, Facts> before) : Tracker(graph)
{
    public override bool FollowsExceptions => true;

    public sealed override FlowPath? Step(FlowPath path, IOperation operation)
    {
        See(path, operation);
        if (Graph.FunctionAt(operation) is { } function)
        {
            Facts facts = function.FactsFrom(path.Facts);
            before[function] = before.TryGetValue(function, out Facts? known) ? known.Meet(facts) : facts;
        }

        return path;
    }

    /// <summary>Follows all functions of a body, outer functions first. The facts about a name that keeps its value also hold in the inner functions.</summary>
    /// <returns>False if a budget was used up: then nothing is known of every path.</returns>
    public static bool Follow(IEnumerable<FlowGraph> graphs, Func<FlowGraph, Dictionary<FlowGraph, Facts>, FactWatcher> watcher)
    {
        Dictionary<FlowGraph, Facts> before = [];
        foreach (FlowGraph graph in graphs)
        {
            Facts facts = before.TryGetValue(graph, out Facts? known) ? known : Facts.None;
            if (!PathFollower.FromEntry(graph, watcher(graph, before), new FlowPath(default, facts), FlowBudget.For(graph.Blocks.Length)))
                return false;
        }

        return true;
    }

    /// <summary>Records the facts at an operation.</summary>
    protected abstract void See(FlowPath path, IOperation operation);
}
