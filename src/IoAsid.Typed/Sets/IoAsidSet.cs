using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Allocation;
using IoAsid.Typed.Core;
using IoAsid.Typed.Diagnostics;
using IoAsid.Typed.Lifetime;
using IoAsid.Typed.Lookup;
using IoAsid.Typed.Observation;
using IoAsid.Typed.Sets;

namespace IoAsid.Typed;

/// <summary>
/// A set of ids without its data type: membership, ownership, holds, quota and counts. VFIO needs this much to prove that a guest uses its
/// own ids. The class gives no access to data.
/// </summary>
/// <remarks>
/// Sets form a tree. A lookup through a set finds its own ids and those of the sets below it. All members are safe to use from any
/// thread. Sets are created by <see cref="IoAsidSpace.CreateSet{TData}"/> and <see cref="IoAsidSet{TData}.CreateSubset{TSub}"/>.
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
[DebuggerTypeProxy(typeof(SetDebugView))]
public abstract class IoAsidSet
{
    /// <summary>The index of a set that is not in the tree. No number has this owner.</summary>
    internal const int NoIndex = -1;

    private static long s_sets;

    private volatile bool _closed;
    private volatile DataPage?[] _ownPages = [];
    private int _index = NoIndex;
    private long _pendingCount;
    private long _failureCount;

    private protected IoAsidSet(IoAsidSpace space, IoAsidSet? parent, Type dataType, SetDescription description, Budget budget)
    {
        Space = space;
        Pool = space.Pool;
        HandleKey = space.HandleKey;
        Parent = parent;
        ShortHolds = space.TracksHolders ? ShortHolds.None : parent is null ? ShortHolds.AllIds : ShortHolds.OwnIds;
        Root = parent?.Root ?? this;
        Table = parent?.Table ?? new SetTreeData(this);
        DataType = dataType;
        Name = description.Name;
        Quota = description.Quota;
        HasOwnOwner = description.Owner is not null;
        Owner = description.Owner ?? parent?.Owner;
        Budget = budget;
        Stock = space.Pool.HasStocks ? new NumberStock(this) : null;
    }

    /// <summary>The display name, also used in metrics. Need not be unique.</summary>
    public string Name { get; }

    /// <summary>The space of the set's numbers.</summary>
    public IoAsidSpace Space { get; }

    /// <summary>The set above; null for a root.</summary>
    public IoAsidSet? Parent { get; }

    /// <summary>The topmost set, whose data type covers all data of the tree.</summary>
    public IoAsidSet Root { get; }

    /// <summary>The type of the data of this set's ids.</summary>
    public Type DataType { get; }

    /// <summary>The token of the set's owner, such as a process or a container. Compared by reference. A set that was created without owner has its parent's.</summary>
    public object? Owner { get; }

    /// <summary>The most ids of the set and of those below it without a quota of their own; null to share the parent's quota.</summary>
    public uint? Quota { get; }

    /// <summary>Gets a value indicating whether the set refuses new ids and subsets.</summary>
    public bool IsClosed => _closed;

    /// <summary>Gets a value indicating whether the set was created with an owner of its own.</summary>
    internal bool HasOwnOwner { get; }

    /// <summary>The key of the space that scrambles the lives in handles. The set has it too, so that each use of a handle needs one load less.</summary>
    internal ulong HandleKey { get; }

    /// <summary>The numbers of the space. The set has the reference too, so that an allocation needs one load less to reach the gate.</summary>
    internal NumberPool Pool { get; }

    /// <summary>The budget to which ids of this set are charged: the nearest quota upwards, or the space's capacity.</summary>
    internal Budget Budget { get; }

    /// <summary>The numbers that the set has taken in advance; null in a space without relaxed order.</summary>
    internal NumberStock? Stock { get; }

    /// <summary>The ids that a hold takes in the short way.</summary>
    internal ShortHolds ShortHolds { get; }

    internal SetTreeData Table { get; }

    /// <summary>
    /// For a root, the first pages of its table. A lookup reaches them in one step and needs no further check, because they have data of the root's tree only. Empty for other
    /// sets, whose lookups check more.
    /// </summary>
    internal DataPage?[] OwnPages
    {
        get => _ownPages;
        set => _ownPages = value;
    }

    /// <summary>The odd number by which a <see cref="DataBlock"/> identifies the set. No other set has the same number. A reference to the set would keep its owner's token alive.</summary>
    internal ulong BlockKey { get; } = ((ulong)Interlocked.Increment(ref s_sets) << 1) | 1;

