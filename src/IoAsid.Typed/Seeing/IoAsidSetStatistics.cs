namespace IoAsid.Typed;

/// <summary>Counts of a set and of those below it, each set's at one moment. A free in progress may be counted as live or as pending.</summary>
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

    /// <summary>Ids allocated and not freed.</summary>
    public long Live { get; private set; }

    /// <summary>Ids freed and not reclaimed.</summary>
    public long Pending { get; private set; }

    /// <summary>Ids ever allocated.</summary>
    public ulong Allocated { get; private set; }

    /// <summary>Ids ever reclaimed.</summary>
    public ulong Reclaimed { get; private set; }

    /// <summary>Allocations that failed.</summary>
    public long Failed { get; private set; }

    /// <summary>The set's own quota as it was made; null if it shares its parent's.</summary>
    public uint? Quota { get; }

    /// <summary>
    /// How many ids less the set's own quota has room for, because numbers charged to it went out of use: retired, or quarantined because a custom allocator could not take
    /// them back. Such a number first takes away room that nobody reserved; only without any it shrinks the quota to which it was charged.
    /// </summary>
    public long Lost { get; }

    /// <summary>How many more ids the nearest quota upwards, or the space, has room for; 0 for a closed set.</summary>
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
