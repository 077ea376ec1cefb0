using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The engine: follows all paths of a graph from one place on, as a rule's tracker tells it to.</summary>
internal sealed class PathFollower
{
    /// <summary>A longer block counts as several, so that a body without branches has a bound too.</summary>
    private const int OperationsPerVisit = 128;

    private readonly FlowGraph _graph;
    private readonly Tracker _tracker;
    private readonly FlowBudget _budget;
    private readonly Conditions _conditions;
    private readonly FlowNodes _nodes = new();
    private readonly Dictionary<(FlowNode Node, Standing Standing), Facts> _known = [];

    // The earliest block first, so that ways that meet have met before the way on is taken.
    private readonly SortedDictionary<(int Block, int Node, int Turn), (FlowNode Node, Standing Standing)> _open = [];
    private readonly HashSet<(FlowNode Node, Standing Standing)> _waiting = [];
    private int _turns;
    private bool _isExhausted;

    private PathFollower(FlowGraph graph, Tracker tracker, FlowBudget budget)
    {
        _graph = graph;
        _tracker = tracker;
        _budget = budget;
        _conditions = new Conditions(tracker, graph);
    }

    /// <summary>Follows the paths that begin at the entry of the graph.</summary>
    /// <returns>False if the budget was used up: then nothing is known of every path.</returns>
    public static bool FromEntry(FlowGraph graph, Tracker tracker, FlowPath start, FlowBudget budget) =>
        new PathFollower(graph, tracker, budget).Follow(graph.Blocks[0], 0, start);

    /// <summary>Follows the paths that begin right after an operation.</summary>
    /// <returns>False if the budget was used up: then nothing is known of every path.</returns>
    public static bool After(FlowGraph graph, Tracker tracker, FlowSite site, FlowPath start, FlowBudget budget) =>
        new PathFollower(graph, tracker, budget).Follow(site.Block, site.Position + 1, start);

    private bool Follow(BasicBlock block, int position, FlowPath start)
    {
        if (!TrySpend())
            return false;

        Visit(_nodes.At(block, after: null), start, position);
        while (_open.Count > 0 && TrySpend())
        {
            (FlowNode Node, Standing Standing) next = TakeEarliest();
            Visit(next.Node, new FlowPath(next.Standing, _known[next]), 0);
        }

        return !_isExhausted;
    }

    private bool TrySpend() => !(_isExhausted |= !_budget.TrySpend());

    private (FlowNode Node, Standing Standing) TakeEarliest()
    {
        KeyValuePair<(int, int, int), (FlowNode, Standing)> earliest = _open.First();
        _open.Remove(earliest.Key);
        _waiting.Remove(earliest.Value);
        return earliest.Value;
    }

    /// <summary>Enters a node with a path, which is followed further if that tells anything new.</summary>
    private void Enter(FlowNode node, FlowPath path)
    {
        if (node.Block is { } block)
            Enter(node, block, path);
        else
            Unwind(node.Unwinding!, node.After, path);
    }

    private void Enter(FlowNode node, BasicBlock block, FlowPath path)
    {
        if (!_graph.MayComeBack(block, _tracker.LastBlock))
            return;

        (FlowNode Node, Standing Standing) key = (node, path.Standing);
        Facts? before = _known.TryGetValue(key, out Facts? known) ? known : null;
        Facts now = before?.Meet(path.Facts) ?? path.Facts;
        if (ReferenceEquals(now, before))
            return;

        _known[key] = now;
        if (_waiting.Add(key))
            _open.Add((block.Ordinal, node.Number, _turns++), key);
    }

    private void Visit(FlowNode node, FlowPath path, int position)
    {
        BasicBlock block = node.Block!;
        if (block.Kind == BasicBlockKind.Exit)
        {
            _tracker.Leave(path);
            return;
        }

        ImmutableArray<IOperation> operations = _graph.Operations(block);
        for (int i = position; i < operations.Length; i++)
        {
            if ((i - position) % OperationsPerVisit == OperationsPerVisit - 1 && !TrySpend())
                return;

            if (_tracker.FollowsExceptions && MayThrow(operations[i]) && _tracker.Interrupted(path, operations[i]) is { } interrupted)
                Unwind(block.EnclosingRegion, node.After, interrupted);

            if (Advance(path, operations[i]) is not { } next)
                return;

            path = next;
        }

        Branch(node, block, path);
    }

    private FlowPath? Advance(FlowPath path, IOperation operation)
    {
        ReturnContract contract = ReturnContract.Of(Ways.MethodRunBy(operation));
        if (contract.IsNever || IsOnNull(path, operation) || _tracker.Step(path, operation) is not { } next || Returning(next, operation, contract) is not { } before)
            return null;

        // The values are evaluated before any of the slots is written.
        next = before;
        foreach (Write write in Write.Of(operation, _graph))
        {
            if (_tracker.NamesAfter(before, next.Standing.Names, write) is not { } names)
                return null;

            Facts facts = _conditions.After(before, next.Facts, operation, write);
            if (names == 0 && next.Standing.Names != 0 && !_tracker.Lose(next))
                return null;

            next = next.Named(names).Knowing(facts);
        }

        return next;
    }

