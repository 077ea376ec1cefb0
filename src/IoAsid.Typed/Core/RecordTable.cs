using System.Collections.Concurrent;

namespace IoAsid.Typed.Core;

/// <summary>The records of the lives that need one, by number and generation: a record of one life is never taken for another's.</summary>
internal sealed class RecordTable
{
    // Made on first use: most spaces never bind, wait or tell.
    private ConcurrentDictionary<ulong, LifeRecord>? _records;

    public LifeRecord? Find(uint id, uint generation) =>
        Volatile.Read(ref _records) is { } records && records.TryGetValue(Key(id, generation), out LifeRecord? record) ? record : null;

    /// <summary>A record for a life that has none and that nobody else can give one: it is about to begin, or nothing refers to it any more.</summary>
    public LifeRecord Add(uint id, uint generation)
    {
        var record = new LifeRecord(new RawIoAsid(id), generation);
        Records()[Key(id, generation)] = record;
        return record;
    }

    /// <summary>The record of a life, marked in its word so that the end will find it.</summary>
    /// <returns>Null if nothing refers to that life any more; never if the caller has a reference to it.</returns>
    public LifeRecord? Attach(uint id, uint generation, ref ulong word)
    {
        LifeRecord? found = Find(id, generation);
        LifeRecord record = found ?? Records().GetOrAdd(Key(id, generation), new LifeRecord(new RawIoAsid(id), generation));
        while (true)
        {
            LifeWord seen = LifeWord.Read(ref word);
            if (seen.Generation != generation || seen.IsUnreferenced)
            {
                RemoveUnlessUsed(record, found, seen);
                return null;
            }

            if (seen.IsRecorded || seen.TryReplace(ref word, seen.Bits | LifeWord.Recorded))
            {
                return record;
            }
        }
    }

    public void Remove(LifeRecord record) =>
        Volatile.Read(ref _records)?.TryRemove(KeyValuePair.Create(Key(record.Id.Value, record.Generation), record));

    private static ulong Key(uint id, uint generation) => (ulong)generation << 32 | id;

    /// <summary>A record that was there before, or that the life's word tells of, belongs to those who end the life; one that came too late is nobody's.</summary>
    private void RemoveUnlessUsed(LifeRecord record, LifeRecord? found, LifeWord seen)
    {
        bool used = seen.IsRecorded && seen.Generation == record.Generation;
        if (found is null && !used)
        {
            Remove(record);
        }
    }

    private ConcurrentDictionary<ulong, LifeRecord> Records() =>
        Volatile.Read(ref _records)
        ?? Interlocked.CompareExchange(ref _records, new ConcurrentDictionary<ulong, LifeRecord>(), null)
        ?? _records;
}
