using IoAsid.Typed.Allocation;

namespace IoAsid.Typed;

/// <summary>Counts of a space at one moment.</summary>
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

    /// <summary>The most ids that the space can have: its capacity without reserved, retired and quarantined numbers.</summary>
    public long Limit { get; }

    /// <summary>The number of ids that are not reclaimed, and of allocations in progress.</summary>
    public long Outstanding { get; }

    /// <summary>The room that is neither used nor granted to quotas and reservations.</summary>
    public long Available { get; }

    /// <summary>The number of numbers whose generations are used up.</summary>
    public long Retired { get; }

    /// <summary>The number of numbers that a custom allocator could not take back.</summary>
    public long Quarantined { get; }
}
