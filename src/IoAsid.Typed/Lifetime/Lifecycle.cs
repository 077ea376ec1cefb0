using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Allocation;
using IoAsid.Typed.Core;
using IoAsid.Typed.Lookup;
using IoAsid.Typed.Diagnostics;
using IoAsid.Typed.Observation;

namespace IoAsid.Typed.Lifetime;

/// <summary>The life of an id, from allocation to reclaim. MEMORY-ORDERING.md, beside the core, argues the order of the steps.</summary>
/// <remarks>
/// Each operation does what can fail before its first lasting change, or undoes the change. The class has no lock of its own: the words of the lives decide, and the
/// pool's gate guards numbers and counts.
/// </remarks>
internal sealed class Lifecycle(IoAsidSpace space)
{
    private readonly NumberPool _pool = space.Pool;
    private readonly ObserverTable _observers = space.Observers;

    /// <summary>Gets a value indicating whether events have receivers, so that the life of an id needs a record.</summary>
    private bool IsWatched => !_observers.IsEmpty || IoAsidEventSource.Log.ReportsEdges;

    /// <summary>Gets a value indicating whether neither observers nor a custom allocator are to be called.</summary>
    private bool IsQuiet => !IsWatched && _pool.Allocator is null;

    /// <summary>Allocates an id, or returns the reason of the failure.</summary>
    public IoAsidAllocationFailure Allocate(IoAsidSet set, object? data, uint min, uint max, out Life life, out Exception? cause)
    {
        if (min > max || max > _pool.Highest)
            ThrowOutside(min, max);

        if (!IsWatched
            && ((set.Stock is { } stock && TryAllocateFromStock(stock, data, min, max, out life)) || TryAllocateAtOnce(set, data, min, max, out life)))
        {
            cause = null;
            return IoAsidAllocationFailure.None;
        }

        return AllocateInSteps(set, data, min, max, out life, out cause);
    }

    /// <summary>Frees a life, unless the life was freed before or belongs to another set.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public IoAsidFreeResult Free(IoAsidSet set, Life life)
    {
        DataBlock? block = set.BlockOf(life.Id);
        if (block is not null && IsQuiet && TryFreeAtOnce(block, set, life))
            return IoAsidFreeResult.Reclaimed;

        return block is null ? IoAsidFreeResult.AlreadyFreed : FreeInSteps(block, set, life);
    }

    /// <summary>Continues the end of a life. Called by the release that found no reference left.</summary>
    public void Reclaim(uint id, LifePage lives, LifeWord last)
    {
        IoAsidSet set = OwnerOf(lives, id);
        Life life = new(id, last.Generation);
        if (!last.IsRecorded && IsQuiet)
        {
            End(life, lives, set);
            return;
        }

        if (!last.IsRecorded)
        {
            // No other thread changes the word of a life without references. From here on a wait for the end finds the record, also while an allocator blocks.
            Volatile.Write(ref lives.Word(id), last.Bits | LifeWord.Recorded);
        }

        if (RecordForReclaim(life) is { } record)
            Notify(record, record.Edge(IoAsidEventKind.Reclaimed, set));
        else
            End(life, lives, set);
    }

    /// <summary>Continues the life of an id after its observers were notified of an event.</summary>
    public void ContinueAfterNotification(in IoAsidEvent edge, LifeRecord record)
    {
        LifePage lives = space.Lives.Find(edge.Id.Value)!;
        if (edge.Kind == IoAsidEventKind.Freed)
        {
            // The allocation's own reference has kept the number until now, so no other thread could report the reclaim first.
            lives.Release(edge.Id.Value);
        }
        else if (edge.Kind == IoAsidEventKind.Reclaimed)
        {
            End(record.Life, lives, edge.Set);
        }
    }

    /// <summary>Returns a task that completes at the end of a freed life of the set itself.</summary>
    public Task WaitForEnd(IoAsidSet set, Life life, CancellationToken cancellationToken)
    {
        if (set.BlockOf(life.Id) is not { } block)
            return Task.CompletedTask;

        ref ulong word = ref block.Lives.Word(life.Id);
        Backoff backoff = new();
        while (true)
        {
            if (LifeWord.Read(ref word).IsOver(life.Generation) || !set.IsOwnerIn(block.Lives, life.Id))
                return Task.CompletedTask;

            if (space.Records.Attach(life, ref word)?.WaitForEnd() is { } end)
                return end.WaitAsync(cancellationToken);

            // Another thread is in the last few instructions of the reclaim.
            backoff.Wait();
        }
    }

