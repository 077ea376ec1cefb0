namespace IoAsid.Typed;

/// <summary>An observer's place in the order. Dispose it to be told no more; events being told at that moment may still arrive.</summary>
public sealed class IoAsidObserverRegistration : IDisposable
{
    private readonly Observation.ObserverTable _table;
    private readonly IoAsidSet? _set;
    private readonly object? _owner;
    private volatile bool _disposed;

    internal IoAsidObserverRegistration(
        Observation.ObserverTable table, IoAsidSet? set, object? owner, Action<IoAsidEvent> observer, IoAsidObserverPriority priority, long sequence)
    {
        _table = table;
        _set = set;
        _owner = owner;
        Observer = observer;
        Priority = priority;
        Sequence = sequence;
    }

    /// <summary>When the observer is told, compared to others.</summary>
    public IoAsidObserverPriority Priority { get; }

    internal bool IsOfSpace => _set is null && _owner is null;

    internal Action<IoAsidEvent> Observer { get; }

    internal long Sequence { get; }

    internal bool IsDisposed => _disposed;

    /// <summary>Whether this very set, or its owner, is observed.</summary>
    internal bool IsOf(IoAsidSet set) => set == _set || (_owner is not null && set.Owner == _owner);

    /// <summary>Ends the registration. Further calls do nothing.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _table.Remove(this);
        }
    }
}