    /// <summary>The pages in which the set itself has ids, or had some.</summary>
    internal PageSet Pages { get; } = new();

    /// <summary>The observers of the set's ids in order, kept by <see cref="ObserverTable"/>.</summary>
    internal ObserverTable.ObserversOfSet? Observers { get; set; }

    /// <summary>The observers registered for the set itself. Guarded by the lock of <see cref="ObserverTable"/>.</summary>
    internal ObserverGroup? ObserverGroup { get; set; }

    /// <summary>The quota to which an id of this set is charged; null for the space's capacity.</summary>
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

    /// <summary>The ids of this set by their private ids.</summary>
    internal PrivateIdTable PrivateIds { get; } = new();

    /// <summary>The number of ids of the set itself that are freed and not reclaimed. Changed by interlocked operations.</summary>
    internal ref long PendingCount => ref _pendingCount;

    /// <summary>The number of failed allocations from the set itself, and from sets below that have left the tree. Changed by interlocked operations.</summary>
    internal ref long FailureCount => ref _failureCount;

    /// <summary>The number of ids of the set itself that are not reclaimed, of its allocations in progress, and of the numbers in its stock. Guarded by the pool's gate.</summary>
    internal long Unreclaimed => (long)(AllocatedCount - ReclaimedCount) + ChargedAhead;

    /// <summary>The number of the set's charges that are not counted as allocated: those of allocations in progress, and those for an open stock. Guarded by the pool's gate.</summary>
    internal long ChargedAhead { get; set; }

    /// <summary>The number of ids that were ever allocated in the set itself, and in sets below that have left the tree. Guarded by the pool's gate; without those that an open stock counts.</summary>
    internal ulong AllocatedCount { get; set; }

    /// <summary>The number of ids of the set itself, and of sets below that have left the tree, that were ever reclaimed. Guarded by the pool's gate; without those that an open stock counts.</summary>
    internal ulong ReclaimedCount { get; set; }

    /// <summary>The sets directly below. Guarded by the lock on the tree.</summary>
    internal SetList Children { get; } = new();

    /// <summary>The sibling created before this one. Guarded by the lock on the tree.</summary>
    internal IoAsidSet? Previous { get; set; }

    /// <summary>The sibling created after this one. Guarded by the lock on the tree.</summary>
    internal IoAsidSet? Next { get; set; }

    /// <summary>The set index of this set's ids in a <see cref="LifePage"/>; <see cref="NoIndex"/> after the set has left the tree.</summary>
    internal int Index => Volatile.Read(ref _index);

    /// <summary>
    /// The numbers of this set and those below it that are not reclaimed, in ascending order. A weak snapshot: ids that are allocated or reclaimed meanwhile may or may
    /// not appear. Every other id appears once.
    /// </summary>
    public IEnumerable<RawIoAsid> Ids
    {
        get
        {
            foreach ((RawIoAsid id, _) in this.Entries<object>())
                yield return id;
        }
    }

    private string DebuggerDisplay => $"{this}: {Unreclaimed - (Stock?.Count ?? 0)} ids{(Quota is { } quota ? $" of {quota}" : "")}{(IsClosed ? ", closed" : "")}";

    /// <summary>Returns true if the number is a live id of this set or one below it. For display and assertions: out of date as soon as it returns.</summary>
    /// <param name="id">Any number.</param>
    public bool Contains(RawIoAsid id) => Space.Examine(this, id.Value, out _) is IoAsidLookupStatus.Found or IoAsidLookupStatus.NoData;

    /// <summary>
    /// Tries to hold an id of this set or one below it. One step proves that the id belongs to the set and keeps it. An owner calls this before its guest uses
    /// the id. Needs no data and gives no access to data.
    /// </summary>
    /// <param name="id">Any number. An id of another set is refused and not touched.</param>
    /// <param name="reference">The reference, to be released by disposal; null if the result is false.</param>
    /// <returns>True if the id is held; false if it is not allocated, belongs to another set, or was freed.</returns>
    /// <exception cref="InvalidOperationException">The id has 268,435,455 references already. Nothing changed.</exception>
    public bool TryHold(RawIoAsid id, [NotNullWhen(true)] out IoAsidReference? reference)
    {
        LifePage? lives = this.Take(id.Value, needsData: false, out _, out _);
        reference = lives is null ? null : IoAsidReference.Of(lives, id.Value);
        return reference is not null;
    }

