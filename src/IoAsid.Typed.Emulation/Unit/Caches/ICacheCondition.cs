namespace IoAsid.Typed.Emulation;

/// <summary>The condition that selects the entries of a <see cref="TaggedCache{TKey, TValue}"/> to remove.</summary>
internal interface ICacheCondition<TKey, TValue>
{
    /// <summary>Returns true if an entry is removed. An implementation may count the removed entries.</summary>
    bool Holds(TKey key, in TValue value);
}
