using IoAsid.Typed.Allocation;
using IoAsid.Typed.Core;
using IoAsid.Typed.Seeing;

namespace IoAsid.Typed;

/// <content>The life of an id, from allocation to reclaim. MEMORY-ORDERING.md, beside the core, argues the order of the steps.</content>
public sealed partial class IoAsidSpace
{
    internal Allocated Allocate(IoAsidSet set, object? data, uint min, uint max)
    {
        ThrowIfOutside(min, max);
        Allocated made = TryAllocate(set, data, min, max);
        if (made.Failure != IoAsidAllocationFailure.None)
        {
            Interlocked.Increment(ref set.FailureCount);
            IoAsidEventSource.Log.Failed(set, made.Failure);
        }

        return made;
    }

    internal IoAsidFreeResult Free(IoAsidSet set, uint id, uint generation, DataPage page)
    {
        ref ulong word = ref page.Lives.Word(id);
        if (!Writing.TryMark(ref word, generation, LifeWord.Pending, out LifeWord before))
        {
            return IoAsidFreeResult.AlreadyFreed;
        }

        Volatile.Write(ref page.Data(id), null);
        if (before.References == 1 && !before.IsRecorded && !IsWatched && Allocators.Active is null)
        {
            // Only the allocation itself refers to the life, and since it is pending nobody can join: the word is ours.
            Conclude(id, page.Lives, set, generation, NumberFate.Reusable);
            return IoAsidFreeResult.Reclaimed;
        }

        Interlocked.Increment(ref OwnerOf(page.Lives, id).PendingCount);
        FreeInSteps(id, page.Lives, generation, before);
        return LifeWord.Read(ref word).IsOver(generation) ? IoAsidFreeResult.Reclaimed : IoAsidFreeResult.Pending;
    }

    /// <summary>Called by whoever gave up the last reference.</summary>
    internal void Reclaim(uint id, LifePage lives, LifeWord last)
    {
        IoAsidSet set = OwnerOf(lives, id);
        if (!last.IsRecorded && !IsWatched)
        {
            End(id, lives, set, last.Generation, record: null);
            return;
        }

        LifeRecord record = Records.Find(id, last.Generation) ?? AddLastRecord(id, lives, last);
        Tell(record, record.Edge(IoAsidEventKind.Reclaimed, set));
    }

    /// <summary>Goes on with a life after its observers were told of an edge.</summary>
    internal void Told(in IoAsidEvent edge, LifeRecord record)
    {
        LifePage lives = Lives.Find(edge.Id.Value)!;
        if (edge.Kind == IoAsidEventKind.Freed)
        {
            // The allocation's own reference has kept the number until now, so that nobody could tell the reclaim first.
            lives.Release(edge.Id.Value);
        }
        else if (edge.Kind == IoAsidEventKind.Reclaimed)
        {
            End(edge.Id.Value, lives, edge.Set, edge.Generation, record);
        }
    }

    /// <summary>A task that completes when a life that was freed has ended.</summary>
    internal Task WaitForEnd(uint id, uint generation, ref ulong word, CancellationToken cancellationToken)
    {
        var backoff = new Backoff();
        while (true)
        {
            LifeWord seen = LifeWord.Read(ref word);
            if (seen.IsOver(generation))
            {
                return Task.CompletedTask;
            }

            LifeRecord? record = seen.IsFree ? Records.Find(id, generation) : Records.Attach(id, generation, ref word);
            if (record?.WaitForEnd() is { } end)
            {
                return end.WaitAsync(cancellationToken);
            }

            // Another thread is in the last few instructions of the reclaim.
            backoff.Wait();
        }
    }

    internal static bool DetachPrivateId(IoAsidSet set, LifeRecord? record)
    {
        if (record?.PrivateId is not { } privateId)
        {
            return false;
        }

        set.PrivateIds.Remove(privateId);
        record.PrivateId = null;
        return true;
    }

    private void Tell(LifeRecord record, IoAsidEvent edge)
    {
        if (record.Enqueue(edge))
        {
            Teller.Tell(record);
        }
    }

    private static void Begin(DataPage page, uint id, IoAsidSet set, bool hasData, ulong flags, out uint generation)
    {
        ref ulong word = ref page.Lives.Word(id);
        LifeWord free = LifeWord.Read(ref word);
        generation = free.Generation;

        // The set goes before the word: who sees the life sees whose it is.
        page.Admit(set);
        Volatile.Write(ref page.Lives.SetIndex(id), set.Index);
        Volatile.Write(ref word, free.Begin(flags | (hasData ? 0 : LifeWord.MayLackData)).Bits);
    }

    private IoAsidSet OwnerOf(LifePage lives, uint id) => Sets.Find(Volatile.Read(ref lives.SetIndex(id)))!;

    private void ThrowIfOutside(uint min, uint max)
    {
        if (min > max)
        {
            throw new ArgumentOutOfRangeException(nameof(min), min, $"The range [{min}, {max}] is empty.");
        }

        if (max > HighestNumber)
        {
            throw new ArgumentOutOfRangeException(nameof(max), max, $"The space '{Name}' has the numbers 0 to {HighestNumber}.");
        }
    }

