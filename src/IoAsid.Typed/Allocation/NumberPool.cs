using System.Numerics;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;

namespace IoAsid.Typed.Allocation;

/// <summary>
/// The numbers of a space, and the budgets to which they are charged. One small lock, the gate, guards the bitmap, the budgets and the counts of
/// the sets, and the words and pages of ids that are allocated or reclaimed.
/// </summary>
internal sealed class NumberPool
{
    private SpinGate _gate = new();
    private readonly FreeNumbers _free;
    private readonly HashSet<uint> _outOfUse;
    private readonly bool _cyclic;
    private readonly int _roomPerStockedNumber;
    private volatile AllocatorGroup? _allocator;
    private uint _next;

    public NumberPool(IoAsidSpaceOptions options)
    {
        Highest = (uint)(options.Capacity - 1);
        _cyclic = options.ReusePolicy == IoAsidReusePolicy.Cyclic;
        HasStocks = options.ReusePolicy == IoAsidReusePolicy.Relaxed;
        _roomPerStockedNumber = options.RoomPerStockedNumber;
        _free = new FreeNumbers(Highest);
        _outOfUse = [.. options.ReservedNumbers.Where(number => number <= Highest)];
        foreach (uint number in _outOfUse)
            _free.TryTake(number);

        Capacity = new Budget(parent: null, options.Capacity - _outOfUse.Count);
    }

    public uint Highest { get; }

    public Budget Capacity { get; }

    /// <summary>The custom allocator that chooses the numbers; null if the pool does. Set inside a section of the pool, while no id is outstanding.</summary>
    public AllocatorGroup? Allocator
    {
        get => _allocator;
        set => _allocator = value;
    }

    /// <summary>Gets a value indicating whether each set has a stock of numbers.</summary>
    public bool HasStocks { get; }

    /// <summary>The stocks that are open. The pool's gate guards the list.</summary>
    public LinkedList<NumberStock> OpenStocks { get; } = new();

    /// <summary>The number of ids allocated and not reclaimed, of allocations in progress, and of numbers in stocks.</summary>
    public long Outstanding { get; private set; }

    public long Retired { get; private set; }

    public long Quarantined { get; private set; }

    /// <summary>Enters the gate until the section is disposed.</summary>
    public Section Enter()
    {
        _gate.Enter();
        return new Section(this);
    }

    /// <summary>Enters the gate until the section is disposed. In this section the counts of a budget, and of the sets that are charged to it, are exact: their stocks are closed.</summary>
    /// <param name="charged">The budget; null for all budgets.</param>
    public Section EnterWithoutStocks(Budget? charged)
    {
        Section section = Enter();
        CloseStocks(charged);
        return section;
    }

    /// <summary>Enters the gate for a few steps that cannot throw. Faster than a section. The caller leaves the gate in the same method, in one place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterGate() => _gate.Enter();

    /// <summary>Leaves the gate after <see cref="EnterGate"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ExitGate() => _gate.Exit();

    /// <summary>The free numbers. For <see cref="TryFindAtOnce"/>, read them before the gate is entered, because a load after a locked instruction waits for that instruction.</summary>
    public FreeNumbers Free => _free;

    /// <summary>Tries to find the number that the space's policy gives next, in a few steps. Cannot throw. Call inside the gate.</summary>
    /// <returns>True if the number was found; false if the long way has to decide.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFindAtOnce(FreeNumbers free, uint min, uint max, out uint number)
    {
        number = 0;
        return _allocator is null && !_cyclic && free.TryFindCached(out number) && number >= min && number <= max;
    }

    /// <summary>Tries to charge one id to a budget, and to take the number that <see cref="TryFindAtOnce"/> found. Does both or neither. Cannot throw. Call inside the gate.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTakeAtOnce(FreeNumbers free, uint number, Budget budget)
    {
        if (!budget.TryCharge())
            return false;

        Outstanding++;
        free.TakeCached(number);
        return true;
    }

    /// <summary>
    /// Advances the word of a reusable number, returns the number, and releases its block, all inside the gate. If the set's stock is open and has room, the stock keeps the number.
    /// Cannot throw.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Return(uint number, IoAsidSet set, DataBlock block, ref ulong word, LifeWord next)
    {
        if (set.Stock is { } stock)
        {
            ReturnToStock(stock, number, set, block, ref word, next);
            return;
        }

        // Read before the gate is entered, as for an allocation.
        FreeNumbers free = _free;
        _gate.Enter();
        TakeBackNumber(free, number, set, block, ref word, next);
        _gate.Exit();
    }

    /// <summary>Tries to charge one id to the set. Call inside a section.</summary>
    public IoAsidAllocationFailure TryCharge(IoAsidSet set)
    {
        if (set.IsClosed)
            return IoAsidAllocationFailure.SetClosed;

        if (!set.Budget.TryCharge() && !(CloseStocks(set.Budget) && set.Budget.TryCharge()))
            return set.Budget.IsCapacity ? IoAsidAllocationFailure.CapacityExhausted : IoAsidAllocationFailure.QuotaExhausted;

        Outstanding++;
        set.ChargedAhead++;
        return IoAsidAllocationFailure.None;
    }

    /// <summary>Tries to charge one id to the set and to take a number by the space's policy. Does both or neither. Call inside a section.</summary>
    public IoAsidAllocationFailure TryChargeAndTake(IoAsidSet set, uint min, uint max, out uint number)
    {
        number = 0;
        IoAsidAllocationFailure failure = TryCharge(set);
        if (failure != IoAsidAllocationFailure.None)
            return failure;

        bool taken = false;
        try
        {
            taken = TryTake(min, max, out number) || (CloseStocks(charged: null) && TryTake(min, max, out number));
        }
        finally
        {
            if (!taken)
                Uncharge(set);
        }

        return taken ? IoAsidAllocationFailure.None : IoAsidAllocationFailure.RangeExhausted;
    }

