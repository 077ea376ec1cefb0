using System.Diagnostics;

namespace IoAsid.Typed.Diagnostics;

/// <summary>The members of a pending id that a debugger shows: the holders that keep it, and the set that allocated it.</summary>
internal sealed class PendingIdDebugView(IoAsidPendingId pending)
{
    /// <summary>The holders; empty unless the space tracks holders.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.RootHidden)]
    public IReadOnlyList<IoAsidHolder> Holders => pending.Holders;

    /// <summary>The number of references.</summary>
    public uint References => pending.References;

    /// <summary>The generation.</summary>
    public uint Generation => pending.Generation;

    /// <summary>The set that allocated the id.</summary>
    public IoAsidSet Set => pending.Set;
}
