using System.Collections.Concurrent;

namespace IoAsid.Typed.Analyzers;

/// <summary>A function computed once per argument. A repeated call allocates nothing, because rules call at every operation.</summary>
internal sealed class Memo<TKey, TValue>(Func<TKey, TValue> compute, IEqualityComparer<TKey> comparer)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> _known = new(comparer);

    public TValue this[TKey key] => _known.GetOrAdd(key, compute);
}
