using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Allocation;
using IoAsid.Typed.Core;
using IoAsid.Typed.Seeing;

namespace IoAsid.Typed;

/// <content>The life of an id, from allocation to reclaim. MEMORY-ORDERING.md, beside the core, argues the order of the steps.</content>
public sealed partial class IoAsidSpace
{
    /// <summary>Allocates an id, or says why not.</summary>
    internal IoAsidAllocationFailure Allocate(IoAsidSet set, object? data, uint min, uint max, out Life life, out Exception? cause)
    {
        if (min > max || max > HighestNumber)
        {
            ThrowOutside(min, max);
        }

        if (!IsWatched && TryAllocateAtOnce(set, data, min, max, out life))
        {
            cause = null;
            return IoAsidAllocationFailure.None;
        }

        return AllocateInSteps(set, data, min, max, out life, out cause);
    }

    internal IoAsidFreeResult Free(IoAsidSet set, uint id, uint generation, DataPage page)
    {
        bool mayEnd = !IsWatched && Allocators.Active is null;
        if (!TryMarkFreed(ref page.Lives.Word(id), generation, mayEnd, out LifeWord marked))
        {
            page.WaitUntilCleared(id, generation);
            return IoAsidFreeResult.AlreadyFreed;
        }

        Volatile.Write(ref page.Data(id), null);
        if (marked.IsUnreferenced)
        {
            AfterReturn(id, set, Return(id, page.Lives, set, generation, NumberFate.Reusable));
            return IoAsidFreeResult.Reclaimed;
        }

        return FreeInSteps(id, page.Lives, marked);
    }

    /// <summary>
    /// Marks a life as freed, when no writer is at it. If only the allocation itself refers to it and its end is nobody else's business, its reference goes in the same
    /// step: nobody can join, mark or wait from then on, and the word is ours.
    /// </summary>
    /// <returns>False if it was freed before.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryMarkFreed(ref ulong word, uint generation, bool mayEnd, out LifeWord marked)
    {
        var backoff = new Backoff();
        while (true)
        {
            LifeWord seen = LifeWord.Read(ref word);
            bool ends = mayEnd && seen.References == 1 && !seen.IsRecorded;
            marked = new LifeWord((seen.Bits | LifeWord.Pending) - (ends ? 1UL : 0));
            if (!seen.IsLive(generation))
            {
                return false;
            }

            if (seen.IsBeingWritten)
            {
                backoff.Wait();
            }
            else if (seen.TryReplace(ref word, marked.Bits))
            {
                return true;
            }
        }
    }