    /// <summary>Records a holder of an id, in a space that tracks holders. The caller has a reference to the id.</summary>
    public IoAsidHolder Track(LifePage lives, uint id, IoAsidHolderKind kind)
    {
        FaultPoint.Allocation();
        IoAsidHolder holder = new(kind, device: null);
        ref ulong word = ref lives.Word(id);
        space.Records.Attach(new Life(id, LifeWord.Read(ref word).Generation), ref word)!.AddHolder(holder);
        return holder;
    }

    public void Untrack(LifePage lives, uint id, IoAsidHolder holder) =>
        space.Records.Find(new Life(id, LifeWord.Read(ref lives.Word(id)).Generation))?.RemoveHolder(holder);

    private static Life Begin(DataBlock block, uint id, IoAsidSet set, bool hasData, ulong flags)
    {
        // The owner is written before the word, so a thread that sees the life sees its set.
        block.SetOwner(id, set.Index);
        Life life = block.Lives.Begin(id, hasData, flags);
        set.AllocatedCount++;
        return life;
    }

    /// <summary>Completes an allocation with data. An allocation without data is complete, and another thread may have set data since.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Publish(DataBlock block, uint id, object? data)
    {
        if (data is not null)
            block.Write(id, data);
    }

    private static IoAsidAllocationFailure Fail(IoAsidSet set, IoAsidAllocationFailure failure)
    {
        Interlocked.Increment(ref set.FailureCount);
        IoAsidEventSource.Log.Failed(set, failure);
        return failure;
    }

    /// <summary>
    /// Tries to free in the short way, for a life without writer, record and references other than the allocation's own. The step that marks the life as freed also releases that
    /// reference. From then on no thread can hold, mark or wait, and only the caller changes the word.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryFreeAtOnce(DataBlock block, IoAsidSet set, Life life)
    {
        LifePage lives = block.Lives;

        // Read before the exchange, because a load after a locked instruction waits for that instruction.
        NumberPool pool = _pool;
        ref ulong word = ref lives.Word(life.Id);
        LifeWord seen = LifeWord.Read(ref word);
        if (!seen.IsOnlyAllocated(life.Generation) || !set.IsOwnerIn(lives, life.Id) || life.Generation == uint.MaxValue
            || !seen.TryReplace(ref word, seen.FreedAndReleased().Bits))
            return false;

        block.Write(life.Id, null);
        pool.Return(life.Id, set, block, ref word, LifeWord.Free(life.Generation + 1));
        RemoveIfClosed(set);
        return true;
    }

    /// <summary>Frees in the long way.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private IoAsidFreeResult FreeInSteps(DataBlock block, IoAsidSet set, Life life)
    {
        LifePage lives = block.Lives;
        LifeRecord? record = IsQuiet ? null : PrepareFree(set, life, lives);
        if (!TryMarkFreed(lives, set, life, ref record))
        {
            set.WaitUntilCleared(life);
            return IoAsidFreeResult.AlreadyFreed;
        }

        block.Write(life.Id, null);
        Interlocked.Increment(ref set.PendingCount);
        if (record is null)
        {
            lives.Release(life.Id);
        }
        else
        {
            IoAsidEvent freed = record.Edge(IoAsidEventKind.Freed, set);
            set.PrivateIds.Detach(record);
            Notify(record, freed);
        }

        return LifeWord.Read(ref lives.Word(life.Id)).IsOver(life.Generation) ? IoAsidFreeResult.Reclaimed : IoAsidFreeResult.Pending;
    }

    /// <summary>
    /// Tries to mark a life as freed. Waits for the turn of a writer. A life with a record is marked only after the caller has the record.
    /// </summary>
    /// <returns>True if this call marked the life; false if the life was freed before or belongs to another set.</returns>
    private bool TryMarkFreed(LifePage lives, IoAsidSet set, Life life, ref LifeRecord? record)
    {
        ref ulong word = ref lives.Word(life.Id);
        Backoff backoff = new();
        while (true)
        {
            LifeWord seen = LifeWord.Read(ref word);
            if (!seen.IsLive(life.Generation) || !set.IsOwnerIn(lives, life.Id))
                return false;

            if (seen.IsBeingWritten)
                backoff.Wait();
            else if (seen.IsRecorded && record is null)
                record = PrepareFree(set, life, lives);
            else if (seen.TryReplace(ref word, seen.Bits | LifeWord.Pending))
                return true;
        }
    }

    /// <summary>Makes the objects that a free needs if the life has a record or its end is reported.</summary>
    /// <returns>The record; null if the life has ended or belongs to another set.</returns>
    /// <exception cref="OutOfMemoryException">Nothing changed.</exception>
    private LifeRecord? PrepareFree(IoAsidSet set, Life life, LifePage lives)
    {
        ref ulong word = ref lives.Word(life.Id);
        if (!LifeWord.Read(ref word).IsLive(life.Generation) || !set.IsOwnerIn(lives, life.Id))
            return null;

        _observers.PrepareIfObserved(set);
        return space.Records.Attach(life, ref word);
    }

