using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Allocation;
using IoAsid.Typed.Core;
using IoAsid.Typed.Lifetime;
using IoAsid.Typed.Lookup;
using IoAsid.Typed.Sets;

namespace IoAsid.Typed;

/// <summary>
/// A set of ids that all carry a <typeparamref name="TData"/>. The data type is the type parameter, the owner is the place in the tree: there is no
/// lookup without a set, and none that gives another type.
/// </summary>
/// <remarks>All members are safe to use from any thread. Finding is wait-free and allocates nothing.</remarks>
/// <typeparam name="TData">The data type. A subset may narrow it.</typeparam>
public sealed class IoAsidSet<TData> : IoAsidSet
    where TData : class
{
    internal IoAsidSet(IoAsidSpace space, IoAsidSet? parent, SetDescription description, Budget budget)
        : base(space, parent, typeof(TData), description, budget)
    {
    }

    /// <summary>A view of this set that can find and hold, and nothing else. What a page request handler takes.</summary>
    public IoAsidReader<TData> Reader => new(this);

    /// <summary>Every set can be read.</summary>
    /// <param name="set">The set.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "Reader is the named alternate.")]
    public static implicit operator IoAsidReader<TData>(IoAsidSet<TData> set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return set.Reader;
    }

    /// <summary>Makes a set below this one, for one owner or for a narrower data type or both.</summary>
    /// <typeparam name="TSub">This set's data type or a subtype of it.</typeparam>
    /// <param name="name">For people and metrics; need not be unique.</param>
    /// <param name="owner">
    /// The owner's token, kept alive by the set and compared by reference; null for the parent's owner. An owner has at most one open set of a data
    /// type under one parent.
    /// </param>
    /// <param name="quota">How many ids to reserve for the new set, from the nearest quota upwards or else from the space; 0 for none at all, null to share the parent's.</param>
    /// <returns>The set, open.</returns>
    /// <exception cref="ArgumentException">The name is empty, or the owner has an open set of this data type here.</exception>
    /// <exception cref="IoAsidQuotaException">Less than <paramref name="quota"/> is free. Nothing changed.</exception>
    /// <exception cref="InvalidOperationException">This set is closed.</exception>
    /// <exception cref="ObjectDisposedException">The space is disposed.</exception>
    public IoAsidSet<TSub> CreateSubset<TSub>(string name, object? owner = null, uint? quota = null)
        where TSub : class, TData =>
        Space.Tree.Create(this, new SetDescription(name, owner, quota), static (space, parent, description, budget) =>
            new IoAsidSet<TSub>(space, parent, description, budget));

    /// <summary>The open set that an owner has directly below this one.</summary>
    /// <typeparam name="TSub">The data type it was made with.</typeparam>
    /// <param name="owner">The token, compared by reference.</param>
    /// <param name="set">The set.</param>
    /// <returns>False if there is none, or it is closed.</returns>
    public bool TryFindSubset<TSub>(object owner, [NotNullWhen(true)] out IoAsidSet<TSub>? set)
        where TSub : class, TData
    {
        set = Space.Tree.FindOwned(this, owner, typeof(TSub)) as IoAsidSet<TSub>;
        return set is not null;
    }

    /// <summary>Allocates an id of any number, without data: lookups answer <see cref="IoAsidLookupStatus.NoData"/> until it is set.</summary>
    /// <returns>The handle, by which alone the id can be changed and freed.</returns>
    /// <exception cref="IoAsidAllocationException">There is none to be had; the exception tells the reason. Nothing changed.</exception>
    public IoAsidHandle<TData> Allocate() => Allocate(data: null);

    /// <summary>Allocates an id of any number.</summary>
    /// <param name="data">What lookups find; null to give it later.</param>
    /// <returns>The handle, by which alone the id can be changed and freed.</returns>
    /// <exception cref="IoAsidAllocationException">There is none to be had; the exception tells the reason. Nothing changed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public IoAsidHandle<TData> Allocate(TData? data) => Allocate(data, 0, Space.HighestNumber);

    /// <summary>Allocates an id whose number lies in a range.</summary>
    /// <param name="data">What lookups find; null to give it later.</param>
    /// <param name="min">The lowest number that will do.</param>
    /// <param name="max">The highest number that will do.</param>
    /// <returns>The handle, by which alone the id can be changed and freed.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="min"/> is above <paramref name="max"/>, or the range reaches outside the space.</exception>
    /// <exception cref="IoAsidAllocationException">There is none to be had; the exception tells the reason. Nothing changed.</exception>
    public IoAsidHandle<TData> Allocate(TData? data, uint min, uint max)
    {
        IoAsidAllocationFailure failure = Space.Lifecycle.Allocate(this, data, min, max, out Life life, out Exception? cause);
        if (failure != IoAsidAllocationFailure.None)
            IoAsidAllocationException.Throw(failure, this, min, max, cause);

        return new IoAsidHandle<TData>(this, life);
    }

    /// <summary>As <see cref="Allocate(TData)"/>, with the reason instead of an exception.</summary>
    /// <param name="data">What lookups find; null to give it later.</param>
    /// <param name="handle">The handle; <c>default</c>, which does nothing but throw, on failure.</param>
    /// <param name="failure">Why there is none.</param>
    /// <returns>Whether an id was allocated.</returns>
    public bool TryAllocate(TData? data, out IoAsidHandle<TData> handle, out IoAsidAllocationFailure failure) =>
        TryAllocate(data, 0, Space.HighestNumber, out handle, out failure);

    /// <summary>As <see cref="Allocate(TData, uint, uint)"/>, with the reason instead of an exception.</summary>
    /// <param name="data">What lookups find; null to give it later.</param>
    /// <param name="min">The lowest number that will do.</param>
    /// <param name="max">The highest number that will do.</param>
    /// <param name="handle">The handle; <c>default</c>, which does nothing but throw, on failure.</param>
    /// <param name="failure">Why there is none.</param>
    /// <returns>Whether an id was allocated.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="min"/> is above <paramref name="max"/>, or the range reaches outside the space.</exception>
    public bool TryAllocate(TData? data, uint min, uint max, out IoAsidHandle<TData> handle, out IoAsidAllocationFailure failure)
    {
        failure = Space.Lifecycle.Allocate(this, data, min, max, out Life life, out _);
        handle = failure == IoAsidAllocationFailure.None ? new IoAsidHandle<TData>(this, life) : default;
        return failure == IoAsidAllocationFailure.None;
    }

    /// <summary>Finds the data of an id of this set or one below it. Holds nothing: the id may be freed at any moment.</summary>
    /// <param name="id">Any number.</param>
    /// <returns>The data, or why there is none.</returns>
    public IoAsidLookup<TData> Find(RawIoAsid id) => this.Peek(id.Value) is { } data ? new(Unsafe.As<TData>(data)) : this.Explain<TData>(id);

    /// <summary>Finds the data of an id if a check, or a taking of a reference, on the data itself succeeds.</summary>
    /// <param name="id">Any number.</param>
    /// <param name="getter">Called at most once, after all other checks, and only if there is data; its answer is final.</param>
    /// <returns>The data, or why there is none.</returns>
    public IoAsidLookup<TData> Find(RawIoAsid id, Func<TData, bool> getter) => Find(id).Where(getter);

    /// <summary>As <see cref="Find(RawIoAsid, Func{TData, bool})"/>, with an argument for the getter, so that it need not capture and allocate.</summary>
    /// <typeparam name="TState">The type of the argument.</typeparam>
    /// <param name="id">Any number.</param>
    /// <param name="state">Handed to the getter.</param>
    /// <param name="getter">Called at most once, after all other checks, and only if there is data; its answer is final.</param>
    /// <returns>The data, or why there is none.</returns>
    public IoAsidLookup<TData> Find<TState>(RawIoAsid id, TState state, Func<TData, TState, bool> getter) => Find(id).Where(state, getter);

    /// <summary>Finds the data of an id of this set or one below it. Holds nothing: the id may be freed at any moment.</summary>
    /// <param name="id">Any number.</param>
    /// <param name="data">The data.</param>
    /// <returns>Whether there is data.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(RawIoAsid id, [NotNullWhen(true)] out TData? data)
    {
        data = Unsafe.As<TData?>(this.Peek(id.Value));
        return data is not null;
    }

    /// <summary>Keeps an id of this set or one below it for a scope, with its data: <c>using</c> the result.</summary>
    /// <param name="id">Any number; a foreign one is refused and not disturbed.</param>
    /// <returns>A hold, or one that is not held and says why.</returns>
    /// <exception cref="InvalidOperationException">The id has 268,435,455 references already. Nothing changed.</exception>
    public IoAsidHold<TData> Hold(RawIoAsid id) => IoAsidHold<TData>.Take(this, id.Value);

    /// <summary>Keeps an id of this set or one below it, with its data, by an object that can be stored and awaited over.</summary>
    /// <param name="id">Any number; a foreign one is refused and not disturbed.</param>
    /// <param name="reference">The hold, to be released once.</param>
    /// <returns>False if there is no data to be had; <see cref="Find(RawIoAsid)"/> tells why.</returns>
    /// <exception cref="InvalidOperationException">The id has 268,435,455 references already. Nothing changed.</exception>
    public bool TryHold(RawIoAsid id, [NotNullWhen(true)] out IoAsidReference<TData>? reference)
    {
        reference = IoAsidReference<TData>.TryTake(this, id.Value);
        return reference is not null;
    }

    /// <summary>As <see cref="TryHold(RawIoAsid, out IoAsidReference{TData})"/>, for a number of this set's private space.</summary>
    /// <param name="privateId">Any number of the set's own private space; subsets have private spaces of their own.</param>
    /// <param name="reference">The hold, to be released once.</param>
    /// <returns>False if no live id of this set has that private id, or it has no data.</returns>
    /// <exception cref="InvalidOperationException">The id has 268,435,455 references already. Nothing changed.</exception>
    public bool TryHold(PrivateIoAsid privateId, [NotNullWhen(true)] out IoAsidReference<TData>? reference)
    {
        LifePage? lives = this.Take(privateId, needsData: true, out uint id, out object? data);
        reference = lives is null ? null : IoAsidReference<TData>.Of(lives, id, data);
        return reference is not null;
    }

    /// <summary>Gives the handle of an id again to whoever has the very set that allocated it: a parent's reader cannot change anything.</summary>
    /// <param name="id">Any number.</param>
    /// <param name="handle">The handle; <c>default</c>, which does nothing but throw, if there is none.</param>
    /// <returns>False if the number is not an id of this set proper that is allocated and not freed.</returns>
    public bool TryGetHandle(RawIoAsid id, out IoAsidHandle<TData> handle)
    {
        bool found = this.TryGetLife(id.Value, out Life life);
        handle = found ? new IoAsidHandle<TData>(this, life) : default;
        return found;
    }

    /// <summary>
    /// Refuses new ids and subsets in this set and all below it. Ids stay alive. Their owners may have a new set at once; quota that is unused
    /// goes back at once, the rest as ids are reclaimed. Closing twice is closing once.
    /// </summary>
    public void Close() => Space.Tree.Close(this);

    /// <summary>
    /// Frees every id of this set and of those below it, as <see cref="IoAsidHandle{TData}.Free"/> does. Ids that others allocate meanwhile may survive: close the
    /// set first if none must.
    /// </summary>
    public void FreeAll() => FreeLives();

    /// <summary>
    /// The ids of this set and those below it with what a lookup finds, in ascending order. A weak snapshot: ids that come or go meanwhile may
    /// or may not show.
    /// </summary>
    /// <returns>Each id with its lookup: <c>Found</c>, <c>NoData</c> or <c>FreePending</c>.</returns>
    public IEnumerable<(RawIoAsid Id, IoAsidLookup<TData> Lookup)> Entries() => this.Entries<TData>();
}
