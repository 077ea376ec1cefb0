using System.Diagnostics;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;
using IoAsid.Typed.Lookup;

namespace IoAsid.Typed;

/// <summary>
/// The right to change one allocation, which the allocation returns. A handle is bound to the allocation, not to the number. After the free the handle is stale
/// and cannot touch the number's next life.
/// </summary>
/// <remarks>
/// Safe to use from any thread. A <c>default</c> handle is dead: every member but comparison and <see cref="ToString"/> throws
/// <see cref="InvalidOperationException"/>. A field of this type that one thread reads while another writes it can give a mixture of two handles. A mixture is
/// refused as stale: it reaches no data and changes nothing.
/// </remarks>
/// <typeparam name="TData">The data type of the set that allocated the id.</typeparam>
[DebuggerDisplay("{ToString(),nq}")]
public readonly struct IoAsidHandle<TData> : IEquatable<IoAsidHandle<TData>>
    where TData : class
{
    private readonly IoAsidSet<TData>? _set;

    // Number and generation in one word, so that a mixture has the whole life of one handle. A random key of the space scrambles the word: the life of another space's handle,
    // or of a default one, decodes to a live id with probability 2⁻⁶⁴ for each. The set decides whether the life is one of its own. Each member reads each field once,
    // because two reads of a field that is written meanwhile can belong to two handles.
    private readonly ulong _life;

    /// <summary>Creates a dead handle.</summary>
    [Obsolete("A handle comes from Allocate or TryGetHandle; the members of a handle made by new() throw.", error: true)]
    public IoAsidHandle()
    {
        _set = null;
        _life = 0;
    }

    internal IoAsidHandle(IoAsidSet<TData> set, Life life)
    {
        _set = set;
        _life = life.Key ^ set.HandleKey;
    }

    /// <summary>The set that allocated the id. Readable also when the handle is stale.</summary>
    public IoAsidSet<TData> Set => _set ?? throw Dead();

    /// <summary>The number, to be programmed into hardware. Readable also when the handle is stale.</summary>
    public RawIoAsid Id => new(LifeIn(Set).Id);

    /// <summary>The generation, which grows from one life of the number to the next. Readable also when the handle is stale.</summary>
    public uint Generation => LifeIn(Set).Generation;

    /// <summary>Gets a value indicating whether the id was freed. Out of date as soon as it returns, unless it is true.</summary>
    public bool IsStale => Set is var set && set.IsStale(LifeIn(set));

    /// <summary>The data; null if the id has none.</summary>
    /// <exception cref="StaleIoAsidException">The id was freed.</exception>
    public TData? Data
    {
        get
        {
            IoAsidSet<TData> set = Set;
            Life life = LifeIn(set);
            return set.TryReadLive(life, out object? data) ? Unsafe.As<TData?>(data) : throw set.Refusal(life);
        }
    }

    /// <summary>The private id, if one is attached.</summary>
    /// <exception cref="StaleIoAsidException">The id was freed.</exception>
    public PrivateIoAsid? PrivateId
    {
        get
        {
            IoAsidSet<TData> set = Set;
            Life life = LifeIn(set);
            PrivateIoAsid? privateId = set.Space.Records.Find(life)?.PrivateId;
            return set.TryReadLive(life, out _) ? privateId : throw set.Refusal(life);
        }
    }

    /// <summary>Returns true if two handles refer to the same allocation.</summary>
    public static bool operator ==(IoAsidHandle<TData> left, IoAsidHandle<TData> right) => left.Equals(right);

    /// <summary>Returns true if two handles refer to different allocations.</summary>
    public static bool operator !=(IoAsidHandle<TData> left, IoAsidHandle<TData> right) => !left.Equals(right);

    /// <summary>Replaces the data. A concurrent lookup finds the old or the new data.</summary>
    /// <param name="data">The new data; <see cref="ClearData"/> removes it.</param>
    /// <exception cref="StaleIoAsidException">The id was freed. Nothing changed.</exception>
    public void SetData(TData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Write(data, flags: 0);
    }

    /// <summary>Removes the data. Lookups return <see cref="IoAsidLookupStatus.NoData"/>. References taken before keep their data.</summary>
    /// <exception cref="StaleIoAsidException">The id was freed. Nothing changed.</exception>
    public void ClearData() => Write(data: null, LifeWord.MayHaveNoData);

    /// <summary>Attaches a number of the set's private space, such as a guest's own PASID, to the id. This is not a bind.</summary>
    /// <param name="privateId">The private id, unique among the set's ids that are not freed.</param>
    /// <exception cref="ArgumentException">Another id of the set has the private id. Nothing changed.</exception>
    /// <exception cref="InvalidOperationException">The id has a private id already. Nothing changed.</exception>
    /// <exception cref="StaleIoAsidException">The id was freed. Nothing changed.</exception>
    public void AttachPrivateId(PrivateIoAsid privateId)
    {
        IoAsidSet<TData> set = Set;
        Life life = LifeIn(set);
        using WriteTurn turn = new(set, life, flags: 0);
        LifeRecord record = turn.Record();
        if (record.PrivateId is { } attached)
            throw new InvalidOperationException($"Id {life.Id} has the private id {attached} already; detach that first.");

        if (!set.PrivateIds.TryAdd(privateId, life))
            throw new ArgumentException($"Another id of the set '{set}' has the private id {privateId}.", nameof(privateId));

        record.PrivateId = privateId;
    }

    /// <summary>Detaches the private id.</summary>
    /// <returns>True if the id had a private id; false otherwise.</returns>
    /// <exception cref="StaleIoAsidException">The id was freed. Nothing changed.</exception>
    public bool DetachPrivateId()
    {
        IoAsidSet<TData> set = Set;
        Life life = LifeIn(set);
        using WriteTurn turn = new(set, life, flags: 0);
        return set.Space.Records.Find(life) is { } record && set.PrivateIds.Detach(record);
    }

    /// <summary>Keeps the id on behalf of hardware, until the hardware's requests are drained. The first binding of an id is an event.</summary>
    /// <param name="device">The device, for display; may be null.</param>
    /// <returns>The binding, which ends by <see cref="IoAsidBinding.Complete"/> only.</returns>
    /// <exception cref="StaleIoAsidException">The id was freed. Nothing changed.</exception>
    /// <exception cref="InvalidOperationException">The id has 268,435,455 references already. Nothing changed.</exception>
    public IoAsidBinding Bind(object? device = null)
    {
        IoAsidSet<TData> set = Set;
        return IoAsidBinding.Begin(set, LifeIn(set), device);
    }

    /// <summary>
    /// Frees the id permanently. When this returns, lookups find nothing and no new hold is possible. The number is reclaimed after its last reference is gone.
    /// Never fails. A second call does nothing, and so does a call on a mixture of two handles.
    /// </summary>
    /// <remarks>With observers, waiters or bindings, memory can run out. The <see cref="OutOfMemoryException"/> then leaves everything unchanged, and the call can be repeated.</remarks>
    /// <returns>The state of the number after the call.</returns>
    /// <exception cref="InvalidOperationException">The handle is <c>default</c>.</exception>
    public IoAsidFreeResult Free()
    {
        IoAsidSet<TData> set = Set;
        return set.Space.Lifecycle.Free(set, LifeIn(set));
    }

    /// <summary>Frees the id and waits until its number is back in the pool, or permanently out of use.</summary>
    /// <remarks>
    /// The task does not complete while the caller itself holds the id. Inside an observer, do not block on the task. An <see cref="OutOfMemoryException"/> can come before or
    /// after the free; the call can be repeated.
    /// </remarks>
    /// <param name="cancellationToken">The token that cancels the wait, not the free.</param>
    /// <returns>A task that completes after the reclaim.</returns>
    /// <exception cref="InvalidOperationException">The handle is <c>default</c>.</exception>
    public Task FreeAsync(CancellationToken cancellationToken = default)
    {
        IoAsidSet<TData> set = Set;
        Life life = LifeIn(set);
        set.Space.Lifecycle.Free(set, life);
        return set.Space.Lifecycle.WaitForEnd(set, life, cancellationToken);
    }

    /// <inheritdoc/>
    public bool Equals(IoAsidHandle<TData> other) => _set == other._set && _life == other._life;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IoAsidHandle<TData> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_set, _life);

    /// <summary>Returns the number, its generation, its set, and whether the handle is stale.</summary>
    public override string ToString()
    {
        if (_set is not { } set)
            return "(default handle)";

        Life life = LifeIn(set);
        return $"{life.Id} (generation {life.Generation}) of {set}{(set.IsStale(life) ? ", stale" : "")}";
    }

    private Life LifeIn(IoAsidSet<TData> set) => new(_life ^ set.HandleKey);

    private static InvalidOperationException Dead() => new(
        "A default IoAsidHandle stands for no id. Handles come from IoAsidSet.Allocate, TryAllocate (when it returns true) and TryGetHandle.");

    private void Write(TData? data, ulong flags)
    {
        IoAsidSet<TData> set = Set;
        Life life = LifeIn(set);
        using WriteTurn turn = new(set, life, flags);
        turn.Block.Write(life.Id, data);
    }
}
