using Microsoft.CodeAnalysis.FlowAnalysis;

namespace IoAsid.Typed.Analyzers;

/// <summary>The last block that can use a value which a block names: a block with a name that may have the value, or the block itself.</summary>
internal sealed class LastUses
{
    private readonly FlowGraph _graph;
    private readonly Dictionary<Slot, int> _lastOfSlot = [];
    private readonly Dictionary<BasicBlock, int> _lastOfBlock = [];

    /// <summary>Finds the last uses of a graph, if it has any site of interest.</summary>
    public LastUses(FlowGraph graph, IReadOnlyCollection<FlowSite> sites)
    {
        _graph = graph;
        if (sites.Count == 0)
            return;

        foreach (FlowSite site in graph.Sites())
        {
            if (Slot.Of(site.Operation) is { } slot)
                _lastOfSlot[graph.Definitions.ShareOf(slot)] = site.Block.Ordinal;
        }
    }

    public int Of(BasicBlock block)
    {
        if (_lastOfBlock.TryGetValue(block, out int last))
            return last;

        last = block.Ordinal;
        foreach (Write write in _graph.Operations(block).SelectMany(operation => Write.Of(operation, _graph)))
        {
            if (_lastOfSlot.TryGetValue(_graph.Definitions.ShareOf(write.Slot), out int use))
                last = Math.Max(last, use);
        }

        return _lastOfBlock[block] = last;
    }
}
