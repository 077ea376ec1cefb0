namespace IoAsid.Typed;

/// <summary>One edge in the life of one id, as reported to observers.</summary>
/// <remarks>A <c>default</c> event describes no id: its <see cref="Set"/> throws.</remarks>
public readonly struct IoAsidEvent
{
    private readonly IoAsidSet? _set;

    internal IoAsidEvent(IoAsidEventKind kind, RawIoAsid id, uint generation, IoAsidSet set, PrivateIoAsid? privateId)
    {
        Kind = kind;
        Id = id;
        Generation = generation;
        _set = set;
        PrivateId = privateId;
    }

    /// <summary>The kind of edge.</summary>
    public IoAsidEventKind Kind { get; }

    /// <summary>The number.</summary>
    public RawIoAsid Id { get; }

    /// <summary>The generation, which grows from one life of the number to the next.</summary>
    public uint Generation { get; }

    /// <summary>The private id that was attached at the edge. For <see cref="IoAsidEventKind.Freed"/>, the private id that the free detached.</summary>
    public PrivateIoAsid? PrivateId { get; }

    /// <summary>The set that allocated the id.</summary>
    /// <exception cref="InvalidOperationException">This is a <c>default</c> event.</exception>
    public IoAsidSet Set => _set ?? throw new InvalidOperationException("A default IoAsidEvent describes no id; events come from an observer's argument.");

    /// <summary>Returns the kind, the number, its generation and its set.</summary>
    public override string ToString() => _set is { } set ? $"{Kind} {Id} (generation {Generation}) of {set}" : "(default)";
}
