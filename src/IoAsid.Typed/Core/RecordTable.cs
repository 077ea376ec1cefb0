using System.Collections.Concurrent;

namespace IoAsid.Typed.Core;

/// <summary>The records of lives, by number and generation. Most lives have none.</summary>
internal sealed class RecordTable
{
    // Made on first use: most spaces never bind, wait or notify.
    private ConcurrentDictionary<Life, LifeRecord>? _records;

    public LifeRecord? Find(Life life) =>
        Volatile.Read(ref _records) is { } records && records.TryGetValue(life, out LifeRecord? record) ? record : null;

    /// <summary>Returns the record of a life whose word says that it has one, or that no other thread can see.</summary>
    /// <exception cref="OutOfMemoryException">Nothing changed, except that the record may exist.</exception>
    public LifeRecord GetOrAdd(Life life)
    {
        FaultPoint.Allocation();
        return Uninterrupted.Run(Records(), life, static (records, life) => records.GetOrAdd(life, static life => new LifeRecord(life)));
    }

    /// <summary>Makes the record of a life that no other thread can see.</summary>
    /// <exception cref="OutOfMemoryException">Nothing changed.</exception>
    public LifeRecord Make(Life life)
    {
        try
        {
            return GetOrAdd(life);
        }
        catch (OutOfMemoryException)
        {
            // The table adds before it grows.
            if (Find(life) is { } made)
                Remove(made);

            throw;
        }
    }

    /// <summary>
    /// Returns the record of a life. The word is marked first, under a reference, so that the end of the life looks for the record. A record that was made
    /// after the life had ended is removed again.
    /// </summary>
    /// <returns>Null if the life has ended, or has neither a reference nor a record; never null if the caller has a reference.</returns>
    public LifeRecord? Attach(Life life, ref ulong word)
    {
        if (!TryMark(life.Generation, ref word))
            return null;

        LifeRecord record = GetOrAdd(life);
        if (!LifeWord.Read(ref word).IsOver(life.Generation))
            return record;

        // The end of the life may look for the record before or after its removal. In both cases its waiters must complete.
        Remove(record);
        record.End();
        return null;
    }

    public void Remove(LifeRecord record)
    {
        if (Volatile.Read(ref _records) is { } records)
            Uninterrupted.Run(records, record, static (records, record) => records.TryRemove(KeyValuePair.Create(record.Life, record)));
    }

    private static bool TryMark(uint generation, ref ulong word)
    {
        while (true)
        {
            LifeWord seen = LifeWord.Read(ref word);
            if (seen.IsOver(generation))
                return false;

            if (seen.IsRecorded || seen.IsUnreferenced)
                return seen.IsRecorded;

            if (seen.TryReplace(ref word, seen.Bits | LifeWord.Recorded))
                return true;
        }
    }

    private ConcurrentDictionary<Life, LifeRecord> Records() =>
        Volatile.Read(ref _records)
        ?? Interlocked.CompareExchange(ref _records, new ConcurrentDictionary<Life, LifeRecord>(), null)
        ?? _records;
}
