using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>The calls of one body that run only because a check of an id succeeded.</summary>
internal sealed class CheckedIds
{
    private static readonly ConditionalWeakTable<Body, CheckedIds> PerBody = new();

    private readonly Dictionary<SyntaxNode, IdCall> _actByCheck = [];

    private CheckedIds(Body body, ISymbol containing, SdkSymbols sdk)
    {
        // A check that no act follows guards nothing.
        ActCalls acts = new(body);
        if (!body.Calls.Any(check => check.IsCheck && acts.MayFollow(check)))
            return;

        foreach (FlowGraph graph in FlowGraph.AllAround(body.Root, containing))
        {
            FlowSite[] checks = [.. graph.Sites().Where(site => CheckAt(site, sdk) is not null && acts.CanGuard(site.Operation.Syntax))];
            if (checks.Length == 0)
                continue;

            FlowBudget budget = FlowBudget.For(graph.Blocks.Length);
            Surroundings surroundings = new(graph, checks, budget);
            Dictionary<SyntaxNode, int> blocks = acts.BlocksIn(graph);
            foreach (FlowSite site in checks)
            {
                if (ActAfter(site, graph, surroundings, acts, blocks, budget, sdk) is { } act)
                    _actByCheck[site.Operation.Syntax] = act;
            }
        }
    }

    /// <summary>Returns the first call, in the order of the code, that runs only because a check succeeded, or null. The checks of a body are followed once, all together.</summary>
    public static IdCall? ActAfter(IdCall check, ISymbol containing, SdkSymbols sdk) =>
        PerBody.GetValue(Body.Around(check.Call, sdk), body => new CheckedIds(body, containing, sdk))._actByCheck.TryGetValue(check.Call.Syntax, out IdCall? act) ? act : null;

    private static IdCall? CheckAt(FlowSite site, SdkSymbols sdk) => IdCall.Of(site.Operation, sdk) is { IsCheck: true } check ? check : null;

    private static IdCall? ActAfter(FlowSite site, FlowGraph graph, Surroundings surroundings, ActCalls acts, Dictionary<SyntaxNode, int> blocks, FlowBudget budget, SdkSymbols sdk)
    {
        // What is known before the check takes time to find out, and matters only where there is something to report.
        if (acts.LastBlockAbout(CheckAt(site, sdk)!, blocks) is not { } lastAct || Run(isFound: true, Facts.None, lastAct) is not { Count: > 0 } possible)
            return null;

        Facts before = surroundings.At(site);
        int last = possible.Max(act => blocks[act]);
        return Run(isFound: true, before, last) is { Count: > 0 } found && Run(isFound: false, before, last) is { } otherwise
            ? acts.First(found.Where(act => !otherwise.Contains(act)))
            : null;

        HashSet<SyntaxNode>? Run(bool isFound, Facts facts, int last)
        {
            CheckedIdTracker tracker = new(graph, CheckAt(site, sdk)!, isFound, acts, last, sdk);
            return tracker.Start(facts) is { } start && PathFollower.After(graph, tracker, site, start, budget) ? tracker.Acts : null;
        }
    }
}
