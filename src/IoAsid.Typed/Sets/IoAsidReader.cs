using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Lookup;
using IoAsid.Typed.Sets;

namespace IoAsid.Typed;

/// <summary>
/// A view of a set that can find and hold ids of the set and of those below it. A page request handler takes a reader. Readers are covariant: <see cref="Of"/> reads
/// a set as a base type of its data.
/// </summary>
/// <remarks>A <c>default</c> reader reads nothing: every member but comparison and <see cref="ToString"/> throws <see cref="InvalidOperationException"/>.</remarks>
/// <typeparam name="TData">The type of the data that lookups return.</typeparam>
public readonly struct IoAsidReader<TData> : IEquatable<IoAsidReader<TData>>
    where TData : class
{
    private readonly IoAsidSet? _set;

    internal IoAsidReader(IoAsidSet set) => _set = set;

    /// <summary>The set that is read, without its data type: it offers membership and holds, and no data.</summary>
    public IoAsidSet Set => _set ?? throw new InvalidOperationException("A default IoAsidReader reads no set; take it from IoAsidSet.Reader or IoAsidReader.Of.");

    /// <summary>Returns a reader of a set that reads data as a base type.</summary>
    /// <typeparam name="TSub">The set's data type.</typeparam>
    /// <param name="set">The set.</param>
    /// <returns>A reader of the set and those below it.</returns>
    public static IoAsidReader<TData> Of<TSub>(IoAsidSet<TSub> set)
        where TSub : class, TData
    {
        ArgumentNullException.ThrowIfNull(set);
        return new(set);
    }

    /// <summary>Tries to make a reader of a set whose data type is known only at run time.</summary>
    /// <param name="set">Any set, or null.</param>
    /// <param name="reader">A reader of the set and those below it; <c>default</c> if the result is false.</param>
    /// <returns>True if the set's data type is <typeparamref name="TData"/> or a subtype; false otherwise, also for null.</returns>
    public static bool TryOf([NotNullWhen(true)] IoAsidSet? set, out IoAsidReader<TData> reader)
    {
        bool fits = set is not null && typeof(TData).IsAssignableFrom(set.DataType);
        reader = fits ? new(set!) : default;
        return fits;
    }

    /// <summary>Returns true if two readers read the same set.</summary>
    public static bool operator ==(IoAsidReader<TData> left, IoAsidReader<TData> right) => left.Equals(right);

    /// <summary>Returns true if two readers read different sets.</summary>
    public static bool operator !=(IoAsidReader<TData> left, IoAsidReader<TData> right) => !left.Equals(right);

    /// <inheritdoc cref="IoAsidSet{TData}.Find(RawIoAsid)"/>
    public IoAsidLookup<TData> Find(RawIoAsid id) => Set is var set && set.Peek(id.Value) is { } data ? new(Unsafe.As<TData>(data)) : set.Explain<TData>(id);

    /// <inheritdoc cref="IoAsidSet{TData}.Find(RawIoAsid, Func{TData, bool})"/>
    public IoAsidLookup<TData> Find(RawIoAsid id, Func<TData, bool> getter) => Find(id).Where(getter);

    /// <inheritdoc cref="IoAsidSet{TData}.Find{TState}(RawIoAsid, TState, Func{TData, TState, bool})"/>
    public IoAsidLookup<TData> Find<TState>(RawIoAsid id, TState state, Func<TData, TState, bool> getter) => Find(id).Where(state, getter);

    /// <inheritdoc cref="IoAsidSet{TData}.TryFind"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(RawIoAsid id, [NotNullWhen(true)] out TData? data)
    {
        data = Unsafe.As<TData?>(Set.Peek(id.Value));
        return data is not null;
    }

    /// <inheritdoc cref="IoAsidSet{TData}.Hold"/>
    public IoAsidHold<TData> Hold(RawIoAsid id) => IoAsidHold<TData>.Take(Set, id.Value);

    /// <inheritdoc cref="IoAsidSet{TData}.TryHold(RawIoAsid, out IoAsidReference{TData})"/>
    public bool TryHold(RawIoAsid id, [NotNullWhen(true)] out IoAsidReference<TData>? reference)
    {
        reference = IoAsidReference<TData>.TryTake(Set, id.Value);
        return reference is not null;
    }

    /// <inheritdoc cref="IoAsidSet.Contains"/>
    public bool Contains(RawIoAsid id) => Set.Contains(id);

    /// <inheritdoc cref="IoAsidSet{TData}.Entries"/>
    public IEnumerable<(RawIoAsid Id, IoAsidLookup<TData> Lookup)> Entries() => Set.Entries<TData>();

    /// <inheritdoc/>
    public bool Equals(IoAsidReader<TData> other) => _set == other._set;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IoAsidReader<TData> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _set?.GetHashCode() ?? 0;

    /// <summary>Returns the set and the data type as which it is read.</summary>
    public override string ToString() => _set is { } set ? $"reader <{typeof(TData).Name}> of {set}" : "(default reader)";
}
