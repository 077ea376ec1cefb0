namespace IoAsid.Typed.Emulation;

/// <summary>Says which entries of a <see cref="TaggedCache{TKey, TValue}"/> go.</summary>
internal interface ICacheCondition<TKey, TValue>
{
    /// <summary>Whether an entry goes. May count what it says yes to.</summary>
    bool Holds(TKey key, in TValue value);
}
