using IoAsid.Typed.Core;

namespace IoAsid.Typed.Allocation;

/// <summary>
/// The numbers of a space and who has how many of them. One small lock, the gate, guards the bitmap, the budgets and the counts of
/// the sets; nothing else happens under it.
/// </summary>
internal sealed class NumberPool
{
    private readonly SpinGate _gate = new();
    private readonly FreeNumbers _free;
    private readonly HashSet<uint> _outOfUse;
    private readonly bool _cyclic;
    private uint _next;

    public NumberPool(IoAsidSpaceOptions options)
    {
        Highest = (uint)(options.Capacity - 1);
        _cyclic = options.ReusePolicy == IoAsidReusePolicy.Cyclic;
        _free = new FreeNumbers(Highest);
        _outOfUse = [.. options.ReservedNumbers.Where(number => number <= Highest)];
        foreach (uint number in _outOfUse)
        {
            _free.TryTake(number);
        }

        Capacity = new Budget(parent: null, options.Capacity - _outOfUse.Count);
    }

    public uint Highest { get; }

    public Budget Capacity { get; }

    /// <summary>Ids allocated and not yet reclaimed, and allocations under way.</summary>
    public long Outstanding { get; private set; }

    public long Retired { get; private set; }

    public long Quarantined { get; private set; }

    public Section Enter()
    {
        _gate.Enter();
        return new Section(_gate);
    }

    /// <summary>Charges one id to the set. Call inside a section.</summary>
    public IoAsidAllocationFailure Charge(IoAsidSet set)
    {
        if (set.IsClosed)
        {
            return IoAsidAllocationFailure.SetClosed;
        }

        if (!set.Budget.TryCharge())
        {
            return set.Budget.IsCapacity ? IoAsidAllocationFailure.CapacityExhausted : IoAsidAllocationFailure.QuotaExhausted;
        }

        Outstanding++;
        set.Held++;
        return IoAsidAllocationFailure.None;
    }

    /// <summary>Undoes <see cref="Charge"/>. Call inside a section.</summary>
    public void Uncharge(IoAsidSet set)
    {
        set.Budget.Uncharge();
        Outstanding--;
        set.Held--;
    }

    /// <summary>Takes a number by the space's policy. Call inside a section.</summary>
    public bool TryTake(uint min, uint max, out uint number)
    {
        if (!_cyclic)
        {
            return _free.TryTakeLowest(min, max, out number);
        }

        bool taken = (_next > min && _next <= max && _free.TryTakeLowest(_next, max, out number))
            || _free.TryTakeLowest(min, max, out number);
        _next = taken ? unchecked(number + 1) : _next;
        return taken;
    }

    /// <summary>Takes the number that a custom allocator gave. Call inside a section.</summary>
    public bool TryTake(uint number) => number <= Highest && _free.TryTake(number);

    /// <summary>Hands back a number that had no life yet. Call inside a section.</summary>
    public void PutBack(uint number) => _free.Return(number);

    /// <summary>Ends the use of a number by a set: it is free for all, or out of use for good. Call inside a section.</summary>
    public void Return(uint number, IoAsidSet set, NumberFate fate)
    {
        set.Reclaimed++;
        Uncharge(set);
        if (fate == NumberFate.Reusable)
        {
            _free.Return(number);
            return;
        }

        _outOfUse.Add(number);
        Capacity.Lose();
        Retired += fate == NumberFate.Retired ? 1 : 0;
        Quarantined += fate == NumberFate.Quarantined ? 1 : 0;
    }

    /// <summary>Whether somebody has the number, from the moment it is taken to its return. Call inside a section.</summary>
    public bool IsLive(uint number) => number <= Highest && !_free.IsFree(number) && !_outOfUse.Contains(number);

    /// <summary>The gate, entered.</summary>
    public readonly ref struct Section(SpinGate gate)
    {
        public void Dispose() => gate.Exit();
    }
}
