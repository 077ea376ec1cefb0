namespace IoAsid.Typed.Attack.Harness;

/// <summary>A log of events without a lock, because an interrupt could end the wait of an observer for a lock.</summary>
internal sealed class EventLog
{
    private Entry? _last;

    public void Record(IoAsidEvent edge)
    {
        Entry added;
        do
            added = new Entry(edge, Volatile.Read(ref _last));
        while (Interlocked.CompareExchange(ref _last, added, added.Before) != added.Before);
    }

    /// <summary>Returns each life with the first letters of its events, in order.</summary>
    public IEnumerable<(IoAsidSet Set, string Kinds)> Lives()
    {
        List<IoAsidEvent> all = [];
        for (Entry? at = Volatile.Read(ref _last); at is not null; at = at.Before)
            all.Add(at.Edge);

        all.Reverse();
        return all.GroupBy(edge => (edge.Set.Space, edge.Id, edge.Generation)).Select(life => (life.First().Set, string.Concat(life.Select(edge => edge.Kind.ToString()[0]))));
    }

    private sealed record Entry(IoAsidEvent Edge, Entry? Before);
}
