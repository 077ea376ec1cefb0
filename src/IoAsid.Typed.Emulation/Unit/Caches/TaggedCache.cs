using System.Numerics;
using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// A bounded cache of sets of four entries. The hash of the key selects the set. A full set replaces its entries in turn. An entry stays until it is removed or
/// replaced, even if memory has changed. Nothing is allocated after construction.
/// </summary>
internal sealed class TaggedCache<TKey, TValue>
    where TKey : struct, ICacheKey<TKey>
    where TValue : struct
{
    private const int Ways = 4;

    private readonly Entry[] _entries;
    private readonly int _setMask;

    // For each set: a bit for each entry in use, and the entry that is replaced next. A search of the whole cache skips sets without entries.
    private readonly byte[] _inUse;
    private readonly byte[] _next;

    /// <param name="capacity">The number of entries: a power of two, at least 4.</param>
    public TaggedCache(int capacity)
    {
        _entries = new Entry[capacity];
        _inUse = new byte[capacity / Ways];
        _next = new byte[capacity / Ways];
        _setMask = capacity / Ways - 1;
    }

    /// <summary>The number of entries in use.</summary>
    public int Count => _inUse.Sum(ways => BitOperations.PopCount(ways));

    /// <summary>Finds a value. Returns a reference that is valid until the cache changes, or a null reference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref TValue Find(TKey key)
    {
        Span<Entry> set = EntriesOf(SetOf(key));
        for (int way = 0; way < set.Length; way++)
        {
            ref Entry entry = ref set[way];
            if (entry.Key.Equals(key))
                return ref entry.Value;
        }

        return ref Unsafe.NullRef<TValue>();
    }

    /// <summary>Adds a value in place of an older one of the same key. Returns the replaced value, or the default.</summary>
    public TValue Add(TKey key, in TValue value)
    {
        int set = SetOf(key);
        int way = WayFor(key, set);
        ref Entry entry = ref EntriesOf(set)[way];
        TValue replaced = entry.Value;
        entry.Key = key;
        entry.Value = value;
        _inUse[set] |= (byte)(1 << way);
        return replaced;
    }

    /// <summary>Removes all values.</summary>
    public void Clear()
    {
        Array.Clear(_entries);
        Array.Clear(_inUse);
    }

    /// <summary>Removes the value of one key if a condition selects it.</summary>
    public void RemoveIf<TCondition>(TKey key, TCondition condition)
        where TCondition : struct, ICacheCondition<TKey, TValue>
    {
        int set = SetOf(key);
        Span<Entry> entries = EntriesOf(set);
        for (int way = 0; way < entries.Length; way++)
        {
            if (entries[way].Key.Equals(key) && condition.Holds(key, entries[way].Value))
                Remove(set, way);
        }
    }

    /// <summary>Removes the values that a condition selects.</summary>
    public void RemoveWhere<TCondition>(TCondition condition)
        where TCondition : struct, ICacheCondition<TKey, TValue>
    {
        ReadOnlySpan<byte> inUse = _inUse;
        for (int set = NextUsed(inUse, 0); set < inUse.Length; set = NextUsed(inUse, set + 1))
        {
            // A free place may be selected too: to drop it changes nothing.
            Span<Entry> entries = EntriesOf(set);
            for (int way = 0; way < entries.Length; way++)
            {
                if (condition.Holds(entries[way].Key, entries[way].Value))
                    Remove(set, way);
            }
        }
    }

    private void Remove(int set, int way)
    {
        EntriesOf(set)[way] = default;
        _inUse[set] &= (byte)~(1 << way);
    }

    // Returns the entry of the key, or the first free entry, or the entry that is replaced next.
    private int WayFor(TKey key, int set)
    {
        Span<Entry> entries = EntriesOf(set);
        for (int way = 0; way < entries.Length; way++)
        {
            if (entries[way].Key.Equals(key))
                return way;
        }

        int free = BitOperations.TrailingZeroCount(~_inUse[set]);
        if (free < Ways)
            return free;
        int next = _next[set];
        _next[set] = (byte)((next + 1) & (Ways - 1));
        return next;
    }

    private static int NextUsed(ReadOnlySpan<byte> inUse, int first)
    {
        int more = inUse[first..].IndexOfAnyExcept((byte)0);
        return more < 0 ? inUse.Length : first + more;
    }

    private int SetOf(TKey key) => key.Hash & _setMask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<Entry> EntriesOf(int set) => _entries.AsSpan(set * Ways, Ways);

    private struct Entry
    {
        public TKey Key;
        public TValue Value;
    }
}
