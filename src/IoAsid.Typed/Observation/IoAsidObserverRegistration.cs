namespace IoAsid.Typed;

/// <summary>An observer's place in the order. Dispose it to be told no more; events being told at that moment may still arrive.</summary>
public sealed class IoAsidObserverRegistration : IDisposable
{
    private readonly Observation.ObserverTable _table;
    private volatile bool _disposed;

    internal IoAsidObserverRegistration(
        Observation.ObserverTable table, Observation.ObserverGroup group, Action<IoAsidEvent> observer, IoAsidObserverPriority priority, long sequence)
    {
        _table = table;
        Group = group;
        Observer = observer;
        Priority = priority;
        Sequence = sequence;
    }

    /// <summary>When the observer is told, compared to others.</summary>
    public IoAsidObserverPriority Priority { get; }

    /// <summary>The observers among which this one is registered.</summary>
    internal Observation.ObserverGroup Group { get; }

    internal Action<IoAsidEvent> Observer { get; }

    internal long Sequence { get; }

    internal bool IsDisposed => _disposed;

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
