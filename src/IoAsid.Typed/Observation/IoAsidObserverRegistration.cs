namespace IoAsid.Typed;

/// <summary>The registration of an observer. Disposal ends it. A notification that is in progress may still arrive.</summary>
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

    /// <summary>The observer's place in the order of notification.</summary>
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