    /// <summary>Undoes <see cref="TryCharge"/>. Call inside a section.</summary>
    public void Uncharge(IoAsidSet set)
    {
        set.ChargedAhead--;
        TakeBackCharge(set.Budget);
    }

    /// <summary>Tries to take the number that a custom allocator returned. The number is one of the space's. Call inside a section.</summary>
    public bool TryTake(uint number) => _free.TryTake(number);

    /// <summary>Returns a number that had no life. Call inside a section.</summary>
    public void PutBack(uint number) => _free.Return(number);

    /// <summary>Returns a number of the set's stock. Call inside a section. Cannot throw.</summary>
    public void PutBack(uint number, IoAsidSet set, DataBlock block)
    {
        PutBack(number);
        Uncharge(set);
        block.Release();
    }

    /// <summary>Returns a number that had no life, with the fate that its custom allocator gave it. Call inside a section.</summary>
    public void PutBack(uint number, IoAsidSet set, NumberFate fate)
    {
        if (fate == NumberFate.Reusable)
            PutBack(number);
        else
            SetAside(number, set, fate);
    }

    /// <summary>Ends the use of a number that will not be used again. Call inside a section.</summary>
    public void TakeOutOfUse(uint number, IoAsidSet set, NumberFate fate)
    {
        SetAside(number, set, fate);
        CountReclaimed(set);
    }

    /// <summary>Reserves room of a budget.</summary>
    /// <exception cref="IoAsidQuotaException">The budget has less free room. Nothing changed.</exception>
    public void Grant(Budget budget, long count, string request)
    {
        long available;
        using (Enter())
        {
            if (budget.TryGrant(count) || (CloseStocks(budget) && budget.TryGrant(count)))
                return;

            available = budget.Available;
        }

        throw new IoAsidQuotaException(request, count, available);
    }

    public void GiveBack(Budget budget, long count)
    {
        using (Enter())
            budget.TakeBack(count);
    }

    /// <summary>Returns the count of further numbers that a set may take in advance. Call inside a section.</summary>
    public long RoomForStock(IoAsidSet set) => set.Budget.Available / _roomPerStockedNumber;

    /// <summary>Takes free numbers of the group of a number, and charges them to the set, which has room for them. Call inside a section. Cannot throw.</summary>
    /// <returns>One bit for each number, as <see cref="FreeNumbers.TakeNear"/> returns them.</returns>
    public ulong TakeNear(IoAsidSet set, uint number, int groupSize, int most)
    {
        ulong taken = _free.TakeNear(number, groupSize, most);
        int count = BitOperations.PopCount(taken);
        set.Budget.Charge(count);
        Outstanding += count;
        set.ChargedAhead += count;
        return taken;
    }

    /// <summary>Returns true if the number is in use, reserved or out of use. Call inside a section.</summary>
    public bool IsTaken(uint number) => number <= Highest && !_free.IsFree(number);

    /// <summary>Closes the stocks that are charged to a budget, or all of them. A set that uses up its quota takes no numbers from sets with other quotas. Call inside a section. Cannot throw.</summary>
    /// <returns>True if a stock was closed, so that an attempt that failed can be repeated.</returns>
    private bool CloseStocks(Budget? charged)
    {
        bool any = false;
        LinkedListNode<NumberStock>? next = OpenStocks.First;
        while (next is { Value: var stock })
        {
            next = next.Next;
            if (charged is null || stock.Budget == charged)
            {
                stock.Close(this);
                any = true;
            }
        }

        return any;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReturnToStock(NumberStock stock, uint number, IoAsidSet set, DataBlock block, ref ulong word, LifeWord next)
    {
        if (stock.TryReturn(number, ref word, next))
            return;

        _gate.Enter();
        TakeBackNumber(_free, number, set, block, ref word, next);
        stock.Halve(this);
        _gate.Exit();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TakeBackNumber(FreeNumbers free, uint number, IoAsidSet set, DataBlock block, ref ulong word, LifeWord next)
    {
        Volatile.Write(ref word, next.Bits);
        CountReclaimed(set);
        free.Return(number);
        block.Release();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountReclaimed(IoAsidSet set)
    {
        set.ReclaimedCount++;
        TakeBackCharge(set.Budget);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void TakeBackCharge(Budget budget)
    {
        budget.Uncharge();
        Outstanding--;
    }

    private bool TryTake(uint min, uint max, out uint number) =>
        _cyclic ? TryTakeNext(min, max, out number) : _free.TryTakeLowest(min, max, out number);

    private void SetAside(uint number, IoAsidSet set, NumberFate fate)
    {
        CloseStocks(charged: null);
        set.Budget.RecordLoss();
        Retired += fate == NumberFate.Retired ? 1 : 0;
        Quarantined += fate == NumberFate.Quarantined ? 1 : 0;
        try
        {
            FaultPoint.Allocation();
            _outOfUse.Add(number);
        }
        catch (OutOfMemoryException)
        {
            // The number stays taken, which keeps it out of use, too. An allocator that returns it again is reported: the number is in use.
        }
    }

    private bool TryTakeNext(uint min, uint max, out uint number)
    {
        bool taken = (_next > min && _next <= max && _free.TryTakeLowest(_next, max, out number))
            || _free.TryTakeLowest(min, max, out number);
        _next = taken ? unchecked(number + 1) : _next;
        return taken;
    }

    /// <summary>A scope in which the gate is entered.</summary>
    public readonly ref struct Section(NumberPool pool)
    {
        public void Dispose() => pool.ExitGate();
    }
}