    private LifeRecord? RecordForReclaim(Life life)
    {
        try
        {
            return space.Records.GetOrAdd(life);
        }
        catch (OutOfMemoryException)
        {
            // The life had no record and so no earlier event. The number is returned without a report.
            return space.Records.Find(life);
        }
    }

    private void Notify(LifeRecord record, IoAsidEvent edge)
    {
        if (record.Enqueue(edge))
            space.Notifier.Notify(record);
    }

    private IoAsidSet OwnerOf(LifePage lives, uint id) => space.Sets.Find(lives.OwnerIndex(id))!;

    [DoesNotReturn]
    private void ThrowOutside(uint min, uint max) => throw (min > max
        ? new ArgumentOutOfRangeException(nameof(min), min, $"The range [{min}, {max}] is empty.")
        : new ArgumentOutOfRangeException(nameof(max), max, $"The space '{space.Name}' has the numbers 0 to {_pool.Highest}."));

    /// <summary>Tries to allocate with a number of the set's own stock, in a space with relaxed order.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryAllocateFromStock(NumberStock stock, object? data, uint min, uint max, out Life life)
    {
        if (stock.TryBegin(min, max, data is not null, out life) is not { } block)
            return false;

        Publish(block, life.Id, data);
        return true;
    }

    /// <summary>Tries to allocate in the short way: a number is cached, its block exists and admits the set, and the space has no observers and no custom allocator.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryAllocateAtOnce(IoAsidSet set, object? data, uint min, uint max, out Life life)
    {
        NumberPool pool = set.Pool;
        FreeNumbers free = pool.Free;
        pool.EnterGate();
        DataBlock? block = TryBeginAtOnce(pool, free, set, data is not null, min, max, out Life begun);
        pool.ExitGate();
        life = begun;
        if (block is null)
            return false;

        Publish(block, begun.Id, data);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DataBlock? TryBeginAtOnce(NumberPool pool, FreeNumbers free, IoAsidSet set, bool hasData, uint min, uint max, out Life life)
    {
        life = default;
        if (set.IsClosed || !pool.TryFindAtOnce(free, min, max, out uint id)
            || set.BlockOf(id) is not { } block || !block.Admits(set, id) || !pool.TryTakeAtOnce(free, id, set.Budget))
            return null;

        block.Retain();
        life = Begin(block, id, set, hasData, flags: 0);
        set.Stock?.Refill(pool, id);
        return block;
    }

    /// <summary>Allocates in the long way.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private IoAsidAllocationFailure AllocateInSteps(IoAsidSet set, object? data, uint min, uint max, out Life life, out Exception? cause)
    {
        cause = null;
        life = default;
        IoAsidAllocationFailure failure = ChargeAndTake(set, min, max, out uint id, out AllocatorGroup? custom);
        if (failure != IoAsidAllocationFailure.None)
            return Fail(set, failure);

        bool taken = custom is null;
        DataBlock? block = null;
        LifeRecord? record = null;
        bool begun = false;
        try
        {
            if (custom is not null)
            {
                failure = custom.TryTake(min, max, out id, out cause);
                taken = failure == IoAsidAllocationFailure.None;
            }

            if (taken)
            {
                block = set.Table.Acquire(id, set);
                begun = TryBegin(block, id, set, data, out life, out record);
                failure = begun ? failure : IoAsidAllocationFailure.SetClosed;
            }
        }
        finally
        {
            if (!begun)
                Undo(set, custom, taken, id, block);
        }

        if (begun && record is not null)
            space.Notifier.Notify(record);

        return begun ? IoAsidAllocationFailure.None : Fail(set, failure);
    }

    /// <summary>Charges the set, and takes a number unless a custom allocator chooses it.</summary>
    private IoAsidAllocationFailure ChargeAndTake(IoAsidSet set, uint min, uint max, out uint id, out AllocatorGroup? custom)
    {
        id = 0;
        using (_pool.Enter())
        {
            // Read inside the gate, because the active allocator changes only while no id is charged.
            custom = _pool.Allocator;
            return custom is null ? _pool.TryChargeAndTake(set, min, max, out id) : _pool.TryCharge(set);
        }
    }

    /// <summary>Tries to begin the life of a number that is taken and charged, and to publish its data.</summary>
    /// <returns>True if the life has begun; false if the set was closed meanwhile.</returns>
    private bool TryBegin(DataBlock block, uint id, IoAsidSet set, object? data, out Life life, out LifeRecord? record)
    {
        record = IsWatched ? PrepareLife(id, block.Lives, set) : null;
        if (!TryBegin(block, id, set, data is not null, record, out life))
            return false;

        Publish(block, id, data);
        return true;
    }

    private bool TryBegin(DataBlock block, uint id, IoAsidSet set, bool hasData, LifeRecord? record, out Life life)
    {
        using (_pool.Enter())
        {
            if (!set.IsClosed)
            {
                life = Begin(block.Current, id, set, hasData, record is null ? 0 : LifeWord.Recorded);
                set.ChargedAhead--;
                if (_pool.Allocator is null)
                    set.Stock?.Refill(_pool, id);

                return true;
            }
        }

        life = default;
        if (record is not null)
            space.Records.Remove(record);

        return false;
    }

    /// <summary>Queues the first event of a life before another thread can see the life. A thread that queues the next event leaves both notifications to this thread.</summary>
    private LifeRecord PrepareLife(uint id, LifePage lives, IoAsidSet set)
    {
        _observers.PrepareIfObserved(set);
        LifeRecord record = space.Records.Make(new Life(id, LifeWord.Read(ref lives.Word(id)).Generation));
        record.Enqueue(record.Edge(IoAsidEventKind.Allocated, set));
        return record;
    }

    private void Undo(IoAsidSet set, AllocatorGroup? custom, bool taken, uint id, DataBlock? block)
    {
        if (taken && custom is not null)
            HandBack(custom, id, set);

        using (_pool.Enter())
        {
            if (taken && custom is null)
                _pool.PutBack(id);

            _pool.Uncharge(set);
            block?.Release();
        }

        RemoveIfClosed(set);
    }

    /// <summary>Returns a number without a life to its allocator. The pool must know of the return before the allocator can give the number again.</summary>
    private void HandBack(AllocatorGroup custom, uint id, IoAsidSet set)
    {
        AllocatorFaults faults = default;
        using (custom.Enter())
        {
            NumberFate fate = custom.Free(id, ref faults);
            using (_pool.Enter())
                _pool.PutBack(id, set, fate);
        }

        faults.Report(space);
    }

    private void End(Life life, LifePage lives, IoAsidSet set)
    {
        bool recorded = LifeWord.Read(ref lives.Word(life.Id)).IsRecorded;
        AllocatorFaults faults = default;
        NumberFate fate = _pool.Allocator is { } custom
            ? ReturnToAllocator(custom, life, lives, set, ref faults)
            : ReturnPending(life, lives, set, NumberFate.Reusable);
        RemoveIfClosed(set);

        // After the return of the number, because a thread that marked the word in time may have made the record late. Before the reports, whose handlers may wait for the end.
        if (recorded && space.Records.Find(life) is { } record)
        {
            space.Records.Remove(record);
            record.End();
        }

        faults.Report(space);
        ReportIfRetired(life.Id, fate);
    }

    private NumberFate ReturnToAllocator(AllocatorGroup custom, Life life, LifePage lives, IoAsidSet set, ref AllocatorFaults faults)
    {
        // The pool must know of the return before the allocator can give the number again.
        using (custom.Enter())
            return ReturnPending(life, lives, set, custom.Free(life.Id, ref faults));
    }

    private NumberFate ReturnPending(Life life, LifePage lives, IoAsidSet set, NumberFate fate)
    {
        Interlocked.Decrement(ref set.PendingCount);
        return Return(life, lives, set, fate);
    }

    /// <summary>
    /// Ends an unreferenced life. The word advances before the number is returned, so the next allocation of the number sees the new generation. Both happen
    /// under the gate, so a thread that sees the end in the word can allocate the number.
    /// </summary>
    private NumberFate Return(Life life, LifePage lives, IoAsidSet set, NumberFate fate)
    {
        DataBlock block = set.Table.Find(life.Id)!;
        bool last = life.Generation == uint.MaxValue;
        NumberFate actual = last && fate == NumberFate.Reusable ? NumberFate.Retired : fate;
        LifeWord next = LifeWord.Free(last ? life.Generation : life.Generation + 1);
        if (actual == NumberFate.Reusable)
            _pool.Return(life.Id, set, block, ref lives.Word(life.Id), next);
        else
            TakeOutOfUse(life.Id, set, block, next, actual);

        return actual;
    }

    private void ReportIfRetired(uint id, NumberFate fate)
    {
        if (fate == NumberFate.Retired)
            space.Report(IoAsidFaultKind.NumberRetired, id);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeOutOfUse(uint id, IoAsidSet set, DataBlock block, LifeWord next, NumberFate fate)
    {
        using (_pool.Enter())
        {
            Volatile.Write(ref block.Lives.Word(id), next.Bits);
            _pool.TakeOutOfUse(id, set, fate);
            block.Release();
        }
    }

    private void RemoveIfClosed(IoAsidSet set)
    {
        if (set.IsClosed)
            space.Tree.RemoveIfEmpty(set);
    }
}
