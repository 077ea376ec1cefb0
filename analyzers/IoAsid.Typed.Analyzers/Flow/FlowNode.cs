using Microsoft.CodeAnalysis.FlowAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// A place on a path: a block, or the search for a handler when an exception leaves a region. Inside a <c>finally</c> it also has
/// where control goes when that has run, so a <c>finally</c> is followed once for each way out.
/// </summary>
internal sealed class FlowNode(int number, BasicBlock? block, ControlFlowRegion? unwinding, FlowNode? after)
{
    /// <summary>Unique in a run.</summary>
    public int Number => number;

    /// <summary>Null while an exception is on its way.</summary>
    public BasicBlock? Block => block;

    /// <summary>The region from which the exception goes outwards.</summary>
    public ControlFlowRegion? Unwinding => unwinding;

    /// <summary>The node at which control continues after the <c>finally</c> around the block; null outside of a <c>finally</c>.</summary>
    public FlowNode? After => after;
}

/// <summary>The nodes of a run, one of a kind.</summary>
internal sealed class FlowNodes
{
    private readonly Dictionary<(object Place, int After), FlowNode> _nodes = [];

    public FlowNode At(BasicBlock block, FlowNode? after) => Get(block, block, null, after);

    public FlowNode Unwinding(ControlFlowRegion region, FlowNode? after) => Get(region, null, region, after);

    /// <summary>Returns the node to which a branch leads: through the <c>finally</c> blocks that it leaves, one after the other, to its destination.</summary>
    public FlowNode Through(ControlFlowBranch branch, FlowNode? after, FlowGraph graph)
    {
        FlowNode target = At(branch.Destination!, after);
        for (int i = branch.FinallyRegions.Length - 1; i >= 0; i--)
            target = At(graph.Blocks[branch.FinallyRegions[i].FirstBlockOrdinal], target);

        return target;
    }

    private FlowNode Get(object place, BasicBlock? block, ControlFlowRegion? unwinding, FlowNode? after)
    {
        (object, int) key = (place, after?.Number ?? -1);
        if (!_nodes.TryGetValue(key, out FlowNode? node))
            _nodes[key] = node = new FlowNode(_nodes.Count, block, unwinding, after);

        return node;
    }
}
