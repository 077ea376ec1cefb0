using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Allocation;

/// <summary>
/// The limit on the ids of a part of the tree: the space's capacity, or a set's quota, which is reserved from the nearest budget above.
/// An id is charged to exactly one budget. Guarded by the pool's gate.
/// </summary>
/// <remarks>
/// A reservation promises room for its ids. A number that goes out of use reduces unreserved room first. Without unreserved room, the quota to which the number was charged
/// shrinks. No other reservation loses room, and every id that is reported as available can be allocated.
/// </remarks>
internal sealed class Budget(Budget? parent, long limit)
{
    // The limit without used and granted room. Negative only while a number goes out of use that is still charged.
    private long _room = limit;
    private bool _closed;

    /// <summary>Gets a value indicating whether this is the space's own budget.</summary>
    public bool IsCapacity => parent is null;

    public long Limit { get; private set; } = limit;

    /// <summary>The number of ids charged to this budget.</summary>
    public long Used => Limit - Granted - _room;

    /// <summary>The room reserved for budgets below and for capacity reservations.</summary>
    public long Granted { get; private set; }

    /// <summary>The number of lost numbers by which this budget's limit shrank.</summary>
    public long Lost { get; private set; }

    public long Available => Math.Max(0, _room);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryCharge()
    {
        if (_room <= 0)
            return false;

        _room--;
        return true;
    }

    /// <summary>Charges ids for which there is room.</summary>
    public void Charge(int count) => _room -= count;

    /// <summary>Takes back the charge of one id. A closed budget passes the unit to the one above.</summary>
    public void Uncharge()
    {
        _room++;
        if (_closed)
            parent?.TakeBack(ReleaseUnused());
    }

    public bool TryGrant(long count)
    {
        if (Available < count)
            return false;

        Granted += count;
        _room -= count;
        return true;
    }

    /// <summary>Takes back a part of what was granted. A closed budget passes it to the one above.</summary>
    public void TakeBack(long count)
    {
        long left = count;
        for (Budget? at = this; at is not null && left > 0; at = at.Parent)
        {
            at.Granted -= left;
            at._room += left;
            left = at._closed ? at.ReleaseUnused() : 0;
        }
    }

    /// <summary>Returns unused room to the budget above, now and each time an id is reclaimed.</summary>
    public void Close()
    {
        _closed = true;
        parent?.TakeBack(ReleaseUnused());
    }

    /// <summary>
    /// Records that a number charged to this budget went out of use. The topmost budget upwards with unreserved room bears the loss. Without such a budget, this one does.
    /// </summary>
    public void RecordLoss()
    {
        Budget bearer = this;
        for (Budget? above = parent; above is not null; above = above.Parent)
            bearer = above.Available > 0 ? above : bearer;

        bearer.Lost++;
        bearer.Limit--;
        bearer._room--;
        for (Budget? above = bearer.Parent; above is not null; above = above.Parent)
        {
            above.Granted--;
            above.Limit--;
        }
    }

    private Budget? Parent => parent;

    private long ReleaseUnused()
    {
        long unused = Available;
        Limit -= unused;
        _room -= unused;
        return unused;
    }
}
