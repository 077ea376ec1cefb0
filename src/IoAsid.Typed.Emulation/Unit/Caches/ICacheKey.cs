namespace IoAsid.Typed.Emulation;

/// <summary>The key of an entry of a <see cref="TaggedCache{TKey, TValue}"/>. No entry has the default key.</summary>
internal interface ICacheKey<TKey> : IEquatable<TKey>
    where TKey : struct
{
    /// <summary>The number that spreads keys over sets. Only its low bits are used.</summary>
    int Hash { get; }
}
