using IoAsid.Typed.Core;

namespace IoAsid.Typed.Observation;

/// <summary>The observers of a space, of sets and of owners, and the order in which they are notified.</summary>
/// <remarks>The costs of a registration, and of finding the observers of one set, do not grow with the number of observed sets. The lock guards the groups and the version.</remarks>
internal sealed class ObserverTable(IoAsidSpace space)
{
    private readonly UninterruptedLock _lock = new();

    private readonly Dictionary<object, ObserverGroup> _owners = new(ReferenceEqualityComparer.Instance);
    private readonly ObserverGroup _ofSpace = new();
    private volatile int _count;
    private long _version;
    private long _lastSequence;

    public bool IsEmpty => _count == 0;

    /// <summary>Adds an observer of the space.</summary>
    public IoAsidObserverRegistration Add(Action<IoAsidEvent> observer, IoAsidObserverPriority priority) =>
        Add(space, static (table, _) => table._ofSpace, observer, priority);

    /// <summary>Adds an observer of a set and those below it.</summary>
    public IoAsidObserverRegistration AddToSet(IoAsidSet set, Action<IoAsidEvent> observer, IoAsidObserverPriority priority) =>
        Add(set, static (_, set) => ((IoAsidSet)set).ObserverGroup ??= new ObserverGroup(), observer, priority);

    /// <summary>Adds an observer of an owner's sets and those below them. The owner need not have a set yet.</summary>
    public IoAsidObserverRegistration AddToOwner(object owner, Action<IoAsidEvent> observer, IoAsidObserverPriority priority) =>
        Add(owner, static (table, owner) => table.GroupOfOwner(owner), observer, priority);

    public void Remove(IoAsidObserverRegistration registration)
    {
        using (_lock.Enter())
        {
            ObserverGroup group = registration.Group;
            if (!group.Members.Remove(registration))
                return;

            _count--;
            _version++;
            RemoveIfEmpty(group);
        }
    }

    /// <summary>
    /// Returns the observers of a set's ids: by priority, then set before ancestors before space, then in order of registration. If memory is short, returns the observers
    /// of the last call for this set.
    /// </summary>
    public IoAsidObserverRegistration[] For(IoAsidSet set)
    {
        try
        {
            return Prepare(set);
        }
        catch (OutOfMemoryException)
        {
            return set.Observers?.InOrder ?? [];
        }
    }

    /// <summary>Finds the observers of a set ahead of an event.</summary>
    /// <exception cref="OutOfMemoryException">Nothing changed.</exception>
    private IoAsidObserverRegistration[] Prepare(IoAsidSet set)
    {
        ObserversOfSet? known = set.Observers;
        if (known is null || known.Version != Interlocked.Read(ref _version))
        {
            using (_lock.Enter())
            {
                FaultPoint.Allocation();
                set.Observers = known = new ObserversOfSet(_version, Sorted(set));
            }
        }

        return known.InOrder;
    }

    /// <summary>Finds the observers of a set ahead of an event, if the space has any observers.</summary>
    /// <exception cref="OutOfMemoryException">Nothing changed.</exception>
    public void PrepareIfObserved(IoAsidSet set)
    {
        if (!IsEmpty)
            Prepare(set);
    }

    private IoAsidObserverRegistration Add(
        object subject, Func<ObserverTable, object, ObserverGroup> groupOf, Action<IoAsidEvent> observer, IoAsidObserverPriority priority)
    {
        space.ThrowIfDisposed();
        ArgumentNullException.ThrowIfNull(observer);
        if (!Enum.IsDefined(priority))
            throw new ArgumentOutOfRangeException(nameof(priority), priority, "The priority is Cpu, Device, Iommu or Last.");

        using (_lock.Enter())
        {
            ObserverGroup group = groupOf(this, subject);
            try
            {
                FaultPoint.Allocation();
                IoAsidObserverRegistration added = new(this, group, observer, priority, _lastSequence + 1);
                group.Members.Add(added);
                _lastSequence++;
                _count++;
                _version++;
                return added;
            }
            catch (OutOfMemoryException)
            {
                RemoveIfEmpty(group);
                throw;
            }
        }
    }

    private void RemoveIfEmpty(ObserverGroup group)
    {
        if (group is { Owner: { } owner, Members.Count: 0 })
            _owners.Remove(owner);
    }

    private ObserverGroup GroupOfOwner(object owner)
    {
        if (!_owners.TryGetValue(owner, out ObserverGroup? group))
            _owners.Add(owner, group = new ObserverGroup(owner));

        return group;
    }

    private IoAsidObserverRegistration[] Sorted(IoAsidSet set)
    {
        List<(int Distance, IoAsidObserverRegistration Registration)> found = [];
        HashSet<object> owners = new(ReferenceEqualityComparer.Instance);
        int distance = 0;
        for (IoAsidSet? at = set; at is not null; at = at.Parent, distance++)
        {
            Find(at.ObserverGroup, distance, found);
            if (at.Owner is { } owner && owners.Add(owner))
                Find(_owners.GetValueOrDefault(owner), distance, found);
        }

        Find(_ofSpace, int.MaxValue, found);
        return
        [
            .. from entry in found
               orderby entry.Registration.Priority, entry.Distance, entry.Registration.Sequence
               select entry.Registration,
        ];
    }

    private static void Find(ObserverGroup? group, int distance, List<(int Distance, IoAsidObserverRegistration Registration)> found)
    {
        if (group is not null)
            found.AddRange(group.Members.Select(registration => (distance, registration)));
    }

    /// <summary>The observers of one set, found for one version of the table.</summary>
    internal sealed record ObserversOfSet(long Version, IoAsidObserverRegistration[] InOrder);
}
