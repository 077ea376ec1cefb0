namespace IoAsid.Typed.Emulation;

/// <summary>What an entry of a <see cref="TaggedCache{TKey, TValue}"/> is found by.</summary>
internal interface ICacheKey<TKey> : IEquatable<TKey>
    where TKey : struct
{
    /// <summary>Spreads keys over sets; only the low bits are used.</summary>
    int Hash { get; }
}
