using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers.Flow;

/// <summary>Which operations of a graph give each slot its value, and which slots may share one.</summary>
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

    /// <summary>The same slot for all between which a value may go, directly or by way of others.</summary>
    public Slot ShareOf(Slot slot)
    {
        while (_shares.TryGetValue(slot, out Slot next) && !next.Equals(slot))
            slot = next;

        return slot;
    }

    /// <summary>The value of a slot that is written in one place only, as far as it can be seen.</summary>
    public IOperation? ValueOf(Slot slot) => IsWrittenOnce(slot) ? _first[slot].Write.Value : null;

    /// <summary>The place where a slot is written, if there is one such place only.</summary>
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

    /// <summary>A parameter has a value to begin with, so the first write of it is the second.</summary>
    private bool IsWrittenOnce(Slot slot) => _first.ContainsKey(slot) && !_writtenAgain.Contains(slot) && slot.Symbol is not IParameterSymbol;
}
