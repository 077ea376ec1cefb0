namespace Corpus;

/// <summary>Observes the ids of a space, and records events and faults as lines.</summary>
public sealed class Monitor : IDisposable
{
    private readonly IoAsidSpace _space;
    private readonly List<IoAsidObserverRegistration> _registrations = [];
    private readonly ConcurrentQueue<string> _lines = new();

    public Monitor(IoAsidSpace space, object owner)
    {
        _space = space;
        _registrations.Add(space.Observe(told => _lines.Enqueue(told.ToString())));
        _registrations.Add(space.ObserveOwner(owner, OnOwned, IoAsidObserverPriority.Cpu));
        space.Faulted += OnFaulted;
    }

    public IEnumerable<string> Lines => _lines;

    public string Summary
    {
        get
        {
            IoAsidSpaceStatistics statistics = _space.GetStatistics();
            return $"{statistics.Outstanding} of {statistics.Limit}, {statistics.Quarantined} quarantined, {_space.DescribePending().Count} pending";
        }
    }

    public static string Describe(IoAsidSet set)
    {
        IoAsidSetStatistics statistics = set.GetStatistics();
        string quota = set.Quota is { } own ? $" of {own}" : "";
        return $"{set.Name}: {statistics.Live}{quota}, {(statistics.IsClosed ? "closed" : "open")}, {set.Ids.Count()} listed";
    }

    public void Dispose()
    {
        _space.Faulted -= OnFaulted;
        _registrations.ForEach(registration => registration.Dispose());
    }

    private void OnOwned(IoAsidEvent told)
    {
        if (told is { Kind: IoAsidEventKind.Freed, PrivateId: { } guest })
            _lines.Enqueue($"{guest} of {told.Set.Name} is gone");
    }

    private void OnFaulted(object? sender, IoAsidFaultEventArgs fault) => _lines.Enqueue($"{fault.Kind}: {fault.Exception?.Message ?? "no exception"}");
}
