namespace IoAsid.Typed.Emulation;

/// <summary>What a DMA engine is able to do.</summary>
public sealed record DmaEngineOptions : FunctionOptions
{
    /// <summary>How many work queues, and portals, it has: 1 to 64.</summary>
    public int Queues { get; init; } = 4;

    /// <summary>How many descriptors wait in a queue at most: 1 to 65535.</summary>
    public int QueueDepth { get; init; } = 16;

    /// <summary>How many descriptors it works on at a time: 1 to 64.</summary>
    public int Engines { get; init; } = 4;

    /// <inheritdoc/>
    protected internal override IEnumerable<string> Objections() =>
    [
        .. base.Objections(),
        .. OutOfRange(Queues, 64, nameof(Queues)),
        .. OutOfRange(QueueDepth, ushort.MaxValue, nameof(QueueDepth)),
        .. OutOfRange(Engines, 64, nameof(Engines)),
    ];

    private static IEnumerable<string> OutOfRange(int value, int most, string name) =>
        value >= 1 && value <= most ? [] : [$"{name} is {value}: it must be from 1 to {most}."];
}
