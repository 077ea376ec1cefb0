using System.Collections.Concurrent;

namespace IoAsid.Typed.Core;

/// <summary>The records of the lives that need one, by number and generation: a record of one life is never taken for another's.</summary>
internal sealed class RecordTable
{
    // Made on first use: most spaces never bind, wait or tell.
    private ConcurrentDictionary<ulong, LifeRecord>? _records;

    public LifeRecord? Find(uint id, uint generation) =>
        Volatile.Read(ref _records) is { } records && records.TryGetValue(Key(id, generation), out LifeRecord? record) ? record : null;

    /// <summary>The record of a life whose word says that it has one, or that nobody but the caller can see.</summary>
    public LifeRecord GetOrAdd(uint id, uint generation) =>
        Records().GetOrAdd(Key(id, generation), static key => new LifeRecord(new RawIoAsid((uint)key), (uint)(key >> 32)));

    /// <summary>
    /// The record of a life. The word is marked first, under a reference, so that whoever ends the life looks for the record; whoever comes first makes it. One that
    /// was made after the life had ended is nobody's and goes.
    /// </summary>
    /// <returns>Null if the life has ended, or nothing refers to it any more and it has no record; never if the caller has a reference to it.</returns>
    public LifeRecord? Attach(uint id, uint generation, ref ulong word)
    {
        if (!TryMark(generation, ref word))
        {
            return null;
        }

        LifeRecord record = GetOrAdd(id, generation);
        if (!LifeWord.Read(ref word).IsOver(generation))
        {
            return record;
        }

        Remove(record);
        return null;
    }

    public void Remove(LifeRecord record) =>
        Volatile.Read(ref _records)?.TryRemove(KeyValuePair.Create(Key(record.Id.Value, record.Generation), record));

    private static bool TryMark(uint generation, ref ulong word)
    {
        while (true)
        {
            LifeWord seen = LifeWord.Read(ref word);
            if (seen.IsOver(generation))
            {
                return false;
            }

            if (seen.IsRecorded || seen.IsUnreferenced)
            {
                return seen.IsRecorded;
            }

            if (seen.TryReplace(ref word, seen.Bits | LifeWord.Recorded))
            {
                return true;
            }
        }
    }

    private static ulong Key(uint id, uint generation) => (ulong)generation << 32 | id;

    private ConcurrentDictionary<ulong, LifeRecord> Records() =>
        Volatile.Read(ref _records)
        ?? Interlocked.CompareExchange(ref _records, new ConcurrentDictionary<ulong, LifeRecord>(), null)
        ?? _records;
}
