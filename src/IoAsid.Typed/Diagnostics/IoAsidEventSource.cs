using System.Diagnostics.Tracing;

namespace IoAsid.Typed.Diagnostics;

/// <summary>The events of every space, for <c>dotnet-trace</c> and other listeners. Without listeners they cost one check.</summary>
[EventSource(Name = "IoAsid.Typed")]
internal sealed class IoAsidEventSource : EventSource
{
    public static readonly IoAsidEventSource Log = new();

    /// <summary>Gets a value indicating whether a listener wants the edges in the lives of ids, beside failures.</summary>
    public bool ReportsEdges
    {
        [NonEvent]
        get => IsEnabled() && IsEnabled(EventLevel.Verbose, EventKeywords.None);
    }

    [NonEvent]
    public void Edge(in IoAsidEvent edge)
    {
        if (!ReportsEdges)
            return;

        try
        {
            Write(edge);
        }
        catch (OutOfMemoryException)
        {
            // The id's life continues even if the event cannot be logged.
        }
    }

    [NonEvent]
    private void Write(in IoAsidEvent edge)
    {
        string space = edge.Set.Space.Name;
        switch (edge.Kind)
        {
            case IoAsidEventKind.Allocated:
                Allocated(space, edge.Set.Name, edge.Id.Value, edge.Generation);
                break;
            case IoAsidEventKind.Bound:
                Bound(space, edge.Set.Name, edge.Id.Value, edge.Generation);
                break;
            case IoAsidEventKind.Unbound:
                Unbound(space, edge.Set.Name, edge.Id.Value, edge.Generation);
                break;
            case IoAsidEventKind.Freed:
                Freed(space, edge.Set.Name, edge.Id.Value, edge.Generation);
                break;
            default:
                Reclaimed(space, edge.Set.Name, edge.Id.Value, edge.Generation);
                break;
        }
    }

    [NonEvent]
    public void Failed(IoAsidSet set, IoAsidAllocationFailure failure)
    {
        if (IsEnabled())
            AllocationFailed(set.Space.Name, set.Name, failure.ToString());
    }

    [Event(1, Level = EventLevel.Verbose)]
    public void Allocated(string space, string set, uint id, uint generation) => WriteEvent(1, space, set, id, generation);

    [Event(2, Level = EventLevel.Verbose)]
    public void Bound(string space, string set, uint id, uint generation) => WriteEvent(2, space, set, id, generation);

    [Event(3, Level = EventLevel.Verbose)]
    public void Unbound(string space, string set, uint id, uint generation) => WriteEvent(3, space, set, id, generation);

    [Event(4, Level = EventLevel.Verbose)]
    public void Freed(string space, string set, uint id, uint generation) => WriteEvent(4, space, set, id, generation);

    [Event(5, Level = EventLevel.Verbose)]
    public void Reclaimed(string space, string set, uint id, uint generation) => WriteEvent(5, space, set, id, generation);

    [Event(6, Level = EventLevel.Informational)]
    public void AllocationFailed(string space, string set, string reason) => WriteEvent(6, space, set, reason);

    [Event(7, Level = EventLevel.Warning)]
    public void Fault(string space, string fault) => WriteEvent(7, space, fault);
}
