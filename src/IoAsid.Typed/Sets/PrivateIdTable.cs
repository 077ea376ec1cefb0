using System.Collections.Concurrent;
using IoAsid.Typed.Core;

namespace IoAsid.Typed.Sets;

/// <summary>The private ids of one set, each with its life. A private id never leads to the next life of a number.</summary>
internal sealed class PrivateIdTable
{
    private ConcurrentDictionary<uint, Life>? _lives;

    public bool TryFind(PrivateIoAsid privateId, out Life life)
    {
        life = default;
        return Volatile.Read(ref _lives) is { } lives && lives.TryGetValue(privateId.Value, out life);
    }

    /// <returns>True if the private id was added; false if another id of the set has it.</returns>
    public bool TryAdd(PrivateIoAsid privateId, Life life)
    {
        FaultPoint.Allocation();
        ConcurrentDictionary<uint, Life> lives = Volatile.Read(ref _lives)
            ?? Interlocked.CompareExchange(ref _lives, new ConcurrentDictionary<uint, Life>(), null)
            ?? _lives;
        try
        {
            return Uninterrupted.Run(lives, (privateId.Value, life), static (lives, entry) => lives.GetOrAdd(entry.Value, entry.life)) == life;
        }
        catch (OutOfMemoryException)
        {
            // The table adds before it grows.
            Uninterrupted.Run(lives, KeyValuePair.Create(privateId.Value, life), static (lives, entry) => lives.TryRemove(entry));
            throw;
        }
    }

    /// <summary>Removes the private id of a life.</summary>
    /// <returns>True if the life had a private id; false otherwise.</returns>
    public bool Detach(LifeRecord record)
    {
        if (record.PrivateId is not { } privateId)
            return false;

        if (_lives is { } lives)
            Uninterrupted.Run(lives, privateId.Value, static (lives, privateId) => lives.TryRemove(privateId, out _));

        record.PrivateId = null;
        return true;
    }
}
