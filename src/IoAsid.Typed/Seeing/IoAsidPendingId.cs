namespace IoAsid.Typed;

/// <summary>An id that was freed and that something still holds.</summary>
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

    /// <summary>Which life of the number.</summary>
    public uint Generation { get; }

    /// <summary>The set that allocated the id.</summary>
    public IoAsidSet Set { get; }

    /// <summary>How many references are out. While the free is being told, the allocation's own is among them.</summary>
    public uint References { get; }

    /// <summary>Who took them; empty unless the space tracks holders.</summary>
    public IReadOnlyList<IoAsidHolder> Holders { get; }

    /// <summary>All of it, a line per holder.</summary>
    public override string ToString() =>
        string.Join(
            Environment.NewLine,
            [$"{Id} (generation {Generation}) of {Set}: {References} reference(s)", .. Holders.Select(holder => "  " + holder)]);
}
