namespace IoAsid.Typed.Vtd;

/// <summary>PQA: where the page request queue is.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct PageRequestQueueAddressRegister(Bits64 Bits)
    : IBitStructure<PageRequestQueueAddressRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("PQA_REG", 64, QueueSizeField, QueueField);

    /// <summary>PQS: the queue has 2^PQS pages of 4 KiB.</summary>
    public byte QueueSize { get => (byte)QueueSizeField.Get(Bits); init => Bits = QueueSizeField.With(Bits, value); }

    /// <summary>PQA: the address of the queue, a multiple of 4096.</summary>
    public ulong Queue { get => QueueField.GetAddress(Bits); init => Bits = QueueField.WithAddress(Bits, value); }

    private static BitField QueueSizeField => new("PQS", 0, 3);

    private static BitField QueueField => new("PQA", 12, 52, content: FieldContent.HostAddress);

    /// <summary>Bytes of the queue; an entry has 32.</summary>
    public uint SizeInBytes => 4096u << QueueSize;

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