    /// <summary>Called by whoever gave up the last reference.</summary>
    internal void Reclaim(uint id, LifePage lives, LifeWord last)
    {
        IoAsidSet set = OwnerOf(lives, id);
        if (!last.IsRecorded && !IsWatched && Allocators.Active is null)
        {
            End(id, lives, set, last.Generation, record: null);
            return;
        }

        if (!last.IsRecorded)
        {
            // Nobody else changes the word of a life to which nothing refers. From here on those who wait find the record.
            Volatile.Write(ref lives.Word(id), last.Bits | LifeWord.Recorded);
        }

        LifeRecord record = Records.GetOrAdd(id, last.Generation);
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
            if (LifeWord.Read(ref word).IsOver(generation))
            {
                return Task.CompletedTask;
            }

            if (Records.Attach(id, generation, ref word)?.WaitForEnd() is { } end)
            {
                return end.WaitAsync(cancellationToken);
            }

            // Another thread is in the last few instructions of the reclaim.
            backoff.Wait();
        }
    }

    private void Tell(LifeRecord record, IoAsidEvent edge)
    {
        if (record.Enqueue(edge))
        {
            Teller.Tell(record);
        }
    }

    private static Life Begin(DataPage page, uint id, IoAsidSet set, bool hasData, ulong flags)
    {
        ref ulong word = ref page.Lives.Word(id);
        LifeWord free = LifeWord.Read(ref word);

        // The set goes before the word: who sees the life sees whose it is.
        page.Admit(set);
        Volatile.Write(ref page.Lives.SetIndex(id), set.Index);
        Volatile.Write(ref word, free.Begin(flags | (hasData ? 0 : LifeWord.MayLackData)).Bits);
        set.Begun++;
        return new Life(id, free.Generation);
    }

    private IoAsidSet OwnerOf(LifePage lives, uint id) => Sets.Find(Volatile.Read(ref lives.SetIndex(id)))!;

    [DoesNotReturn]
    private void ThrowOutside(uint min, uint max) => throw (min > max
        ? new ArgumentOutOfRangeException(nameof(min), min, $"The range [{min}, {max}] is empty.")
        : new ArgumentOutOfRangeException(nameof(max), max, $"The space '{Name}' has the numbers 0 to {HighestNumber}."));

    /// <summary>The short way, for when a number is at hand, its page is there, nobody is to be told and no custom allocator asked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryAllocateAtOnce(IoAsidSet set, object? data, uint min, uint max, out Life life)
    {
        life = default;
        NumberPool pool = Pool;
        if (!pool.EnterGateAndTryTake(set, min, max, out uint id))
        {
            pool.ExitGate();
            return false;
        }

        DataPage? page = set.PageOf(id);
        if (page is null || Allocators.Active is not null)
        {
            pool.PutBack(id, NumberFate.Reusable);
            pool.Uncharge(set);
            pool.ExitGate();
            return false;
        }

        life = Begin(page, id, set, data is not null, flags: 0);
        pool.ExitGate();
        Publish(page, id, data);
        return true;
    }

    /// <summary>The long way.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private IoAsidAllocationFailure AllocateInSteps(IoAsidSet set, object? data, uint min, uint max, out Life life, out Exception? cause)
    {
        cause = null;
        IoAsidAllocationFailure failure = ChargeAndTake(set, min, max, out uint id, out AllocatorGroup? custom);
        bool taken = failure == IoAsidAllocationFailure.None && custom is null;
        bool begun = false;
        life = default;
        if (failure != IoAsidAllocationFailure.None)
        {
            return Fail(set, failure);
        }

        try
        {
            if (custom is not null)
            {
                failure = custom.TryTake(min, max, out id, out cause);
                taken = failure == IoAsidAllocationFailure.None;
            }

            if (taken)
            {
                begun = TryBegin(id, set, data, out life);
                failure = begun ? failure : IoAsidAllocationFailure.SetClosed;
            }
        }
        finally
        {
            if (!begun)
            {
                Undo(set, custom, taken, id);
            }
        }

        return failure == IoAsidAllocationFailure.None ? failure : Fail(set, failure);
    }

    private static IoAsidAllocationFailure Fail(IoAsidSet set, IoAsidAllocationFailure failure)
    {
        Interlocked.Increment(ref set.FailureCount);
        IoAsidEventSource.Log.Failed(set, failure);
        return failure;
    }

    /// <summary>Charges the set, and takes a number unless a custom allocator is to give it.</summary>
    private IoAsidAllocationFailure ChargeAndTake(IoAsidSet set, uint min, uint max, out uint id, out AllocatorGroup? custom)
    {
        id = 0;
        using (Pool.Enter())
        {
            // Read inside, because it changes only while nothing is charged.
            custom = Allocators.Active;
            IoAsidAllocationFailure failure = Pool.TryCharge(set);
            if (failure != IoAsidAllocationFailure.None || custom is not null || Pool.TryTake(min, max, out id))
            {
                return failure;
            }

            Pool.Uncharge(set);
            return IoAsidAllocationFailure.RangeExhausted;
        }
    }

    /// <summary>Begins the life of a number that is taken and charged, publishes its data and tells.</summary>
    /// <returns>False if the set was closed meanwhile.</returns>
    private bool TryBegin(uint id, IoAsidSet set, object? data, out Life life)
    {
        DataPage page = set.Table.GetOrAdd(id);
        LifeRecord? record = IsWatched ? Announce(id, page, set) : null;
        if (!TryBegin(page, id, set, data is not null, record, out life))
        {
            return false;
        }

        Publish(page, id, data);
        if (record is not null)
        {
            Teller.Tell(record);
        }

        return true;
    }

    /// <summary>The moment at which an allocation with data has happened. One without has happened already, and somebody may have set data since.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Publish(DataPage page, uint id, object? data)
    {
        if (data is not null)
        {
            Volatile.Write(ref page.Data(id), data);
        }
    }

    private bool TryBegin(DataPage page, uint id, IoAsidSet set, bool hasData, LifeRecord? record, out Life life)
    {
        using (Pool.Enter())
        {
            if (!set.IsClosed)
            {
                life = Begin(page, id, set, hasData, record is null ? 0 : LifeWord.Recorded);
                return true;
            }
        }

        life = default;
        if (record is not null)
        {
            Records.Remove(record);
        }

        return false;
    }

    /// <summary>Puts the first event of a life in its queue before anybody can see the life; whoever makes the next one leaves it to us.</summary>
    private LifeRecord Announce(uint id, DataPage page, IoAsidSet set)
    {
        LifeRecord record = Records.GetOrAdd(id, LifeWord.Read(ref page.Lives.Word(id)).Generation);
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
                Pool.PutBack(id, NumberFate.Reusable);
            }

            Pool.Uncharge(set);
        }

        DetachIfClosed(set);
    }

    /// <summary>Goes on with a free that is marked, when others refer to the life or are to be told.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private IoAsidFreeResult FreeInSteps(uint id, LifePage lives, LifeWord marked)
    {
        IoAsidSet set = OwnerOf(lives, id);
        uint generation = marked.Generation;
        Interlocked.Increment(ref set.PendingCount);
        if (!marked.IsRecorded && !IsWatched)
        {
            lives.Release(id);
        }
        else
        {
            LifeRecord record = Records.Attach(id, generation, ref lives.Word(id))!;
            IoAsidEvent freed = record.Edge(IoAsidEventKind.Freed, set);
            set.PrivateIds.Detach(record);
            Tell(record, freed);
        }

        return LifeWord.Read(ref lives.Word(id)).IsOver(generation) ? IoAsidFreeResult.Reclaimed : IoAsidFreeResult.Pending;
    }

    private void End(uint id, LifePage lives, IoAsidSet set, uint generation, LifeRecord? record)
    {
        if (Allocators.Active is { } custom)
        {
            NumberFate end = NumberFate.Reusable;
            custom.Reclaim(id, fate => end = ReturnPending(id, lives, set, generation, fate));
            AfterReturn(id, set, end);
        }
        else
        {
            AfterReturn(id, set, ReturnPending(id, lives, set, generation, NumberFate.Reusable));
        }

        if (record is not null)
        {
            Records.Remove(record);
            record.End();
        }
    }

    private NumberFate ReturnPending(uint id, LifePage lives, IoAsidSet set, uint generation, NumberFate fate)
    {
        Interlocked.Decrement(ref set.PendingCount);
        return Return(id, lives, set, generation, fate);
    }

    /// <summary>
    /// Ends a life to which nothing refers: first the word, then the number, so that who takes the number finds the next generation; both inside one
    /// section, so that who finds the word ended and asks for a number gets this one.
    /// </summary>
    private NumberFate Return(uint id, LifePage lives, IoAsidSet set, uint generation, NumberFate fate)
    {
        bool last = generation == uint.MaxValue;
        fate = last && fate == NumberFate.Reusable ? NumberFate.Retired : fate;
        LifeWord next = LifeWord.Free(last ? generation : generation + 1);
        if (fate == NumberFate.Reusable)
        {
            Pool.EnterGateAndReturn(id, set, ref lives.Word(id), next);
            Pool.ExitGate();
        }
        else
        {
            TakeOutOfUse(id, lives, set, next, fate);
        }

        return fate;
    }

    /// <summary>The rest of an end, for which no custom allocator's lock is needed: others may be waiting for that.</summary>
    private void AfterReturn(uint id, IoAsidSet set, NumberFate fate)
    {
        if (fate == NumberFate.Retired)
        {
            Report(IoAsidFaultKind.NumberRetired, id);
        }

        DetachIfClosed(set);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeOutOfUse(uint id, LifePage lives, IoAsidSet set, LifeWord next, NumberFate fate)
    {
        using (Pool.Enter())
        {
            Volatile.Write(ref lives.Word(id), next.Bits);
            Pool.TakeOutOfUse(id, set, fate);
        }
    }

    private void DetachIfClosed(IoAsidSet set)
    {
        if (set.IsClosed)
        {
            DetachClosed(set);
        }
    }
}
