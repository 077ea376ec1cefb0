using System.Collections.Concurrent;

namespace IoAsid.Typed.Analyzers;

/// <summary>A function computed once per argument. Asking again allocates nothing: rules ask at every operation there is.</summary>
internal sealed class Memo<TKey, TValue>(Func<TKey, TValue> compute, IEqualityComparer<TKey> comparer)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> _known = new(comparer);

    public TValue this[TKey key] => _known.GetOrAdd(key, compute);
}
