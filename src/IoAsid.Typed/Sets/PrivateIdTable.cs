using System.Collections.Concurrent;
using IoAsid.Typed.Core;

namespace IoAsid.Typed.Sets;

/// <summary>The private ids of one set. Maps to number and generation, so that a number's next life is never mistaken for the one meant.</summary>
internal sealed class PrivateIdTable
{
    private ConcurrentDictionary<uint, ulong>? _keys;

    public bool TryFind(PrivateIoAsid privateId, out ulong key)
    {
        key = 0;
        return Volatile.Read(ref _keys) is { } keys && keys.TryGetValue(privateId.Value, out key);
    }

    /// <returns>False if another id of the set has it.</returns>
    public bool TryAdd(PrivateIoAsid privateId, uint id, uint generation)
    {
        ConcurrentDictionary<uint, ulong> keys = Volatile.Read(ref _keys)
            ?? Interlocked.CompareExchange(ref _keys, new ConcurrentDictionary<uint, ulong>(), null)
            ?? _keys;
        return keys.TryAdd(privateId.Value, (ulong)generation << 32 | id);
    }

    /// <summary>Takes the private id of a life away.</summary>
    /// <returns>False if it has none.</returns>
    public bool Detach(LifeRecord record)
    {
        if (record.PrivateId is not { } privateId)
        {
            return false;
        }

        _keys?.TryRemove(privateId.Value, out _);
        record.PrivateId = null;
        return true;
    }
}
