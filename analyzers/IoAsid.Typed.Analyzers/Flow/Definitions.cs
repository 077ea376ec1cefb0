using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>The operations of a graph that give each slot its value, and the slots that may share one.</summary>
internal sealed class Definitions
{
    private readonly Dictionary<Slot, Slot> _shares = [];
    private readonly Dictionary<Slot, (FlowSite Site, Write Write)> _first = [];
    private readonly HashSet<Slot> _writtenAgain = [];

    public Definitions(FlowGraph graph)
    {
        foreach (FlowSite site in graph.Sites())
        {
            foreach (Write write in Write.Of(site.Operation, graph))
            {
                if (_first.ContainsKey(write.Slot))
                    _writtenAgain.Add(write.Slot);
                else
                    _first.Add(write.Slot, (site, write));

                if (Slot.Of(Assigned(write.Value)) is { } source)
                    _shares[ShareOf(write.Slot)] = ShareOf(source);
            }
        }
    }

    /// <summary>Returns the same slot for all between which a value may go, directly or by way of others.</summary>
    public Slot ShareOf(Slot slot)
    {
        while (_shares.TryGetValue(slot, out Slot next) && !next.Equals(slot))
            slot = next;

        return slot;
    }

    /// <summary>Returns the value of a slot that is written in one place only, as far as the value can be seen.</summary>
    public IOperation? ValueOf(Slot slot) => IsWrittenOnce(slot) ? _first[slot].Write.Value : null;

    /// <summary>Returns the place where a slot is written, if there is one such place only.</summary>
    public FlowSite? WriterOf(Slot slot) => IsWrittenOnce(slot) ? _first[slot].Site : null;

    /// <summary>Returns true if an operation of the graph writes a slot.</summary>
    public bool AreOf(Slot slot) => _first.ContainsKey(slot);

    /// <summary>Returns the value that an assignment in an assignment passes on.</summary>
    private static IOperation? Assigned(IOperation? value)
    {
        while (Unconverted.Of(value) is ISimpleAssignmentOperation inner)
            value = inner.Value;

        return Unconverted.Of(value);
    }

    /// <summary>Returns true if a slot is written in one place only. A parameter has a value to begin with, so the first write is the second.</summary>
    private bool IsWrittenOnce(Slot slot) => _first.ContainsKey(slot) && !_writtenAgain.Contains(slot) && slot.Symbol is not IParameterSymbol;
}
