namespace IoAsid.Typed;

/// <summary>What an observer is told: one edge in the life of one id.</summary>
/// <remarks>A <c>default</c> event is about nothing: its <see cref="Set"/> throws.</remarks>
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

    /// <summary>Which edge.</summary>
    public IoAsidEventKind Kind { get; }

    /// <summary>The number.</summary>
    public RawIoAsid Id { get; }

    /// <summary>Which life of the number.</summary>
    public uint Generation { get; }

    /// <summary>The private id that was attached when the edge was made; for <see cref="IoAsidEventKind.Freed"/>, the one the free took away.</summary>
    public PrivateIoAsid? PrivateId { get; }

    /// <summary>The set that allocated the id.</summary>
    /// <exception cref="InvalidOperationException">This is a <c>default</c> event.</exception>
    public IoAsidSet Set => _set ?? throw new InvalidOperationException("A default IoAsidEvent is about no id; events come from an observer's argument.");

    /// <summary>The edge, the number, its generation and its set.</summary>
    public override string ToString() => _set is null ? "(default)" : $"{Kind} {Id} (generation {Generation}) of {_set}";
}
