namespace IoAsid.Typed;

/// <summary>Counts of a set and of the sets below it, each set's at one moment. A free in progress counts as live or as pending.</summary>
public sealed record IoAsidSetStatistics
{
    internal IoAsidSetStatistics(IoAsidSet set)
    {
        Add(set);
        Quota = set.Quota;
        Available = set.IsClosed ? 0 : set.Budget.Available;
        Lost = set.Quota is null ? 0 : set.Budget.Lost;
        IsClosed = set.IsClosed;
    }

    /// <summary>The number of ids allocated and not freed.</summary>
    public long Live { get; private set; }

    /// <summary>The number of ids freed and not reclaimed.</summary>
    public long Pending { get; private set; }

    /// <summary>The number of ids ever allocated.</summary>
    public ulong Allocated { get; private set; }

    /// <summary>The number of ids ever reclaimed.</summary>
    public ulong Reclaimed { get; private set; }

    /// <summary>The number of allocations that failed.</summary>
    public long Failed { get; private set; }

    /// <summary>The set's own quota, as at its creation; null if the set shares its parent's.</summary>
    public uint? Quota { get; }

    /// <summary>
    /// The number of ids by which the set's own quota shrank, because numbers charged to it went out of use: retired, or quarantined because a custom allocator could not take
    /// them back. Such a number reduces unreserved room first. Without unreserved room, the quota to which it was charged shrinks.
    /// </summary>
    public long Lost { get; }

    /// <summary>The number of further ids for which the nearest quota upwards, or the space, has room; 0 for a closed set.</summary>
    public long Available { get; }

    /// <summary>Gets a value indicating whether the set refuses new ids.</summary>
    public bool IsClosed { get; }

    /// <summary>Adds the counts of a set below.</summary>
    internal void Add(IoAsidSet set)
    {
        long pending = Math.Max(0, Interlocked.Read(ref set.PendingCount));
        Pending += pending;
        Live += Math.Max(0, (long)(set.AllocatedCount - set.ReclaimedCount) - pending);
        Allocated += set.AllocatedCount;
        Reclaimed += set.ReclaimedCount;
        Failed += Interlocked.Read(ref set.FailureCount);
    }
}
