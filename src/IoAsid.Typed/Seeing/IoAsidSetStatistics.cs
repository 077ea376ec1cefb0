namespace IoAsid.Typed;

/// <summary>Counts of a set and of those below it. Frees that are under way while it is taken may be counted as live or as pending.</summary>
public sealed record IoAsidSetStatistics
{
    internal IoAsidSetStatistics(IoAsidSet set)
    {
        Pending = Math.Max(0, Interlocked.Read(ref set.PendingCount));
        Live = Math.Max(0, (long)(set.Begun - set.Reclaimed) - Pending);
        Allocated = set.Begun;
        Reclaimed = set.Reclaimed;
        Failed = Interlocked.Read(ref set.FailureCount);
        Quota = set.Quota;
        Available = set.IsClosed ? 0 : set.Budget.Available;
        IsClosed = set.IsClosed;
    }

    /// <summary>Ids allocated and not freed.</summary>
    public long Live { get; private init; }

    /// <summary>Ids freed and not reclaimed.</summary>
    public long Pending { get; private init; }

    /// <summary>Ids ever allocated.</summary>
    public ulong Allocated { get; private init; }

    /// <summary>Ids ever reclaimed.</summary>
    public ulong Reclaimed { get; private init; }

    /// <summary>Allocations that failed.</summary>
    public long Failed { get; private init; }

    /// <summary>The set's own quota; null if it shares its parent's.</summary>
    public uint? Quota { get; }

    /// <summary>How many more ids the nearest quota upwards, or the space, has room for; 0 for a closed set.</summary>
    public long Available { get; }

    /// <summary>Whether the set refuses new ids.</summary>
    public bool IsClosed { get; }

    /// <summary>Adds the counts of a set below.</summary>
    internal IoAsidSetStatistics With(IoAsidSetStatistics below) => this with
    {
        Live = Live + below.Live,
        Pending = Pending + below.Pending,
        Allocated = Allocated + below.Allocated,
        Reclaimed = Reclaimed + below.Reclaimed,
        Failed = Failed + below.Failed,
    };
}
