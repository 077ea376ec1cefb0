using System.Diagnostics;
using IoAsid.Typed.Diagnostics;

namespace IoAsid.Typed;

/// <summary>An id that was freed and still has references.</summary>
[DebuggerDisplay("{Id} of {Set}: {References} reference(s)")]
[DebuggerTypeProxy(typeof(PendingIdDebugView))]
public sealed class IoAsidPendingId
{
    internal IoAsidPendingId(RawIoAsid id, uint generation, IoAsidSet set, uint references, IReadOnlyList<IoAsidHolder> holders)
    {
        Id = id;
        Generation = generation;
        Set = set;
        References = references;
        Holders = holders;
    }

    /// <summary>The number.</summary>
    public RawIoAsid Id { get; }

    /// <summary>The generation, which grows from one life of the number to the next.</summary>
    public uint Generation { get; }

    /// <summary>The set that allocated the id.</summary>
    public IoAsidSet Set { get; }

    /// <summary>The number of references. While observers are notified of the free, the allocation's own reference is among them.</summary>
    public uint References { get; }

    /// <summary>The holders of the references; empty unless the space tracks holders.</summary>
    public IReadOnlyList<IoAsidHolder> Holders { get; }

    /// <summary>Returns the description, with one line for each holder.</summary>
    public override string ToString() =>
        string.Join(
            Environment.NewLine,
            [$"{Id} (generation {Generation}) of {Set}: {References} reference(s)", .. Holders.Select(holder => "  " + holder)]);
}
