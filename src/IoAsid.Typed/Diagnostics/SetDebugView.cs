using System.Diagnostics;
using IoAsid.Typed.Sets;

namespace IoAsid.Typed.Diagnostics;

/// <summary>The members of a set that a debugger shows: its ids with their data, its subsets, and the ids that wait for their last reference.</summary>
internal sealed class SetDebugView(IoAsidSet set)
{
    /// <summary>The ids of the set and of those below it, with their data.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.RootHidden)]
    public IReadOnlyList<KeyValuePair<RawIoAsid, object?>> Ids => [.. set.Entries<object>().Select(entry => new KeyValuePair<RawIoAsid, object?>(entry.Id, entry.Lookup.Data))];

    /// <summary>The ids that are freed and not reclaimed, with their holders if the space tracks holders.</summary>
    public IReadOnlyList<IoAsidPendingId> Pending => [.. SetContents.Pending(set)];

    /// <summary>The sets directly below.</summary>
    public IReadOnlyList<IoAsidSet> Subsets => [.. set.Children];

    /// <summary>The set above; null for a root.</summary>
    public IoAsidSet? Parent => set.Parent;

    /// <summary>The owner.</summary>
    public object? Owner => set.Owner;

    /// <summary>The counts.</summary>
    public IoAsidSetStatistics Statistics => set.GetStatistics();
}
