using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Allocation;
using IoAsid.Typed.Core;
using IoAsid.Typed.Lifetime;
using IoAsid.Typed.Lookup;
using IoAsid.Typed.Observation;
using IoAsid.Typed.Sets;

namespace IoAsid.Typed;

/// <summary>
/// A set of ids without its data type: membership, ownership, holds, quota and counts. What VFIO needs to prove that a guest uses ids of its
/// own, and no more than that: there is no data to be had here.
/// </summary>
/// <remarks>
/// Sets form a tree. A lookup through a set finds its own ids and those of the sets below it. All members are safe to use from any
/// thread. Sets are made by <see cref="IoAsidSpace.CreateSet{TData}"/> and <see cref="IoAsidSet{TData}.CreateSubset{TSub}"/>.
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public abstract class IoAsidSet
{
    private volatile bool _closed;
    private volatile DataPage?[] _ownPages = [];
    private int _index;
    private long _pendingCount;
    private long _failureCount;

    private protected IoAsidSet(IoAsidSpace space, IoAsidSet? parent, Type dataType, SetDescription description, Budget budget)
    {
        Space = space;
        Parent = parent;
        Root = parent?.Root ?? this;
        Table = parent?.Table ?? new RootTable(this);
        DataType = dataType;
        Name = description.Name;
        Quota = description.Quota;
        HasOwnOwner = description.Owner is not null;
        Owner = description.Owner ?? parent?.Owner;
        Budget = budget;
    }

    /// <summary>The name given to the set, for people and metrics; need not be unique.</summary>
    public string Name { get; }

    /// <summary>The space whose numbers these are.</summary>
    public IoAsidSpace Space { get; }

    /// <summary>The set above; null for a root.</summary>
    public IoAsidSet? Parent { get; }

    /// <summary>The topmost set, whose data type all data of the tree has.</summary>
    public IoAsidSet Root { get; }

    /// <summary>The type of data that ids of this set carry.</summary>
    public Type DataType { get; }

    /// <summary>The token of the set's owner, such as a process or a container; its parent's if it was made without one. Compared by reference.</summary>
    public object? Owner { get; }

    /// <summary>How many ids the set and those below it without a quota of their own may have; null to share the parent's.</summary>
    public uint? Quota { get; }

    /// <summary>Whether the set refuses new ids and subsets.</summary>
    public bool IsClosed => _closed;

    /// <summary>Whether the set brought an owner of its own, rather than to inherit its parent's.</summary>
    internal bool HasOwnOwner { get; }

    /// <summary>The nearest quota upwards, or the space's capacity. What an id of this set is charged to.</summary>
    internal Budget Budget { get; }

    internal RootTable Table { get; }

    /// <summary>
    /// For a root, the first pages of its table, here to be had in one step, because they hold nothing that is not the root's. Empty for other sets, whose
    /// lookups have more to check.
    /// </summary>
    internal DataPage?[] OwnPages
    {
        get => _ownPages;
        set => _ownPages = value;
    }

    /// <summary>What a page remembers of the set, so as not to keep the set itself, nor its owner's token, alive.</summary>
    internal object PageKey { get; } = new();

    /// <summary>The pages in which the set itself has ids, or had some.</summary>
    internal PageSet Pages { get; } = new();

    /// <summary>The observers of the set's ids in order, kept by <see cref="ObserverTable"/>.</summary>
    internal ObserverTable.ObserversOfSet? Observers { get; set; }

    /// <summary>The observers registered for this very set. Guarded by the lock of <see cref="ObserverTable"/>.</summary>
    internal ObserverGroup? ObserverGroup { get; set; }

    /// <summary>The quota that an id of this set is charged to; null if it is the space's capacity.</summary>
    internal uint? NearestQuota
    {
        get
        {
            IoAsidSet? at = this;
            while (at is { Quota: null })
                at = at.Parent;

            return at?.Quota;
        }
    }

    /// <summary>Ids of this set by their private ids.</summary>
    internal PrivateIdTable PrivateIds { get; } = new();

    /// <summary>Ids of this set proper that are freed and not reclaimed. Changed by interlocked operations.</summary>
    internal ref long PendingCount => ref _pendingCount;

    /// <summary>Allocations from this set proper, and from those below it that are gone, that failed. Changed by interlocked operations.</summary>
    internal ref long FailureCount => ref _failureCount;

    /// <summary>Ids of this set proper that are not reclaimed, and its allocations in progress. Guarded by the pool's gate.</summary>
    internal long Unreclaimed { get; set; }

    /// <summary>Ids that were ever allocated here, and in sets below that are gone. Guarded by the pool's gate.</summary>
    internal ulong AllocatedCount { get; set; }

    /// <summary>Ids of this set proper, and of those below it that are gone, that were ever reclaimed. Guarded by the pool's gate.</summary>
    internal ulong ReclaimedCount { get; set; }

    /// <summary>The sets directly below. Guarded by the lock on the tree.</summary>
    internal SetList Children { get; } = new();

    /// <summary>The sibling made before this one. Guarded by the lock on the tree.</summary>
    internal IoAsidSet? Previous { get; set; }

    /// <summary>The sibling made after this one. Guarded by the lock on the tree.</summary>
    internal IoAsidSet? Next { get; set; }

    /// <summary>What the ids of this set carry in the page's set column; 0 once the set is gone.</summary>
    internal int Index => Volatile.Read(ref _index);

    /// <summary>
    /// The numbers of this set and those below it that are not reclaimed, in ascending order. A weak snapshot: ids that come or go meanwhile may or may
    /// not show; each that was there all the time shows once.
    /// </summary>
    public IEnumerable<RawIoAsid> Ids
    {
        get
        {
            foreach ((RawIoAsid id, _) in this.Entries<object>())
                yield return id;
        }
    }

    private string DebuggerDisplay => $"{this}: {Unreclaimed} ids{(Quota is { } quota ? $" of {quota}" : "")}{(IsClosed ? ", closed" : "")}";

    /// <summary>Whether the number is allocated, not freed, in this set or below it. For display and assertions: out of date as soon as it returns.</summary>
    /// <param name="id">Any number.</param>
    public bool Contains(RawIoAsid id) => Space.Examine(this, id.Value, out _) is IoAsidLookupStatus.Found or IoAsidLookupStatus.NoData;

    /// <summary>
    /// Proves that an id belongs to this set or one below it and keeps it, in one step: what an owner does before it lets its guest use
    /// the id. Needs no data and gives none.
    /// </summary>
    /// <param name="id">Any number; a foreign one is refused and not disturbed.</param>
    /// <param name="reference">The hold, to be released once.</param>
    /// <returns>False if the id is not allocated, is another set's, or was freed.</returns>
    /// <exception cref="InvalidOperationException">The id has 268,435,455 references already. Nothing changed.</exception>
    public bool TryHold(RawIoAsid id, [NotNullWhen(true)] out IoAsidReference? reference)
    {
        LifePage? lives = this.Take(id.Value, needsData: false, out _, out _);
        reference = lives is null ? null : IoAsidReference.Of(lives, id.Value);
        return reference is not null;
    }

    /// <summary>As <see cref="TryHold(RawIoAsid, out IoAsidReference)"/>, for a number of this set's private space: what a guest calls the id.</summary>
    /// <param name="privateId">Any number of the set's own private space; subsets have private spaces of their own.</param>
    /// <param name="reference">The hold, to be released once.</param>
    /// <returns>False if no live id of this set has that private id.</returns>
    /// <exception cref="InvalidOperationException">The id has 268,435,455 references already. Nothing changed.</exception>
    public bool TryHold(PrivateIoAsid privateId, [NotNullWhen(true)] out IoAsidReference? reference)
    {
        LifePage? lives = this.Take(privateId, needsData: false, out uint id, out _);
        reference = lives is null ? null : IoAsidReference.Of(lives, id);
        return reference is not null;
    }

    /// <summary>The id that has this private id at the moment. Prefer to hold it in the same step.</summary>
    /// <param name="privateId">Any number of the set's own private space.</param>
    /// <param name="id">The id as hardware knows it.</param>
    /// <returns>False if no id of this set that is not freed has that private id.</returns>
    public bool TryResolve(PrivateIoAsid privateId, out RawIoAsid id)
    {
        bool found = PrivateIds.TryFind(privateId, out Life life);
        id = new RawIoAsid(life.Id);
        return found && this.TryReadLive(life, out _);
    }

    /// <summary>Tells the observer of every edge in the life of this set's ids and of those below it, outside of any lock.</summary>
    /// <param name="observer">Called on whatever thread makes the edge. May call back in; if it throws, <see cref="IoAsidSpace.Faulted"/> tells.</param>
    /// <param name="priority">When it is told, compared to others.</param>
    /// <returns>Dispose it to be told no more.</returns>
    public IoAsidObserverRegistration Observe(Action<IoAsidEvent> observer, IoAsidObserverPriority priority = IoAsidObserverPriority.Last) =>
        Space.Observers.AddToSet(this, observer, priority);

    /// <summary>Counts of this moment.</summary>
    public IoAsidSetStatistics GetStatistics() => Space.Tree.StatisticsOf(this);

    /// <summary>The name and the data type.</summary>
    public override string ToString() => $"{Name} <{DataType.Name}>";

    /// <summary>Frees the ids of this set and of those below it.</summary>
    internal void FreeLives()
    {
        foreach ((IoAsidSet owner, Life life) in this.OwnLives())
        {
            // Through the set that allocated it, perhaps below this one: the charge goes back to that set's count and quota.
            Space.Lifecycle.Free(owner, life);
        }
    }

    /// <summary>Returns true if the number's entry in the set column is this very set's. Valid for the life that the entry was read in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsOwnerIn(LifePage lives, uint id) => Volatile.Read(ref lives.SetIndex(id)) == Index;

    internal bool IsWithin(IoAsidSet ancestor)
    {
        IoAsidSet? at = this;
        while (at is not null && at != ancestor)
            at = at.Parent;

        return at is not null;
    }

    /// <summary>Joins the tree. Call under the lock on the tree. Leaves everything as it was if that fails.</summary>
    internal void Join(SetTable sets, SetList siblings)
    {
        _index = sets.Add(this);
        siblings.Add(this);
    }

    /// <summary>Refuses new ids from now on. Call under the lock on the tree and inside a section of the pool.</summary>
    internal void MarkClosed()
    {
        _closed = true;
        if (Quota is not null)
            Budget.Close();
    }

    /// <summary>Leaves the tree. Call under the lock on the tree, when the set is closed and empty.</summary>
    internal void Leave(SetTable sets, SetList siblings)
    {
        int index = _index;
        Volatile.Write(ref _index, 0);
        sets.Remove(index);
        siblings.Remove(this);
        Parent?.Absorb(this);
    }

    /// <summary>Keeps the counts of a set below that has left: what was ever counted here does not become less.</summary>
    private void Absorb(IoAsidSet child)
    {
        Interlocked.Add(ref _failureCount, Interlocked.Read(ref child._failureCount));
        using (Space.Pool.Enter())
        {
            AllocatedCount += child.AllocatedCount;
            ReclaimedCount += child.ReclaimedCount;
        }
    }
}
