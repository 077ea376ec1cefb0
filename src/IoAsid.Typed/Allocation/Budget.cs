namespace IoAsid.Typed.Allocation;

/// <summary>
/// How many ids a part of the tree may have: the space's capacity, or a set's quota, which is reserved from the nearest budget above.
/// An id is charged to exactly one budget. Guarded by the pool's gate.
/// </summary>
/// <remarks>
/// A reservation promises room for its ids. A number that goes out of use takes away room that nobody reserved, as long as there is any; then the quota to which it was
/// charged shrinks. So no other reservation becomes worth less, and what is said to be available can be allocated.
/// </remarks>
internal sealed class Budget(Budget? parent, long limit)
{
    private bool _closed;

    /// <summary>Gets a value indicating whether this is the space's own budget.</summary>
    public bool IsCapacity => parent is null;

    public long Limit { get; private set; } = limit;

    /// <summary>Ids charged here.</summary>
    public long Used { get; private set; }

    /// <summary>Reserved for budgets below and for capacity reservations.</summary>
    public long Granted { get; private set; }

    /// <summary>Numbers that went out of use and by which the limit shrank here.</summary>
    public long Lost { get; private set; }

    public long Available => Math.Max(0, Limit - Used - Granted);

    public bool TryCharge()
    {
        if (Available == 0)
            return false;

        Used++;
        return true;
    }

    /// <summary>Takes back the charge of one id. A closed budget passes the unit to the one above.</summary>
    public void Uncharge()
    {
        Used--;
        if (_closed)
            parent?.TakeBack(GiveUpUnused());
    }

    public bool TryGrant(long count)
    {
        if (Available < count)
            return false;

        Granted += count;
        return true;
    }

    /// <summary>Takes back a part of what was granted. A closed budget passes it to the one above.</summary>
    public void TakeBack(long count)
    {
        long left = count;
        for (Budget? at = this; at is not null && left > 0; at = at.Parent)
        {
            at.Granted -= left;
            left = at._closed ? at.GiveUpUnused() : 0;
        }
    }

    /// <summary>Gives back what is unused, now and whenever more becomes free.</summary>
    public void Close()
    {
        _closed = true;
        parent?.TakeBack(GiveUpUnused());
    }

    /// <summary>
    /// Records that a number charged here went out of use. The loss falls on the topmost budget upwards that has room reserved for nobody; if there is none, on this one.
    /// </summary>
    public void Lose()
    {
        Budget bearer = this;
        for (Budget? above = parent; above is not null; above = above.Parent)
            bearer = above.Available > 0 ? above : bearer;

        bearer.Lost++;
        bearer.Limit--;
        for (Budget? above = bearer.Parent; above is not null; above = above.Parent)
        {
            above.Granted--;
            above.Limit--;
        }
    }

    private Budget? Parent => parent;

    private long GiveUpUnused()
    {
        long unused = Available;
        Limit -= unused;
        return unused;
    }
}
