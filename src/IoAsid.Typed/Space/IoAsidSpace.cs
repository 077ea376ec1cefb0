using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Allocation;
using IoAsid.Typed.Core;
using IoAsid.Typed.Lifetime;
using IoAsid.Typed.Observation;
using IoAsid.Typed.Diagnostics;
using IoAsid.Typed.Sets;

namespace IoAsid.Typed;

/// <summary>One number space, with its capacity and its allocator. A set belongs to one space.</summary>
/// <remarks>
/// By default the 20-bit PASIDs of PCIe without number 0. All code that shares hardware shares one space: virtual machines submit to the same shared work queue,
/// so their PASIDs must not overlap. All members are safe to use from any thread.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class IoAsidSpace : IDisposable
{
    private readonly SpaceMetrics.Registration _metrics;
    private volatile bool _disposing;
    private volatile bool _disposed;

    /// <summary>Creates a space of 2²⁰ numbers that allocates the lowest free one first.</summary>
    public IoAsidSpace()
        : this(new IoAsidSpaceOptions())
    {
    }

    /// <summary>Creates a space.</summary>
    /// <param name="options">The options. Read once, not kept.</param>
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
        Lives = new LifePages(this);
        Blocks = new SpaceBlocks(this, options.Pages);
        Observers = new ObserverTable(this);
        Notifier = new Notifier(this);
        Allocators = new AllocatorRegistry(this);
        Tree = new SetTree(this);
        Lifecycle = new Lifecycle(this);
        _metrics = SpaceMetrics.Add(this);
    }

    /// <summary>Raised when an observer throws, a custom allocator misbehaves or a number is retired: no caller receives these faults as exceptions.</summary>
    /// <remarks>Raised on the thread of the fault, outside the space's locks. Exceptions of handlers are ignored.</remarks>
    public event EventHandler<IoAsidFaultEventArgs>? Faulted;

    /// <summary>The name of the space in metrics, events and error messages.</summary>
    public string Name { get; }

    /// <summary>The count of numbers, including reserved ones.</summary>
    public long Capacity { get; }

    internal NumberPool Pool { get; }

    internal LifePages Lives { get; }

    internal SpaceBlocks Blocks { get; }

    internal RecordTable Records { get; } = new();

    internal SetTable Sets { get; } = new();

    internal ObserverTable Observers { get; }

    internal Notifier Notifier { get; }

    internal AllocatorRegistry Allocators { get; }

    internal SetTree Tree { get; }

    internal Lifecycle Lifecycle { get; }

    internal bool IsDisposed => _disposed;

    /// <summary>The random key that scrambles the lives in handles, so that a life of another space's handle is not mistaken for one of this space.</summary>
    [SuppressMessage("Security", "CA5394", Justification = "The key guards against accidents, and cryptography would need a library beside the runtime.")]
    internal ulong HandleKey { get; } = (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue);

    internal bool TracksHolders { get; }

    /// <summary>The generation of every number's first life.</summary>
    internal uint StartGeneration { get; }

    /// <summary>Creates a root set, which fixes the data type of a whole tree.</summary>
    /// <typeparam name="TData">The data type; a base class if the sets below narrow it.</typeparam>
    /// <param name="name">The display name, also used in metrics. Need not be unique.</param>
    /// <param name="owner">The owner's token, kept alive by the set and compared by reference; null for no owner. An owner has at most one open root of a data type.</param>
    /// <param name="quota">The number of ids to reserve for the tree; null to share the space's capacity. With 0, the tree can have no ids.</param>
    /// <returns>The open set.</returns>
    /// <exception cref="ArgumentException">The name is empty, or the owner has an open root of this data type.</exception>
    /// <exception cref="IoAsidQuotaException">The free room is less than <paramref name="quota"/>. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The space is disposed.</exception>
    public IoAsidSet<TData> CreateSet<TData>(string name, object? owner = null, uint? quota = null)
        where TData : class =>
        Tree.Create(parent: null, new SetDescription(name, owner, quota), static (space, parent, description, budget) =>
            new IoAsidSet<TData>(space, parent, description, budget));

    /// <summary>Tries to find the open root of an owner.</summary>
    /// <typeparam name="TData">The data type of the root.</typeparam>
    /// <param name="owner">The token, compared by reference.</param>
    /// <param name="set">The set.</param>
    /// <returns>True if the owner has an open set of the data type; false otherwise.</returns>
    public bool TryFindSet<TData>(object owner, [NotNullWhen(true)] out IoAsidSet<TData>? set)
        where TData : class
    {
        set = Tree.FindOwned(parent: null, owner, typeof(TData)) as IoAsidSet<TData>;
        return set is not null;
    }

    /// <summary>Returns counts of the space.</summary>
    /// <returns>The counts, all of one moment.</returns>
    public IoAsidSpaceStatistics GetStatistics()
    {
        using (Pool.EnterWithoutStocks(charged: null))
            return new IoAsidSpaceStatistics(Pool);
    }

    /// <summary>Reserves room that neither allocations nor quotas can use until it is released.</summary>
    /// <param name="count">The number of ids.</param>
    /// <returns>The reservation. Its disposal releases the room.</returns>
    /// <exception cref="IoAsidQuotaException">The space has less free room. Nothing changed.</exception>
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

    /// <summary>Notifies an observer of every edge in the life of every id of the space, outside every lock.</summary>
    /// <param name="observer">Called on the thread that causes the edge. May call the space. Its exceptions are reported through <see cref="Faulted"/>.</param>
    /// <param name="priority">The place of the observer in the order of notification.</param>
    /// <returns>The registration. Its disposal ends the notifications.</returns>
    public IoAsidObserverRegistration Observe(Action<IoAsidEvent> observer, IoAsidObserverPriority priority = IoAsidObserverPriority.Last) =>
        Observers.Add(observer, priority);

    /// <summary>
    /// Notifies an observer of every edge in the life of the ids of an owner's sets, and of the sets below them. The owner need not have a set yet: a hypervisor
    /// registers for a virtual machine before the machine has an id.
    /// </summary>
    /// <param name="owner">The token, compared by reference.</param>
    /// <param name="observer">Called on the thread that causes the edge. May call the space. Its exceptions are reported through <see cref="Faulted"/>.</param>
    /// <param name="priority">The place of the observer in the order of notification.</param>
    /// <returns>The registration. Its disposal ends the notifications.</returns>
    public IoAsidObserverRegistration ObserveOwner(
        object owner, Action<IoAsidEvent> observer, IoAsidObserverPriority priority = IoAsidObserverPriority.Last)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return Observers.AddToOwner(owner, observer, priority);
    }

    /// <summary>Registers a custom allocator, which chooses the numbers. The allocator registered first is active. Allocators with the same number space share it.</summary>
    /// <param name="allocator">The allocator. Its calls are serialised and never made under the space's lock.</param>
    /// <exception cref="ArgumentException">The allocator is registered already, or its <see cref="IoAsidNumberAllocator.NumberSpace"/> is null. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The space is disposed.</exception>
    /// <exception cref="InvalidOperationException">No allocator is registered and ids are outstanding, whose numbers the allocator does not know. Nothing changed.</exception>
    public void RegisterAllocator(IoAsidNumberAllocator allocator)
    {
        ThrowIfDisposed();
        Allocators.Register(allocator);
    }

    /// <summary>Unregisters a custom allocator. Another allocator of its number space takes over. A call that is in progress may return later.</summary>
    /// <param name="allocator">A registered allocator.</param>
    /// <exception cref="ArgumentException">The allocator is not registered. Nothing changed.</exception>
    /// <exception cref="InvalidOperationException">The allocator is the last of the active number space, and ids are outstanding that only it can take back. Nothing changed.</exception>
    public void UnregisterAllocator(IoAsidNumberAllocator allocator) => Allocators.Unregister(allocator);

    /// <summary>Closes all sets and frees all ids. Later lookups return <see cref="IoAsidLookupStatus.NotFound"/>. Existing holds and bindings can still be released.</summary>
    public void Dispose()
    {
        _disposing = true;
        Tree.Close();
        foreach (IoAsidSet root in Tree.Roots())
        {
            Tree.Close(root);
            root.FreeLives();
        }

        // Last, so that a thread whose lookup returned NotFound does not find the id afterwards.
        _disposed = true;
        SpaceMetrics.Remove(_metrics);
    }

    /// <summary>
    /// Describes the ids of the space that are freed and not reclaimed, in ascending order of number within each tree, with their count of references and, in a space made
    /// with <see cref="IoAsidSpaceOptions.TrackHolders"/>, their holders. Out of date as soon as it returns.
    /// </summary>
    /// <returns>One entry per pending id.</returns>
    public IReadOnlyList<IoAsidPendingId> DescribePending() => [.. Tree.Roots().SelectMany(root => root.Pending())];

    /// <summary>Returns the name and the number of ids in use.</summary>
    public override string ToString() => $"{Name}: {GetStatistics().Outstanding} of {Pool.Capacity.Limit} ids{(_disposed ? ", disposed" : "")}";

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposing, this);

    /// <summary>Reports a fault that no caller receives as an exception. Never throws, because the operation that led to the fault is complete.</summary>
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
            // No other receiver exists.
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
