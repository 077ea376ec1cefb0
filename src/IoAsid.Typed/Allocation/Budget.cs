namespace IoAsid.Typed.Allocation;

/// <summary>
/// How many ids a part of the tree may have: the space's capacity, or a set's quota, which is reserved from the nearest budget above.
/// An id is charged to exactly one budget. Guarded by the space's gate.
/// </summary>
internal sealed class Budget(Budget? parent, long limit)
{
    private bool _closed;

    /// <summary>Whether this is the space's own budget.</summary>
    public bool IsCapacity => parent is null;

    public long Limit { get; private set; } = limit;

    /// <summary>Ids charged here.</summary>
    public long Used { get; private set; }

    /// <summary>Reserved for budgets below and for capacity reservations.</summary>
    public long Granted { get; private set; }

    public long Available => Math.Max(0, Limit - Used - Granted);

    public bool TryCharge()
    {
        if (Available == 0)
        {
            return false;
        }

        Used++;
        return true;
    }

    /// <summary>Takes back the charge of one id. A closed budget hands the unit on to the one above.</summary>
    public void Uncharge()
    {
        Used--;
        if (_closed)
        {
            GiveBackUnused();
        }
    }

    public bool TryGrant(long count)
    {
        if (Available < count)
        {
            return false;
        }

        Granted += count;
        return true;
    }

    public void TakeBack(long count)
    {
        Granted -= count;
        if (_closed)
        {
            GiveBackUnused();
        }
    }

    /// <summary>Gives back what is unused, now and whenever more comes free.</summary>
    public void Close()
    {
        _closed = true;
        GiveBackUnused();
    }

    /// <summary>A number has gone out of use for good: there is room for one id less.</summary>
    public void Lose() => Limit--;

    private void GiveBackUnused()
    {
        long unused = Available;
        Limit -= unused;
        parent?.TakeBack(unused);
    }
}
