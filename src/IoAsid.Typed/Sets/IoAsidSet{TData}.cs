using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Allocation;
using IoAsid.Typed.Core;
using IoAsid.Typed.Lifetime;
using IoAsid.Typed.Lookup;
using IoAsid.Typed.Sets;

namespace IoAsid.Typed;

/// <summary>
/// A set of ids whose data has one type. The type parameter is the data type, and the place in the tree is the owner. Every lookup needs a set and returns data
/// of the set's type.
/// </summary>
/// <remarks>All members are safe to use from any thread. Lookups are wait-free and allocate no memory.</remarks>
/// <typeparam name="TData">The data type. A subset may narrow it.</typeparam>
public sealed class IoAsidSet<TData> : IoAsidSet
    where TData : class
{
    internal IoAsidSet(IoAsidSpace space, IoAsidSet? parent, SetDescription description, Budget budget)
        : base(space, parent, typeof(TData), description, budget)
    {
    }

    /// <summary>A view of this set that can only find and hold ids. A page request handler takes a reader.</summary>
    public IoAsidReader<TData> Reader => new(this);

    /// <summary>Converts a set to its reader.</summary>
    /// <param name="set">The set.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "Reader is the named alternate.")]
    public static implicit operator IoAsidReader<TData>(IoAsidSet<TData> set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return set.Reader;
    }

    /// <summary>Creates a set below this one, for an owner, for a narrower data type, or for both.</summary>
    /// <typeparam name="TSub">This set's data type or a subtype.</typeparam>
    /// <param name="name">The display name, also used in metrics. Need not be unique.</param>
    /// <param name="owner">
    /// The owner's token, kept alive by the set and compared by reference; null for the parent's owner. An owner has at most one open set of a data
    /// type under one parent.
    /// </param>
    /// <param name="quota">The number of ids to reserve from the nearest quota upwards, or from the space; null to share the parent's quota. With 0, the set can have no ids.</param>
    /// <returns>The open set.</returns>
    /// <exception cref="ArgumentException">The name is empty, or the owner has an open set of this data type here. Nothing changed.</exception>
    /// <exception cref="IoAsidQuotaException">The free room is less than <paramref name="quota"/>. Nothing changed.</exception>
    /// <exception cref="InvalidOperationException">This set is closed. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The space is disposed.</exception>
    public IoAsidSet<TSub> CreateSubset<TSub>(string name, object? owner = null, uint? quota = null)
        where TSub : class, TData =>
        Space.Tree.Create(this, new SetDescription(name, owner, quota), static (space, parent, description, budget) =>
            new IoAsidSet<TSub>(space, parent, description, budget));

    /// <summary>Tries to find the open set of an owner directly below this one.</summary>
    /// <typeparam name="TSub">The data type of the subset.</typeparam>
    /// <param name="owner">The token, compared by reference.</param>
    /// <param name="set">The set.</param>
    /// <returns>True if the owner has an open set of the data type; false otherwise.</returns>
    public bool TryFindSubset<TSub>(object owner, [NotNullWhen(true)] out IoAsidSet<TSub>? set)
        where TSub : class, TData
    {
        set = Space.Tree.FindOwned(this, owner, typeof(TSub)) as IoAsidSet<TSub>;
        return set is not null;
    }

    /// <summary>Allocates an id of any number, without data. Lookups return <see cref="IoAsidLookupStatus.NoData"/> until data is set.</summary>
    /// <returns>The handle, which alone can change and free the id.</returns>
    /// <exception cref="IoAsidAllocationException">No id is available; <see cref="IoAsidAllocationException.Failure"/> gives the reason. Nothing changed.</exception>
    public IoAsidHandle<TData> Allocate() => Allocate(data: null);

    /// <summary>Allocates an id of any number.</summary>
    /// <param name="data">The data that lookups find; null to set it later.</param>
    /// <returns>The handle, which alone can change and free the id.</returns>
    /// <exception cref="IoAsidAllocationException">No id is available; <see cref="IoAsidAllocationException.Failure"/> gives the reason. Nothing changed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public IoAsidHandle<TData> Allocate(TData? data) => Allocate(data, 0, Pool.Highest);

    /// <summary>Allocates an id whose number lies in a range.</summary>
    /// <param name="data">The data that lookups find; null to set it later.</param>
    /// <param name="min">The lowest acceptable number.</param>
    /// <param name="max">The highest acceptable number.</param>
    /// <returns>The handle, which alone can change and free the id.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="min"/> is above <paramref name="max"/>, or the range reaches outside the space.</exception>
    /// <exception cref="IoAsidAllocationException">No id is available; <see cref="IoAsidAllocationException.Failure"/> gives the reason. Nothing changed.</exception>
    public IoAsidHandle<TData> Allocate(TData? data, uint min, uint max)
    {
        IoAsidAllocationFailure failure = Space.Lifecycle.Allocate(this, data, min, max, out Life life, out Exception? cause);
        if (failure != IoAsidAllocationFailure.None)
            IoAsidAllocationException.Throw(failure, this, min, max, cause);

        return new IoAsidHandle<TData>(this, life);
    }

    /// <summary>Tries to allocate an id of any number.</summary>
    /// <param name="data">The data that lookups find; null to set it later.</param>
    /// <param name="handle">The handle; <c>default</c>, whose members throw, after a failure.</param>
    /// <param name="failure">The reason of a failure.</param>
    /// <returns>True if an id was allocated; false if <paramref name="failure"/> gives a reason.</returns>
    public bool TryAllocate(TData? data, out IoAsidHandle<TData> handle, out IoAsidAllocationFailure failure) =>
        TryAllocate(data, 0, Pool.Highest, out handle, out failure);

    /// <summary>Tries to allocate an id whose number lies in a range.</summary>
    /// <param name="data">The data that lookups find; null to set it later.</param>
    /// <param name="min">The lowest acceptable number.</param>
    /// <param name="max">The highest acceptable number.</param>
    /// <param name="handle">The handle; <c>default</c>, whose members throw, after a failure.</param>
    /// <param name="failure">The reason of a failure.</param>
    /// <returns>True if an id was allocated; false if <paramref name="failure"/> gives a reason.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="min"/> is above <paramref name="max"/>, or the range reaches outside the space.</exception>
    public bool TryAllocate(TData? data, uint min, uint max, out IoAsidHandle<TData> handle, out IoAsidAllocationFailure failure)
    {
        failure = Space.Lifecycle.Allocate(this, data, min, max, out Life life, out _);
        handle = failure == IoAsidAllocationFailure.None ? new IoAsidHandle<TData>(this, life) : default;
        return failure == IoAsidAllocationFailure.None;
    }

    /// <summary>Finds the data of an id of this set or one below it. Takes no hold: the id may be freed at any moment.</summary>
    /// <param name="id">Any number.</param>
    /// <returns>The data, or the reason for its absence.</returns>
    public IoAsidLookup<TData> Find(RawIoAsid id) => this.Peek(id.Value) is { } data ? new(Unsafe.As<TData>(data)) : this.Explain<TData>(id);

    /// <summary>Finds the data of an id if the getter accepts it. The getter checks the data or takes a reference on it.</summary>
    /// <param name="id">Any number.</param>
    /// <param name="getter">The check of the data. Called at most once, after all other checks, and only with data. Its result is final.</param>
    /// <returns>The data, or the reason for its absence.</returns>
    public IoAsidLookup<TData> Find(RawIoAsid id, Func<TData, bool> getter) => Find(id).Where(getter);

    /// <summary>Finds the data of an id if the getter accepts it. The argument for the getter avoids the allocation of a closure.</summary>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <param name="id">Any number.</param>
    /// <param name="state">The argument for the getter.</param>
    /// <param name="getter">The check of the data. Called at most once, after all other checks, and only with data. Its result is final.</param>
    /// <returns>The data, or the reason for its absence.</returns>
    public IoAsidLookup<TData> Find<TState>(RawIoAsid id, TState state, Func<TData, TState, bool> getter) => Find(id).Where(state, getter);

    /// <summary>Tries to find the data of an id of this set or one below it. Takes no hold: the id may be freed at any moment.</summary>
    /// <param name="id">Any number.</param>
    /// <param name="data">The data; null if the result is false.</param>
    /// <returns>True if the id has data; false otherwise.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(RawIoAsid id, [NotNullWhen(true)] out TData? data)
    {
        data = Unsafe.As<TData?>(this.Peek(id.Value));
        return data is not null;
    }

    /// <summary>Holds an id of this set or one below it for a scope, with its data. Declare the result with <c>using</c>.</summary>
    /// <param name="id">Any number. An id of another set is refused and not touched.</param>
    /// <returns>A hold; without success, its <see cref="IoAsidHold{TData}.IsHeld"/> is false and its status gives the reason.</returns>
    /// <exception cref="InvalidOperationException">The id has 268,435,455 references already. Nothing changed.</exception>
    public IoAsidHold<TData> Hold(RawIoAsid id) => IoAsidHold<TData>.Take(this, id.Value);

    /// <summary>Tries to hold an id of this set or one below it, with its data, by an object for fields and <c>await</c>.</summary>
    /// <param name="id">Any number. An id of another set is refused and not touched.</param>
    /// <param name="reference">The reference, to be released by disposal; null if the result is false.</param>
    /// <returns>True if the id is held; false if it has no data here. <see cref="Find(RawIoAsid)"/> gives the reason.</returns>
    /// <exception cref="InvalidOperationException">The id has 268,435,455 references already. Nothing changed.</exception>
    public bool TryHold(RawIoAsid id, [NotNullWhen(true)] out IoAsidReference<TData>? reference)
    {
        reference = IoAsidReference<TData>.TryTake(this, id.Value);
        return reference is not null;
    }

    /// <summary>Tries to hold the id of this set that has a private id, with its data, by an object for fields and <c>await</c>.</summary>
    /// <param name="privateId">Any number of the set's own private space; subsets have private spaces of their own.</param>
    /// <param name="reference">The reference, to be released by disposal; null if the result is false.</param>
    /// <returns>True if the id is held; false if no live id of this set has the private id, or the id has no data.</returns>
    /// <exception cref="InvalidOperationException">The id has 268,435,455 references already. Nothing changed.</exception>
    public bool TryHold(PrivateIoAsid privateId, [NotNullWhen(true)] out IoAsidReference<TData>? reference)
    {
        LifePage? lives = this.Take(privateId, needsData: true, out uint id, out object? data);
        reference = lives is null ? null : IoAsidReference<TData>.Of(lives, id, data);
        return reference is not null;
    }

    /// <summary>Tries to get the handle of an id of this set itself. Ids of the sets below have their handles there, so that a parent's reader cannot change them.</summary>
    /// <param name="id">Any number.</param>
    /// <param name="handle">The handle; <c>default</c>, whose members throw, if the result is false.</param>
    /// <returns>True if the number is a live id of this set itself; false otherwise.</returns>
    public bool TryGetHandle(RawIoAsid id, out IoAsidHandle<TData> handle)
    {
        bool found = this.TryGetLife(id.Value, out Life life);
        handle = found ? new IoAsidHandle<TData>(this, life) : default;
        return found;
    }

    /// <summary>
    /// Closes this set and all below it: they refuse new ids and subsets. Ids stay alive. Owners may have a new set at once. Unused quota is
    /// returned at once, the rest as ids are reclaimed. A second call does nothing.
    /// </summary>
    public void Close() => Space.Tree.Close(this);

    /// <summary>
    /// Frees every id of this set and of those below it, as <see cref="IoAsidHandle{TData}.Free"/> does. Ids that other threads allocate meanwhile may survive. Close the
    /// set first to prevent that.
    /// </summary>
    public void FreeAll() => FreeLives();

    /// <summary>
    /// Returns the ids of this set and those below it with their lookups, in ascending order. A weak snapshot: ids that are allocated or reclaimed meanwhile may
    /// or may not appear.
    /// </summary>
    /// <returns>Each id with its lookup: <c>Found</c>, <c>NoData</c> or <c>FreePending</c>.</returns>
    public IEnumerable<(RawIoAsid Id, IoAsidLookup<TData> Lookup)> Entries() => this.Entries<TData>();
}
