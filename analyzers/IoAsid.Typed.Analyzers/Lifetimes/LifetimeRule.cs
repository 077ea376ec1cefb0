using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>Follows each hold, reference and binding that a function takes, and each that it frees or releases.</summary>
internal sealed class LifetimeRule(LifetimeMembers members) : FlowRule
{
    public override ImmutableArray<OperationKind> Kinds { get; } = 
        [OperationKind.Invocation, OperationKind.Using, OperationKind.LocalFunction, OperationKind.AnonymousFunction];

    public override bool IsOfInterest(IMethodSymbol method)
    {
        if (!members.TakesOwnership.MayBeOnParametersOf(method))
            return false;

        foreach (IParameterSymbol parameter in Ways.ParametersOf(method))
        {
            if (members.IsTakenOver(parameter))
                return true;
        }

        return false;
    }

    public override bool IsOfInterest(IOperation operation) => operation switch
    {
        IInvocationOperation call => members.IsOfInterest(call),
        IUsingOperation { Resources: var resource } => members.IsReference(Unconverted.Of(resource)?.Type),
        ILocalFunctionOperation { Symbol: var function } => IsOfInterest(function),
        IAnonymousFunctionOperation { Symbol: var function } => IsOfInterest(function),
        _ => false,
    };

    /// <summary>Returns true if the code does not plainly release all that it holds, or uses something afterwards. Most code is plain.</summary>
    public override bool NeedsPaths(ImmutableArray<IOperation> found)
    {
        List<IInvocationOperation> taken = [];
        List<IOperation> ends = [];
        bool isFreed = false;
        foreach (IOperation operation in found)
        {
            switch (members.Of(operation))
            {
                case LifetimeAction.Hold or LifetimeAction.TryHold or LifetimeAction.Bind or LifetimeAction.Begin:
                    taken.Add((IInvocationOperation)operation);
                    break;
                case LifetimeAction.None when operation is ILocalFunctionOperation or IAnonymousFunctionOperation:
                    return true;
                case var action:
                    isFreed |= action == LifetimeAction.Free;
                    ends.Add(operation);
                    break;
            }
        }

        return (isFreed && taken.Count > 0) || !taken.TrueForAll(call => PlainRelease.Of(call, members)) || LaterUse.IsAfterAny(ends, members.Sdk);
    }

    public override void Analyze(FlowGraph graph, FlowBudget budget, Action<Diagnostic> report)
    {
        FlowSite[] calls = [.. graph.Sites().Where(site => members.Of(site.Operation) != LifetimeAction.None)];
        Surroundings surroundings = new(graph, calls, budget);
        foreach (Acquisition taken in calls.Select(call => Acquisition.At(call, graph, members)).OfType<Acquisition>())
        {
            FollowHold(taken, surroundings, graph, budget, report);
            if (taken is { Action: LifetimeAction.Bind, Id: not null })
                FollowBinding(taken, graph, budget, report);
        }

        foreach (IParameterSymbol parameter in graph.Parameters.Where(members.IsTakenOver))
            FollowParameter(parameter, graph, budget, report);

        FollowEnds(calls, graph, budget, report);
    }

    private void FollowHold(Acquisition taken, Surroundings surroundings, FlowGraph graph, FlowBudget budget, Action<Diagnostic> report)
    {
        // What is known before it is taken takes time to find out, and matters only where there is something to report.
        if (Follow(taken, graph, Facts.None, budget) is not { HasFindings: true }
            || Follow(taken, graph, surroundings.At(taken.Site), budget) is not { } tracker)
            return;

        if (tracker.IsForgotten)
            report(LifetimeReport.Leak(taken, graph));

        foreach (IInvocationOperation wait in tracker.Waits)
            report(LifetimeReport.WaitWhileHolding(wait, taken));
    }

    private HoldTracker? Follow(Acquisition taken, FlowGraph graph, Facts known, FlowBudget budget)
    {
        HoldTracker tracker = new(graph, taken, members);
        return tracker.Start(known) is { } start && PathFollower.After(graph, tracker, taken.Site, start, budget) ? tracker : null;
    }

    private void FollowParameter(IParameterSymbol parameter, FlowGraph graph, FlowBudget budget, Action<Diagnostic> report)
    {
        HoldTracker tracker = new(graph, taken: null, members);
        if (tracker.Start(parameter) is { } start && PathFollower.FromEntry(graph, tracker, start, budget) && tracker.IsForgotten)
            report(LifetimeReport.Leak(parameter, graph));
    }

    private void FollowBinding(Acquisition bind, FlowGraph graph, FlowBudget budget, Action<Diagnostic> report)
    {
        BindOrderTracker tracker = new(graph, bind, members);
        FlowPath start = new(default, Facts.None);
        if (PathFollower.After(graph, tracker, bind.Site, start, budget) && tracker.Free is { } free)
            report(LifetimeReport.FreeBeforeCompletion(free, bind));
    }

    private void FollowEnds(IEnumerable<FlowSite> calls, FlowGraph graph, FlowBudget budget, Action<Diagnostic> report)
    {
        HashSet<IOperation> reported = [];
        foreach ((Slot slot, int lastUse) in EndedSlots(calls, graph))
        {
            AfterEndTracker tracker = new(graph, slot, lastUse, members);
            if (!FollowFromWrite(slot, tracker, graph, budget))
                return;

            foreach ((FlowSite use, IOperation end) in tracker.Uses(graph.Sites()).Where(found => reported.Add(found.Use.Operation)))
                report(LifetimeReport.UseAfterEnd(use.Operation, end, members.Sdk));
        }
    }

    private static bool FollowFromWrite(Slot slot, AfterEndTracker tracker, FlowGraph graph, FlowBudget budget) =>
        graph.Definitions.WriterOf(slot) is { } writer
            ? PathFollower.After(graph, tracker, writer, tracker.Start(), budget)
            : PathFollower.FromEntry(graph, tracker, tracker.Start(), budget);

    /// <summary>Returns the slots that are freed or released, each with the last block that has a use which must not come after it.</summary>
    private IEnumerable<(Slot Slot, int LastUse)> EndedSlots(IEnumerable<FlowSite> calls, FlowGraph graph)
    {
        Slot[] ended = [.. calls.Where(IsWorthALook).Select(call => SlotOf(AfterEndTracker.HasEnd(call.Operation, members))).OfType<Slot>().Where(slot => graph.Owns(slot) || slot.Symbol is IParameterSymbol { RefKind: RefKind.Ref }).Distinct()];
        if (ended.Length == 0)
            return [];

        Dictionary<Slot, int> lastUses = [];
        foreach (FlowSite site in graph.Sites())
        {
            if (SlotOf(EndedUse.Of(site.Operation, members.Sdk)) is { } used && !ExpectedException.IsCaughtAround(site.Block, graph))
                lastUses[graph.Definitions.ShareOf(used)] = site.Block.Ordinal;
        }

        return ended
            .Where(slot => lastUses.ContainsKey(graph.Definitions.ShareOf(slot)))
            .Select(slot => (slot, lastUses[graph.Definitions.ShareOf(slot)]));
    }

    /// <summary>Returns true if the code releases the slot, and not the language at the end of a <c>using</c>, where the name ends too.</summary>
    private bool IsWorthALook(FlowSite call) =>
        !(call.Operation.IsImplicit && SlotOf(AfterEndTracker.HasEnd(call.Operation, members))?.Symbol is ILocalSymbol { IsUsing: true });

    private static Slot? SlotOf(IOperation? value) => Slot.Of(Unconverted.Of(value));
}