    private Allocated TryAllocate(IoAsidSet set, object? data, uint min, uint max)
    {
        uint id = 0;
        AllocatorGroup? custom;
        DataPage? page = null;
        uint generation = 0;
        bool watched = IsWatched;
        using (Pool.Enter())
        {
            IoAsidAllocationFailure failure = Pool.Charge(set);
            if (failure != IoAsidAllocationFailure.None)
            {
                return Allocated.Failed(failure);
            }

            custom = Allocators.Active;
            if (custom is null)
            {
                if (!Pool.TryTake(min, max, out id))
                {
                    Pool.Uncharge(set);
                    return Allocated.Failed(IoAsidAllocationFailure.RangeExhausted);
                }

                page = watched ? null : set.Table.Pages.Find(id);
                if (page is not null)
                {
                    Begin(page, id, set, data is not null, flags: 0, out generation);
                }
            }
        }

        if (page is null)
        {
            return AllocateInSteps(set, data, min, max, custom, id);
        }

        if (data is not null)
        {
            Volatile.Write(ref page.Data(id), data);
        }

        return new Allocated(id, generation);
    }

    /// <summary>Goes on with an allocation that is charged, and has its number unless a custom allocator decides it.</summary>
    private Allocated AllocateInSteps(IoAsidSet set, object? data, uint min, uint max, AllocatorGroup? custom, uint id)
    {
        bool taken = custom is null;
        bool begun = false;
        try
        {
            if (custom is not null)
            {
                IoAsidAllocationFailure failure = custom.TryTake(min, max, out id, out Exception? cause);
                if (failure != IoAsidAllocationFailure.None)
                {
                    return Allocated.Failed(failure, cause);
                }

                taken = true;
            }

            DataPage page = set.Table.GetOrAdd(id);
            LifeRecord? record = IsWatched ? Announce(id, page, set) : null;
            begun = TryBegin(page, id, set, data is not null, record, out uint generation);
            if (!begun)
            {
                return Allocated.Failed(IoAsidAllocationFailure.SetClosed);
            }

            Volatile.Write(ref page.Data(id), data);
            if (record is not null)
            {
                Teller.Tell(record);
            }

            return new Allocated(id, generation);
        }
        finally
        {
            if (!begun)
            {
                Undo(set, custom, taken, id);
            }
        }
    }

    private bool TryBegin(DataPage page, uint id, IoAsidSet set, bool hasData, LifeRecord? record, out uint generation)
    {
        using (Pool.Enter())
        {
            if (!set.IsClosed)
            {
                Begin(page, id, set, hasData, record is null ? 0 : LifeWord.Recorded, out generation);
                return true;
            }
        }

        generation = 0;
        if (record is not null)
        {
            Records.Remove(record);
        }

        return false;
    }

    /// <summary>Puts the first event of a life in its queue before anybody can see the life; whoever makes the next one leaves it to us.</summary>
    private LifeRecord Announce(uint id, DataPage page, IoAsidSet set)
    {
        LifeRecord record = Records.Add(id, LifeWord.Read(ref page.Lives.Word(id)).Generation);
        record.Enqueue(record.Edge(IoAsidEventKind.Allocated, set));
        return record;
    }

    private void Undo(IoAsidSet set, AllocatorGroup? custom, bool taken, uint id)
    {
        if (taken && custom is not null)
        {
            custom.PutBack(id);
        }

        using (Pool.Enter())
        {
            if (taken && custom is null)
            {
                Pool.PutBack(id);
            }

            Pool.Uncharge(set);
        }

        DetachIfClosed(set);
    }

    private void FreeInSteps(uint id, LifePage lives, uint generation, LifeWord before)
    {
        if (!before.IsRecorded && !IsWatched)
        {
            lives.Release(id);
            return;
        }

        IoAsidSet set = OwnerOf(lives, id);
        LifeRecord record = Records.Attach(id, generation, ref lives.Word(id))!;
        IoAsidEvent freed = record.Edge(IoAsidEventKind.Freed, set);
        DetachPrivateId(set, record);
        Tell(record, freed);
    }

    private LifeRecord AddLastRecord(uint id, LifePage lives, LifeWord last)
    {
        LifeRecord record = Records.Add(id, last.Generation);
        Volatile.Write(ref lives.Word(id), last.Bits | LifeWord.Recorded);
        return record;
    }

    private void End(uint id, LifePage lives, IoAsidSet set, uint generation, LifeRecord? record)
    {
        Interlocked.Decrement(ref set.PendingCount);
        if (Allocators.Active is { } custom)
        {
            custom.Reclaim(id, fate => Conclude(id, lives, set, generation, fate));
        }
        else
        {
            Conclude(id, lives, set, generation, NumberFate.Reusable);
        }

        if (record is not null)
        {
            Records.Remove(record);
            record.End();
        }
    }

    /// <summary>Ends a life to which nothing refers: first the word, then the number, so that who takes the number finds the next generation.</summary>
    private void Conclude(uint id, LifePage lives, IoAsidSet set, uint generation, NumberFate fate)
    {
        bool last = generation == uint.MaxValue;
        fate = last && fate == NumberFate.Reusable ? NumberFate.Retired : fate;
        Volatile.Write(ref lives.Word(id), LifeWord.Free(last ? generation : generation + 1).Bits);
        using (Pool.Enter())
        {
            Pool.Return(id, set, fate);
        }

        if (fate == NumberFate.Retired)
        {
            Report(new IoAsidFaultEventArgs(IoAsidFaultKind.NumberRetired, new RawIoAsid(id), exception: null));
        }

        DetachIfClosed(set);
    }

    private void DetachIfClosed(IoAsidSet set)
    {
        if (set.IsClosed)
        {
            DetachClosed(set);
        }
    }
}
