using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Allocation;
using IoAsid.Typed.Core;
using IoAsid.Typed.Lifetime;
using IoAsid.Typed.Observation;
using IoAsid.Typed.Seeing;
using IoAsid.Typed.Sets;

namespace IoAsid.Typed;

/// <summary>One number space, its capacity and its allocator. Sets of two spaces never meet.</summary>
/// <remarks>
/// By default the 20-bit PASIDs of PCIe without number 0. There is one space for all that shares hardware: a shared work queue crosses virtual
/// machines, so their PASIDs must not overlap. All members are safe to use from any thread.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class IoAsidSpace : IDisposable
{
    private static long s_spaces;

    private readonly SpaceMetrics.Registration _metrics;
    private volatile bool _disposing;
    private volatile bool _disposed;

    /// <summary>A space of 2²⁰ numbers, the lowest free one first.</summary>
    public IoAsidSpace()
        : this(new IoAsidSpaceOptions())
    {
    }

    /// <summary>A space of the layout given.</summary>
    /// <param name="options">Read once; not kept.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public IoAsidSpace(IoAsidSpaceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Name = options.Name;
        Capacity = options.Capacity;
        TracksHolders = options.TrackHolders;
        StartGeneration = options.StartGeneration;
        Pool = new NumberPool(options);
        Observers = new ObserverTable(this);
        Notifier = new Notifier(this);
        Allocators = new AllocatorRegistry(this);
        Tree = new SetTree(this);
        Lifecycle = new Lifecycle(this);
        _metrics = SpaceMetrics.Add(this);
    }

    /// <summary>Something is wrong that no caller could be told of: an observer threw, or a custom allocator misbehaved.</summary>
    /// <remarks>Raised on the thread on which it happened, outside of the space's locks. What a handler throws is ignored.</remarks>
    public event EventHandler<IoAsidFaultEventArgs>? Faulted;

    /// <summary>Names the space in metrics, events and error messages.</summary>
    public string Name { get; }

    /// <summary>How many numbers there are, reserved ones included.</summary>
    public long Capacity { get; }

    internal uint HighestNumber => Pool.Highest;

    internal NumberPool Pool { get; }

    internal PageDirectory<LifePage> Lives { get; } = new();

    internal RecordTable Records { get; } = new();

    internal SetTable Sets { get; } = new();

    internal ObserverTable Observers { get; }

    internal Notifier Notifier { get; }

    internal AllocatorRegistry Allocators { get; }

    internal SetTree Tree { get; }

    internal Lifecycle Lifecycle { get; }

    internal bool IsDisposed => _disposed;

    /// <summary>Scrambles the lives in handles, in each space in another way, so that no handle of one space stands for a life of another.</summary>
    internal ulong HandleKey { get; } = (ulong)Interlocked.Increment(ref s_spaces) * 0x9E37_79B9_7F4A_7C15;

    internal bool TracksHolders { get; }

    /// <summary>The generation of every number's first life.</summary>
    internal uint StartGeneration { get; }

    /// <summary>Whether anybody is told of events, so that the life of an id needs a record.</summary>
    internal bool IsWatched => !Observers.IsEmpty || IoAsidEventSource.Log.TellsEdges;

    /// <summary>Makes a root set, which fixes the data type of a whole tree.</summary>
    /// <typeparam name="TData">The data type; a base class when the sets below it narrow it.</typeparam>
    /// <param name="name">For people and metrics; need not be unique.</param>
    /// <param name="owner">The owner's token, kept alive by the set and compared by reference; null for none. An owner has at most one open root of a data type.</param>
    /// <param name="quota">How many ids to reserve for the tree; 0 for none at all, null to share the space's capacity.</param>
    /// <returns>The set, open.</returns>
    /// <exception cref="ArgumentException">The name is empty, or the owner has an open root of this data type.</exception>
    /// <exception cref="IoAsidQuotaException">Less than <paramref name="quota"/> is free. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The space is disposed.</exception>
    public IoAsidSet<TData> CreateSet<TData>(string name, object? owner = null, uint? quota = null)
        where TData : class =>
        Tree.Create(parent: null, new SetDescription(name, owner, quota), static (space, parent, description, budget) =>
            new IoAsidSet<TData>(space, parent, description, budget));

    /// <summary>The open root that an owner has.</summary>
    /// <typeparam name="TData">The data type it was made with.</typeparam>
    /// <param name="owner">The token, compared by reference.</param>
    /// <param name="set">The set.</param>
    /// <returns>False if there is none, or it is closed.</returns>
    public bool TryFindSet<TData>(object owner, [NotNullWhen(true)] out IoAsidSet<TData>? set)
        where TData : class
    {
        set = Tree.FindOwned(parent: null, owner, typeof(TData)) as IoAsidSet<TData>;
        return set is not null;
    }

    /// <summary>Counts of the space.</summary>
    /// <returns>All of one moment.</returns>
    public IoAsidSpaceStatistics GetStatistics()
    {
        using (Pool.Enter())
            return new IoAsidSpaceStatistics(Pool);
    }

    /// <summary>Sets room aside that neither allocations nor quotas can use until it is given back.</summary>
    /// <param name="count">For how many ids.</param>
    /// <returns>Dispose it to give the room back.</returns>
    /// <exception cref="IoAsidQuotaException">Less is free. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The space is disposed.</exception>
    public IoAsidCapacityReservation ReserveCapacity(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ThrowIfDisposed();
        FaultPoint.Allocation();
        IoAsidCapacityReservation reservation = new(Pool, Pool.Capacity, count);
        Pool.Grant(Pool.Capacity, count, "The reservation");
        return reservation;
    }

    /// <summary>Tells the observer of every edge in the life of every id of the space, outside of any lock.</summary>
    /// <param name="observer">Called on whatever thread makes the edge. May call back in; if it throws, <see cref="Faulted"/> tells.</param>
    /// <param name="priority">When it is told, compared to others.</param>
    /// <returns>Dispose it to be told no more.</returns>
    public IoAsidObserverRegistration Observe(Action<IoAsidEvent> observer, IoAsidObserverPriority priority = IoAsidObserverPriority.Last) =>
        Observers.Add(observer, priority);

    /// <summary>
    /// Tells the observer of every edge in the life of the ids of an owner's sets, and of those below them. The owner need not have a set yet: a hypervisor
    /// registers for a virtual machine before that has any id.
    /// </summary>
    /// <param name="owner">The token, compared by reference.</param>
    /// <param name="observer">Called on whatever thread makes the edge. May call back in; if it throws, <see cref="Faulted"/> tells.</param>
    /// <param name="priority">When it is told, compared to others.</param>
    /// <returns>Dispose it to be told no more.</returns>
    public IoAsidObserverRegistration ObserveOwner(
        object owner, Action<IoAsidEvent> observer, IoAsidObserverPriority priority = IoAsidObserverPriority.Last)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return Observers.AddToOwner(owner, observer, priority);
    }

    /// <summary>Lets a custom allocator decide the numbers. The one registered first is active; allocators with the same number space share it.</summary>
    /// <param name="allocator">Called serialised and never under the space's lock.</param>
    /// <exception cref="ArgumentException">It is registered already, or its <see cref="IoAsidNumberAllocator.NumberSpace"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The space is disposed.</exception>
    /// <exception cref="InvalidOperationException">It would be the first one and ids are outstanding, whose numbers it does not know.</exception>
    public void RegisterAllocator(IoAsidNumberAllocator allocator)
    {
        ThrowIfDisposed();
        Allocators.Register(allocator);
    }

    /// <summary>Withdraws a custom allocator. Others of its number space stand in for it.</summary>
    /// <param name="allocator">One that is registered.</param>
    /// <exception cref="ArgumentException">It is not registered.</exception>
    /// <exception cref="InvalidOperationException">It is the last of the active number space, and ids are outstanding that only it can take back.</exception>
    public void UnregisterAllocator(IoAsidNumberAllocator allocator) => Allocators.Unregister(allocator);

    /// <summary>Closes all sets and frees all ids. Later lookups answer <see cref="IoAsidLookupStatus.NotFound"/>; holds and bindings that are out can still be released.</summary>
    public void Dispose()
    {
        _disposing = true;
        Tree.Close();
        foreach (IoAsidSet root in Tree.Roots())
        {
            Tree.Close(root);
            root.FreeLives();
        }

        // Only now, so that a thread that was told that an id is not found does not find it afterwards.
        _disposed = true;
        SpaceMetrics.Remove(_metrics);
    }

    /// <summary>
    /// Describes the ids of the space that are freed and not reclaimed, in ascending order of number within each tree, with their count of references and, in a space made
    /// with <see cref="IoAsidSpaceOptions.TrackHolders"/>, who took each. Out of date as soon as it returns.
    /// </summary>
    /// <returns>One entry per pending id.</returns>
    public IReadOnlyList<IoAsidPendingId> DescribePending() => [.. Tree.Roots().SelectMany(root => root.Pending())];

    /// <summary>The name, and how much of it is in use.</summary>
    public override string ToString() => $"{Name}: {Pool.Outstanding} of {Pool.Capacity.Limit} ids{(_disposed ? ", disposed" : "")}";

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposing, this);

    internal LifePage GetOrAddLives(uint id) => Lives.GetOrAdd(id, () => new LifePage(this, StartGeneration), static _ => { });

    /// <summary>Reports a fault that no caller could be told of. Throws nothing: the operation that led here has happened.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Report(IoAsidFaultKind kind, uint? number, Exception? thrown = null)
    {
        try
        {
            FaultPoint.Allocation();
            IoAsidFaultEventArgs fault = new(kind, number is { } id ? new RawIoAsid(id) : null, thrown);
            Log(fault);
            foreach (EventHandler<IoAsidFaultEventArgs> handler in Delegate.EnumerateInvocationList(Faulted))
                Raise(handler, fault);
        }
        catch (OutOfMemoryException)
        {
            // There is nobody else to report to.
        }
    }

    private void Log(IoAsidFaultEventArgs fault)
    {
        try
        {
            IoAsidEventSource.Log.Fault(Name, fault.ToString());
        }
#pragma warning disable CA1031 // An exception whose message throws must not make the next fault.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private void Raise(EventHandler<IoAsidFaultEventArgs> handler, IoAsidFaultEventArgs fault)
    {
        try
        {
            handler(this, fault);
        }
#pragma warning disable CA1031 // A handler of faults must not make the next one.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
