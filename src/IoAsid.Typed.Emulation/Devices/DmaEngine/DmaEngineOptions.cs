namespace IoAsid.Typed.Emulation;

/// <summary>The capabilities of an <see cref="EmulatedDmaEngine"/>.</summary>
public sealed record DmaEngineOptions : FunctionOptions
{
    /// <summary>The number of work queues, each with a portal: 1 to 64.</summary>
    public int Queues { get; init; } = 4;

    /// <summary>The capacity of a queue, in descriptors: 1 to 65535.</summary>
    public int QueueDepth { get; init; } = 16;

    /// <summary>The number of descriptors that are executed at a time: 1 to 64.</summary>
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
        value >= 1 && value <= most ? [] : [$"{name} is {value}. It must be from 1 to {most}."];
}
