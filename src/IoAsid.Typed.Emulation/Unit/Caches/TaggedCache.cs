using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// A bounded cache: sets of four entries, chosen by the key's hash. Of a full set the oldest entry goes (first in, first out). What is in it stays
/// until it is dropped or pushed out, whatever memory says by then. Nothing is allocated after construction.
/// </summary>
internal sealed class TaggedCache<TKey, TValue>
    where TKey : struct, ICacheKey<TKey>
    where TValue : struct
{
    private const int Ways = 4;

    private readonly Entry[] _entries;
    private readonly byte[] _oldest;
    private readonly int _setMask;

    /// <param name="capacity">How many entries fit: a power of two, at least 4.</param>
    public TaggedCache(int capacity)
    {
        _entries = new Entry[capacity];
        _oldest = new byte[capacity / Ways];
        _setMask = capacity / Ways - 1;
    }

    /// <summary>How many entries there are.</summary>
    public int Count { get; private set; }

    /// <summary>Finds a value; a null reference if there is none. Good until the cache is changed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref TValue Find(TKey key)
    {
        Span<Entry> set = SetOf(key);
        for (int way = 0; way < set.Length; way++)
        {
            ref Entry entry = ref set[way];
            if (entry.Used && entry.Key.Equals(key))
                return ref entry.Value;
        }

        return ref Unsafe.NullRef<TValue>();
    }

    /// <summary>Remembers a value in place of an older one of the same key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="pushedOut">The value that had to go, if the result is true.</param>
    /// <returns>Whether another value had to go.</returns>
    public bool Add(TKey key, in TValue value, out TValue pushedOut)
    {
        ref Entry place = ref PlaceFor(key);
        bool pushes = place.Used;
        pushedOut = place.Value;
        if (!pushes)
            Count++;
        place.Used = true;
        place.Key = key;
        place.Value = value;
        return pushes;
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        Array.Clear(_entries);
        Count = 0;
    }

    /// <summary>Drops the value of one key.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Drop(TKey key, out TValue dropped)
    {
        foreach (ref Entry entry in SetOf(key))
        {
            if (entry.Used && entry.Key.Equals(key))
            {
                dropped = entry.Value;
                Drop(ref entry);
                return true;
            }
        }

        dropped = default;
        return false;
    }

    /// <summary>Drops what a condition names.</summary>
    /// <param name="condition">Looks at a key and its value.</param>
    public void DropWhere<TCondition>(TCondition condition)
        where TCondition : struct, ICacheCondition<TKey, TValue>
    {
        if (Count == 0)
            return;
        foreach (ref Entry entry in _entries.AsSpan())
        {
            if (entry.Used && condition.Holds(entry.Key, entry.Value))
                Drop(ref entry);
        }
    }

    private void Drop(ref Entry entry)
    {
        entry = default;
        Count--;
    }

    private ref Entry PlaceFor(TKey key)
    {
        Span<Entry> set = SetOf(key);
        int free = -1;
        for (int way = 0; way < Ways; way++)
        {
            if (!set[way].Used)
                free = way;
            else if (set[way].Key.Equals(key))
                return ref set[way];
        }

        if (free < 0)
        {
            ref byte oldest = ref _oldest[key.Hash & _setMask];
            free = oldest;
            oldest = (byte)((oldest + 1) % Ways);
        }

        return ref set[free];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<Entry> SetOf(TKey key) => _entries.AsSpan((key.Hash & _setMask) * Ways, Ways);

    private struct Entry
    {
        public bool Used;
        public TKey Key;
        public TValue Value;
    }
}
