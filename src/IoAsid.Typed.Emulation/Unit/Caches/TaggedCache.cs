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
    private const int AllWays = (1 << Ways) - 1;

    private readonly Set[] _sets;
    private readonly int _setMask;

    // For each set: a bit for each entry in use, and above them the entry that is replaced next, while an entry is in use. A search of the whole cache skips sets
    // without entries.
    private readonly byte[] _states;

    /// <param name="capacity">The number of entries: a power of two, at least 4.</param>
    public TaggedCache(int capacity)
    {
        _sets = new Set[capacity / Ways];
        _states = new byte[capacity / Ways];
        _setMask = capacity / Ways - 1;
    }

    /// <summary>The number of changes. While it stays the same, each key finds what it found before.</summary>
    public ulong Changes { get; private set; }

    /// <summary>The number of entries in use.</summary>
    public int Count => _states.Sum(state => BitOperations.PopCount((uint)state & AllWays));

    /// <summary>Finds a value. Returns a reference that is valid until the cache changes, or a null reference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref TValue Find(TKey key)
    {
        // Not a loop: the compiler does not unroll it.
        ref Set set = ref _sets[SetOf(key)];
        if (set[0].Key.Equals(key))
            return ref set[0].Value;
        if (set[1].Key.Equals(key))
            return ref set[1].Value;
        if (set[2].Key.Equals(key))
            return ref set[2].Value;
        if (set[3].Key.Equals(key))
            return ref set[3].Value;
        return ref Unsafe.NullRef<TValue>();
    }

    /// <summary>Adds a value in place of an older one of the same key. Returns the replaced value, or the default.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value. It is not passed by reference: a copy of a short value that was just written would wait for the writes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TValue Add(TKey key, TValue value)
    {
        int set = SetOf(key);
        ref Set entries = ref _sets[set];
        int way = WayOf(key, ref entries);
        if (way == Ways)
            way = PlaceIn(set);
        ref Entry entry = ref entries[way];
        TValue replaced = entry.Value;
        entry.Key = key;
        entry.Value = value;
        Changes++;
        return replaced;
    }

    /// <summary>Removes all values.</summary>
    public void Clear()
    {
        Array.Clear(_sets);
        Array.Clear(_states);
        Changes++;
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
        ReadOnlySpan<byte> states = _states;
        for (int set = NextUsed(states, 0); set < states.Length; set = NextUsed(states, set + 1))
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
        int state = _states[set] & ~(1 << way);
        _states[set] = (byte)((state & AllWays) == 0 ? 0 : state);
        Changes++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WayOf(TKey key, ref Set set)
    {
        if (set[0].Key.Equals(key))
            return 0;
        if (set[1].Key.Equals(key))
            return 1;
        if (set[2].Key.Equals(key))
            return 2;
        return set[3].Key.Equals(key) ? 3 : Ways;
    }

    // Returns the first free entry of a set, or the entry that is replaced next.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int PlaceIn(int set)
    {
        ref byte state = ref _states[set];
        int free = BitOperations.TrailingZeroCount(~(uint)state);
        if (free < Ways)
        {
            state |= (byte)(1 << free);
            return free;
        }

        int next = state >> Ways;
        state = (byte)((next + 1 & Ways - 1) << Ways | AllWays);
        return next;
    }

    private static int NextUsed(ReadOnlySpan<byte> states, int first)
    {
        int more = states[first..].IndexOfAnyExcept((byte)0);
        return more < 0 ? states.Length : first + more;
    }

    private int SetOf(TKey key) => key.Hash & _setMask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<Entry> EntriesOf(int set) => _sets[set];

    private struct Entry
    {
        public TKey Key;
        public TValue Value;
    }

    [InlineArray(Ways)]
    private struct Set
    {
        private Entry _first;
    }
}
