namespace IoAsid.Typed.Emulation;

/// <summary>Decides which entries of a <see cref="TaggedCache{TKey, TValue}"/> are dropped.</summary>
internal interface ICacheCondition<TKey, TValue>
{
    /// <summary>Returns true if an entry is dropped. An implementation may count the dropped entries.</summary>
    bool Holds(TKey key, in TValue value);
}
