namespace IoAsid.Typed.Observation;

/// <summary>Who wants to be told of which part of a space, and in which order.</summary>
internal sealed class ObserverTable(IoAsidSpace space)
{
    private readonly object _lock = new();
    private volatile IoAsidObserverRegistration[] _all = [];
    private long _lastSequence;

    public bool IsEmpty => _all.Length == 0;

    /// <summary>Adds an observer of a set, or of an owner, who need not have a set yet, or of neither: of the space.</summary>
    public IoAsidObserverRegistration Add(IoAsidSet? set, object? owner, Action<IoAsidEvent> observer, IoAsidObserverPriority priority)
    {
        space.ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(observer);
        if (!Enum.IsDefined(priority))
        {
            throw new ArgumentOutOfRangeException(nameof(priority), priority, "The priority is Cpu, Device, Iommu or Last.");
        }

        lock (_lock)
        {
            var added = new IoAsidObserverRegistration(this, set, owner, observer, priority, ++_lastSequence);
            _all = [.. _all, added];
            return added;
        }
    }

    public void Remove(IoAsidObserverRegistration registration)
    {
        lock (_lock)
        {
            _all = Array.FindAll(_all, other => other != registration);
        }
    }

    /// <summary>The observers of a set's ids: by priority, then set before ancestors before space, then in order of registration.</summary>
    public IoAsidObserverRegistration[] For(IoAsidSet set)
    {
        IoAsidObserverRegistration[] all = _all;
        ObserversOfSet? known = set.Observers;
        if (known is null || known.Source != all)
        {
            set.Observers = known = new ObserversOfSet(all, Sorted(all, set));
        }

        return known.InOrder;
    }

    private static IoAsidObserverRegistration[] Sorted(IoAsidObserverRegistration[] all, IoAsidSet set) =>
    [
        .. from registration in all
           let distance = Distance(registration, set)
           where distance is not null
           orderby registration.Priority, distance, registration.Sequence
           select registration,
    ];

    /// <summary>How far above the set the observed part is; null if it is not above it at all.</summary>
    private static int? Distance(IoAsidObserverRegistration registration, IoAsidSet set)
    {
        if (registration.IsOfSpace)
        {
            return int.MaxValue;
        }

        int steps = 0;
        for (IoAsidSet? at = set; at is not null; at = at.Parent, steps++)
        {
            if (registration.IsOf(at))
            {
                return steps;
            }
        }

        return null;
    }

    /// <summary>The observers of one set, worked out for one state of the table.</summary>
    internal sealed record ObserversOfSet(IoAsidObserverRegistration[] Source, IoAsidObserverRegistration[] InOrder);
}