    /// <summary>Returns true if an operation uses a member of null, which throws.</summary>
    private bool IsOnNull(FlowPath path, IOperation operation)
    {
        IOperation? instance = operation switch
        {
            IInvocationOperation call when Ways.ReceiverOf(call.TargetMethod) is null => call.Instance,
            IMemberReferenceOperation member => member.Instance,
            _ => null,
        };
        return instance is { Type.IsReferenceType: true } && Slot.Of(instance) is not null && _conditions.ValueOf(path, instance) is { IsNull: true };
    }

    /// <summary>Returns the path on which a call returns; null if it cannot.</summary>
    private FlowPath? Returning(FlowPath path, IOperation operation, ReturnContract contract)
    {
        if (operation is not IInvocationOperation call)
            return path;

        foreach ((IOperation condition, bool value) in contract.NeverReturnsIf(call.Arguments))
        {
            if (_conditions.ValueOf(path, condition)?.Truth == value)
                return null;

            path = _conditions.Assume(path, condition, !value);
        }

        return path;
    }

    private void Branch(FlowNode node, BasicBlock block, FlowPath path)
    {
        if (block.ConditionKind == ControlFlowConditionKind.None)
        {
            Take(node, block, block.FallThroughSuccessor, path);
            return;
        }

        bool whenTaken = block.ConditionKind == ControlFlowConditionKind.WhenTrue;
        bool? outcome = _conditions.ValueOf(path, block.BranchValue)?.Truth;
        if (outcome != !whenTaken)
            Take(node, block, block.ConditionalSuccessor, _conditions.Assume(path, block.BranchValue!, whenTaken));

        if (outcome != whenTaken)
            Take(node, block, block.FallThroughSuccessor, _conditions.Assume(path, block.BranchValue!, !whenTaken));
    }

    private void Take(FlowNode node, BasicBlock block, ControlFlowBranch? branch, FlowPath path)
    {
        switch (branch?.Semantics)
        {
            case ControlFlowBranchSemantics.Return when block.BranchValue is { } value && !_tracker.Returns(path, value):
                break;
            case ControlFlowBranchSemantics.Regular or ControlFlowBranchSemantics.Return:
                Enter(_nodes.Through(branch, node.After, _graph), path);
                break;
            case ControlFlowBranchSemantics.StructuredExceptionHandling when node.After is { } after:
                Enter(after, path);
                break;
            case ControlFlowBranchSemantics.Throw or ControlFlowBranchSemantics.Rethrow when _tracker.FollowsExceptions:
                Unwind(block.EnclosingRegion, node.After, path);
                break;
        }
    }

    /// <summary>Follows an exception outwards to every handler that may be its own, through each <c>finally</c> on its way.</summary>
    private void Unwind(ControlFlowRegion from, FlowNode? after, FlowPath path)
    {
        foreach (ControlFlowRegion region in _graph.RegionsFrom(from))
        {
            ControlFlowRegion outer = region.EnclosingRegion!;
            if (region.Kind == ControlFlowRegionKind.Finally)
            {
                after = after?.After;
            }
            else if (region.Kind == ControlFlowRegionKind.Try && outer.Kind == ControlFlowRegionKind.TryAndFinally)
            {
                BasicBlock final = _graph.Blocks[outer.NestedRegions[1].FirstBlockOrdinal];
                Enter(_nodes.At(final, _nodes.Unwinding(outer, after)), final, path);
                return;
            }
            else if (region.Kind == ControlFlowRegionKind.Try && outer.Kind == ControlFlowRegionKind.TryAndCatch)
            {
                foreach (BasicBlock handler in outer.NestedRegions.Skip(1).Select(caught => _graph.Blocks[caught.FirstBlockOrdinal]))
                    Enter(_nodes.At(handler, after), handler, path);

                if (outer.NestedRegions.Any(CatchesAll))
                    return;
            }
        }
    }

    private static bool CatchesAll(ControlFlowRegion handler) =>
        handler.Kind == ControlFlowRegionKind.Catch
        && handler.ExceptionType is null or { SpecialType: SpecialType.System_Object } or { Name: "Exception", ContainingNamespace.Name: "System" };

    private static bool MayThrow(IOperation operation) =>
        operation is IInvocationOperation or IObjectCreationOperation or IPropertyReferenceOperation or IArrayElementReferenceOperation
            or IAwaitOperation or IDynamicInvocationOperation or IDynamicMemberReferenceOperation or IDynamicIndexerAccessOperation;
}