    /// <summary>Tries to hold the id of this set that has a private id, such as a guest's own PASID.</summary>
    /// <param name="privateId">Any number of the set's own private space; subsets have private spaces of their own.</param>
    /// <param name="reference">The reference, to be released by disposal; null if the result is false.</param>
    /// <returns>True if the id is held; false if no live id of this set has the private id.</returns>
    /// <exception cref="InvalidOperationException">The id has 268,435,455 references already. Nothing changed.</exception>
    public bool TryHold(PrivateIoAsid privateId, [NotNullWhen(true)] out IoAsidReference? reference)
    {
        LifePage? lives = this.Take(privateId, needsData: false, out uint id, out _);
        reference = lives is null ? null : IoAsidReference.Of(lives, id);
        return reference is not null;
    }

    /// <summary>Tries to find the id that has a private id at this moment. Prefer a hold, which keeps the id in the same step.</summary>
    /// <param name="privateId">Any number of the set's own private space.</param>
    /// <param name="id">The id that hardware uses.</param>
    /// <returns>True if a live id of this set has the private id; false otherwise.</returns>
    public bool TryResolve(PrivateIoAsid privateId, out RawIoAsid id)
    {
        bool found = PrivateIds.TryFind(privateId, out Life life);
        id = new RawIoAsid(life.Id);
        return found && this.TryReadLive(life, out _);
    }

    /// <summary>Notifies an observer of every edge in the life of the ids of this set and of those below it, outside every lock.</summary>
    /// <param name="observer">Called on the thread that causes the edge. May call the space. Its exceptions are reported through <see cref="IoAsidSpace.Faulted"/>.</param>
    /// <param name="priority">The place of the observer in the order of notification.</param>
    /// <returns>The registration. Its disposal ends the notifications.</returns>
    public IoAsidObserverRegistration Observe(Action<IoAsidEvent> observer, IoAsidObserverPriority priority = IoAsidObserverPriority.Last) =>
        Space.Observers.AddToSet(this, observer, priority);

    /// <summary>Returns counts of the set and of those below it.</summary>
    public IoAsidSetStatistics GetStatistics() => Space.Tree.StatisticsOf(this);

    /// <summary>Returns the name and the data type.</summary>
    public override string ToString() => $"{Name} <{DataType.Name}>";

    /// <summary>Frees the ids of this set and of those below it.</summary>
    internal void FreeLives()
    {
        foreach ((IoAsidSet owner, Life life) in this.OwnLives())
        {
            // Through the set that allocated the id, perhaps below this one: the charge returns to that set's count and quota.
            Space.Lifecycle.Free(owner, life);
        }
    }

    /// <summary>Returns true if the set index of a number is that of the set itself. Valid for the life in which the index was read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsOwnerIn(LifePage lives, uint id) => lives.OwnerIndex(id) == Index;

    internal bool IsWithin(IoAsidSet ancestor)
    {
        IoAsidSet? at = this;
        while (at is not null && at != ancestor)
            at = at.Parent;

        return at is not null;
    }

    /// <summary>Joins the tree. Call under the lock on the tree. A failure leaves everything unchanged.</summary>
    internal void Join(SetTable sets, SetList siblings)
    {
        _index = sets.Add(this);
        siblings.Add(this);
    }

    /// <summary>Marks the set as closed. Call under the lock on the tree and inside a section of the pool.</summary>
    internal void MarkClosed()
    {
        _closed = true;
        Stock?.Close(Pool);
        if (Quota is not null)
            Budget.Close();
    }

    /// <summary>Leaves the tree. Call under the lock on the tree, when the set is closed and empty.</summary>
    internal void Leave(SetTable sets, SetList siblings)
    {
        int index = _index;
        Volatile.Write(ref _index, NoIndex);
        sets.Remove(index);
        siblings.Remove(this);
        if (Parent is null)
            RemoveBlocks();
        else
            Parent.Absorb(this);
    }

    /// <summary>Removes the blocks of a root that has left the tree. None of them has ids.</summary>
    private void RemoveBlocks()
    {
        using (Pool.Enter())
            Space.Blocks.RemoveAll(Table);
    }

    /// <summary>Adds the counts of a set below that has left the tree, so that counts never decrease.</summary>
    private void Absorb(IoAsidSet child)
    {
        Interlocked.Add(ref _failureCount, Interlocked.Read(ref child._failureCount));
        using (Pool.Enter())
        {
            AllocatedCount += child.AllocatedCount;
            ReclaimedCount += child.ReclaimedCount;
        }
    }
}
