using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using IoAsid.Typed.Allocation;
using IoAsid.Typed.Core;
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
public abstract partial class IoAsidSet
{
    private readonly List<IoAsidSet> _children = [];
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

    /// <summary>Worked out by <see cref="ObserverTable"/>.</summary>
    internal ObserverTable.ObserversOfSet? Observers { get; set; }

    /// <summary>The quota that an id of this set is charged to; null if it is the space's capacity.</summary>
    internal uint? NearestQuota => Quota ?? Parent?.NearestQuota;

    /// <summary>Ids of this set by their private ids.</summary>
    internal PrivateIdTable PrivateIds { get; } = new();

    /// <summary>Ids of this set proper that are freed and not reclaimed. Changed by interlocked operations.</summary>
    internal ref long PendingCount => ref _pendingCount;

    /// <summary>Allocations from this set proper, and from those below it that are gone, that failed. Changed by interlocked operations.</summary>
    internal ref long FailureCount => ref _failureCount;

    /// <summary>Ids of this set proper that are not reclaimed. Guarded by the pool's gate.</summary>
    internal long Held { get; set; }

    /// <summary>Ids that were ever allocated here, and in sets below that are gone. Guarded by the pool's gate.</summary>
    internal ulong Begun { get; set; }

    /// <summary>Ids of this set proper, and of those below it that are gone, that were ever reclaimed. Guarded by the pool's gate.</summary>
    internal ulong Reclaimed { get; set; }

    /// <summary>The sets directly below. Guarded by the lock on the tree.</summary>
    internal IReadOnlyList<IoAsidSet> Children => _children;

    /// <summary>What the ids of this set carry in the page's set column; 0 once the set is gone.</summary>
    internal int Index => Volatile.Read(ref _index);

    private string DebuggerDisplay => $"{this}: {Held} ids{(Quota is { } quota ? $" of {quota}" : "")}{(IsClosed ? ", closed" : "")}";

    /// <summary>Whether the number is allocated, not freed, in this set or below it. For display and assertions: out of date as soon as it returns.</summary>
    /// <param name="id">Any number.</param>
    public bool Contains(RawIoAsid id) => Examine(id.Value, out _) is IoAsidLookupStatus.Found or IoAsidLookupStatus.NoData;

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
        LifePage? lives = Take(id.Value, needsData: false, out _, out _);
        reference = lives is null ? null : new IoAsidReference(lives, id.Value);
        return reference is not null;
    }

    /// <summary>As <see cref="TryHold(RawIoAsid, out IoAsidReference)"/>, for a number of this set's private space: what a guest calls the id.</summary>
    /// <param name="privateId">Any number of the set's own private space; subsets have private spaces of their own.</param>
    /// <param name="reference">The hold, to be released once.</param>
    /// <returns>False if no live id of this set has that private id.</returns>
    /// <exception cref="InvalidOperationException">The id has 268,435,455 references already. Nothing changed.</exception>
    public bool TryHold(PrivateIoAsid privateId, [NotNullWhen(true)] out IoAsidReference? reference)
    {
        LifePage? lives = Take(privateId, needsData: false, out uint id, out _);
        reference = lives is null ? null : new IoAsidReference(lives, id);
        return reference is not null;
    }

    /// <summary>The id that has this private id at the moment. Prefer to hold it in the same step.</summary>
    /// <param name="privateId">Any number of the set's own private space.</param>
    /// <param name="id">The id as hardware knows it.</param>
    /// <returns>False if no id of this set that is not freed has that private id.</returns>
    public bool TryResolve(PrivateIoAsid privateId, out RawIoAsid id)
    {
        bool found = PrivateIds.TryFind(privateId, out ulong key);
        id = new RawIoAsid((uint)key);
        return found && LifeWord.Read(ref Table.Pages.Find((uint)key)!.Lives.Word((uint)key)).IsLive((uint)(key >> 32));
    }

    /// <summary>Tells the observer of every edge in the life of this set's ids and of those below it, outside of any lock.</summary>
    /// <param name="observer">Called on whatever thread makes the edge. May call back in; if it throws, <see cref="IoAsidSpace.Faulted"/> tells.</param>
    /// <param name="priority">When it is told, compared to others.</param>
    /// <returns>Dispose it to be told no more.</returns>
    public IoAsidObserverRegistration Observe(Action<IoAsidEvent> observer, IoAsidObserverPriority priority = IoAsidObserverPriority.Last) =>
        Space.Observers.Add(this, owner: null, observer, priority);

    /// <summary>Counts of this moment.</summary>
    public IoAsidSetStatistics GetStatistics() => Space.StatisticsOf(this);

    /// <summary>The name and the data type.</summary>
    public override string ToString() => $"{Name} <{DataType.Name}>";

    /// <summary>Frees the ids of this set and of those below it.</summary>
    internal void FreeLives()
    {
        foreach ((IoAsidSet owner, uint id, uint generation, DataPage page) in OwnLives())
        {
            // Through the set that allocated it, perhaps below this one: its count and its quota are the ones to go back.
            Space.Free(owner, id, generation, page);
        }
    }

    internal bool IsWithin(IoAsidSet ancestor)
    {
        IoAsidSet? at = this;
        while (at is not null && at != ancestor)
        {
            at = at.Parent;
        }

        return at is not null;
    }

    /// <summary>Joins the tree. Call under the lock on the tree.</summary>
    internal void Attach(SetTable sets)
    {
        _index = sets.Add(this);
        Parent?._children.Add(this);
    }

    /// <summary>Refuses new ids from now on. Call under the lock on the tree and inside a section of the pool.</summary>
    internal void MarkClosed()
    {
        _closed = true;
        if (Quota is not null)
        {
            Budget.Close();
        }
    }

    /// <summary>Leaves the tree. Call under the lock on the tree, when the set is closed and empty.</summary>
    internal void Detach(SetTable sets)
    {
        int index = _index;
        Volatile.Write(ref _index, 0);
        sets.Remove(index);
        Parent?.Absorb(this);
    }

    /// <summary>Lets go of a set below and keeps its counts: what was ever counted here does not become less.</summary>
    private void Absorb(IoAsidSet child)
    {
        _children.Remove(child);
        Interlocked.Add(ref _failureCount, Interlocked.Read(ref child._failureCount));
        using (Space.Pool.Enter())
        {
            Begun += child.Begun;
            Reclaimed += child.Reclaimed;
        }
    }
}
