using IoAsid.Typed.Allocation;

namespace IoAsid.Typed;

/// <summary>Counts of a space, of one moment.</summary>
public sealed record IoAsidSpaceStatistics
{
    internal IoAsidSpaceStatistics(NumberPool pool)
    {
        Limit = pool.Capacity.Limit;
        Outstanding = pool.Outstanding;
        Available = pool.Capacity.Available;
        Retired = pool.Retired;
        Quarantined = pool.Quarantined;
    }

    /// <summary>How many ids there can be: the capacity without reserved, retired and quarantined numbers.</summary>
    public long Limit { get; }

    /// <summary>Ids that are not reclaimed, and allocations under way.</summary>
    public long Outstanding { get; }

    /// <summary>Room that is neither used nor granted to quotas and reservations.</summary>
    public long Available { get; }

    /// <summary>Numbers whose generations are used up.</summary>
    public long Retired { get; }

    /// <summary>Numbers that a custom allocator could not take back.</summary>
    public long Quarantined { get; }
}
