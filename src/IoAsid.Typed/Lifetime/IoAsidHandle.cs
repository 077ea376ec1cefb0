using System.Diagnostics;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;

namespace IoAsid.Typed;

/// <summary>
/// What an allocation returns: all changes to that one allocation. Bound to the allocation, not to the number; once the id is freed the handle is stale
/// and cannot touch the number's next life.
/// </summary>
/// <remarks>
/// Safe to use from any thread. A <c>default</c> handle is dead: every member but comparison and <see cref="ToString"/> throws
/// <see cref="InvalidOperationException"/>.
/// </remarks>
/// <typeparam name="TData">Exactly the data type of the set that allocated the id.</typeparam>
[DebuggerDisplay("{ToString(),nq}")]
public readonly struct IoAsidHandle<TData> : IEquatable<IoAsidHandle<TData>>
    where TData : class
{
    private readonly IoAsidSet<TData>? _set;
    private readonly uint _id;
    private readonly uint _generation;

    /// <summary>Makes a dead handle.</summary>
    [Obsolete("A handle comes from Allocate or TryGetHandle; new() makes one that does nothing but throw.", error: true)]
    public IoAsidHandle()
    {
        _set = null;
        _id = 0;
        _generation = 0;
    }

    internal IoAsidHandle(IoAsidSet<TData> set, uint id, uint generation)
    {
        _set = set;
        _id = id;
        _generation = generation;
    }

    /// <summary>The set that allocated the id. Readable also when the handle is stale.</summary>
    public IoAsidSet<TData> Set => _set ?? throw Dead();

    /// <summary>The number, to be programmed into hardware. Readable also when the handle is stale.</summary>
    public RawIoAsid Id => Set is not null ? new RawIoAsid(_id) : default;

    /// <summary>Which life of the number. Readable also when the handle is stale.</summary>
    public uint Generation => Set is not null ? _generation : default;

    /// <summary>Whether the id was freed. Out of date as soon as it returns, unless it is true.</summary>
    public bool IsStale
    {
        get
        {
            bool stale = !LifeWord.Read(ref Page.Lives.Word(_id)).IsLive(_generation);
            if (stale)
            {
                Page.WaitUntilCleared(_id, _generation);
            }

            return stale;
        }
    }

    /// <summary>The data; null if the id has none.</summary>
    /// <exception cref="StaleIoAsidException">The id was freed.</exception>
    public TData? Data
    {
        get
        {
            object? data = Volatile.Read(ref Page.Data(_id));
            ThrowIfStale();
            return Unsafe.As<TData?>(data);
        }
    }

    /// <summary>The private id, if one is attached.</summary>
    /// <exception cref="StaleIoAsidException">The id was freed.</exception>
    public PrivateIoAsid? PrivateId
    {
        get
        {
            PrivateIoAsid? privateId = Set.Space.Records.Find(_id, _generation)?.PrivateId;
            ThrowIfStale();
            return privateId;
        }
    }

    private DataPage Page => Set.PageOf(_id)!;

    /// <summary>Whether two handles stand for the same allocation.</summary>
    public static bool operator ==(IoAsidHandle<TData> left, IoAsidHandle<TData> right) => left.Equals(right);

    /// <summary>Whether two handles stand for different allocations.</summary>
    public static bool operator !=(IoAsidHandle<TData> left, IoAsidHandle<TData> right) => !left.Equals(right);

    /// <summary>Replaces the data. Lookups that run meanwhile see the old or the new.</summary>
    /// <param name="data">The new data; <see cref="ClearData"/> takes it away.</param>
    /// <exception cref="StaleIoAsidException">The id was freed.</exception>
    public void SetData(TData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Write(data, flags: 0);
    }

    /// <summary>Takes the data away; lookups answer <see cref="IoAsidLookupStatus.NoData"/>. References taken before keep what they captured.</summary>
    /// <exception cref="StaleIoAsidException">The id was freed.</exception>
    public void ClearData() => Write(data: null, LifeWord.MayLackData);

    /// <summary>Gives the id a number in the set's private space: what a guest calls it. This is not a bind.</summary>
    /// <param name="privateId">Unique among the set's ids that are not freed.</param>
    /// <exception cref="ArgumentException">Another id of the set has it. Nothing changed.</exception>
    /// <exception cref="InvalidOperationException">The id has a private id already. Nothing changed.</exception>
    /// <exception cref="StaleIoAsidException">The id was freed.</exception>
    public void AttachPrivateId(PrivateIoAsid privateId)
    {
        using Writing writing = BeginWriting();
        LifeRecord record = writing.Record();
        if (record.PrivateId is { } attached)
        {
            throw new InvalidOperationException($"Id {_id} has the private id {attached} already; detach that first.");
        }

        if (!Set.PrivateIds.TryAdd(privateId, _id, _generation))
        {
            throw new ArgumentException($"Another id of the set '{Set}' has the private id {privateId}.", nameof(privateId));
        }

        record.PrivateId = privateId;
    }

    /// <summary>Takes the private id away.</summary>
    /// <returns>False if there was none.</returns>
    /// <exception cref="StaleIoAsidException">The id was freed.</exception>
    public bool DetachPrivateId()
    {
        using Writing writing = BeginWriting();
        return Set.Space.Records.Find(_id, _generation) is { } record && Set.PrivateIds.Detach(record);
    }

    /// <summary>Keeps the id on behalf of hardware, until a drain has shown that the hardware is done with it. The first binding of an id is an event.</summary>
    /// <param name="device">Which device, for people; may be null.</param>
    /// <returns>The binding, which ends by <see cref="IoAsidBinding.Complete"/> only.</returns>
    /// <exception cref="StaleIoAsidException">The id was freed.</exception>
    /// <exception cref="InvalidOperationException">The id has 268,435,455 references already. Nothing changed.</exception>
    public IoAsidBinding Bind(object? device = null)
    {
        LifePage lives = Page.Lives;
        LifeRecord record;
        bool tell;
        using (Writing writing = BeginWriting())
        {
            record = writing.Record();
            writing.AddReference();
            tell = record.Bind(Set);
        }

        if (tell)
        {
            Set.Space.Teller.Tell(record);
        }

        return new IoAsidBinding(lives, record, Set, device);
    }

    /// <summary>
    /// Frees the id, for ever: lookups find nothing and no new hold can be had when this returns. The number is reclaimed when nothing holds it any more.
    /// Never fails; the second time does nothing.
    /// </summary>
    /// <returns>Whether the number is back in the pool already.</returns>
    /// <exception cref="InvalidOperationException">The handle is <c>default</c>.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public IoAsidFreeResult Free() => Set.Space.Free(Set, _id, _generation, Page);

    /// <summary>Frees the id and waits until its number is back in the pool, or out of use for good.</summary>
    /// <remarks>While the caller itself holds the id this never completes. Inside an observer, do not block on it.</remarks>
    /// <param name="cancellationToken">Stops the wait, not the free.</param>
    /// <returns>Completes after the reclaim, at once if that has been.</returns>
    /// <exception cref="InvalidOperationException">The handle is <c>default</c>.</exception>
    public Task FreeAsync(CancellationToken cancellationToken = default)
    {
        Free();
        return Set.Space.WaitForEnd(_id, _generation, ref Page.Lives.Word(_id), cancellationToken);
    }

    /// <inheritdoc/>
    public bool Equals(IoAsidHandle<TData> other) => _set == other._set && _id == other._id && _generation == other._generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IoAsidHandle<TData> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_set, _id, _generation);

    /// <summary>The number, its generation, its set, and whether the handle is stale.</summary>
    public override string ToString() => _set is null ? "(default handle)" : $"{_id} (generation {_generation}) of {_set}{(IsStale ? ", stale" : "")}";

    private static InvalidOperationException Dead() => new(
        "A default IoAsidHandle stands for no id. Handles come from IoAsidSet.Allocate, TryAllocate (when it returns true) and TryGetHandle.");

    private void Write(TData? data, ulong flags)
    {
        DataPage page = Page;
        using Writing writing = BeginWriting(flags);
        Volatile.Write(ref page.Data(_id), data);
    }

    private Writing BeginWriting(ulong flags = 0) => new(Set.Space, Page, _id, _generation, flags);

    private void ThrowIfStale()
    {
        LifeWord word = LifeWord.Read(ref Page.Lives.Word(_id));
        if (!word.IsLive(_generation))
        {
            Page.WaitUntilCleared(_id, _generation);
            throw Writing.Stale(_id, _generation, word);
        }
    }
}
