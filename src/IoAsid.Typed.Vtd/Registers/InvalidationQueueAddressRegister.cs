namespace IoAsid.Typed.Vtd;

/// <summary>IQA: where the invalidation queue is.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct InvalidationQueueAddressRegister(Bits64 Bits)
    : IBitStructure<InvalidationQueueAddressRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("IQA_REG", 64, QueueSizeField, WideDescriptorsField, QueueField);

    /// <summary>QS: the queue has 2^QS pages of 4 KiB.</summary>
    public byte QueueSize { get => (byte)QueueSizeField.Get(Bits); init => Bits = QueueSizeField.With(Bits, value); }

    /// <summary>DW: descriptors have 256 bits and not 128. Needs ECAP.SMTS.</summary>
    public bool WideDescriptors
    {
        get => WideDescriptorsField.IsSet(Bits);
        init => Bits = WideDescriptorsField.With(Bits, value);
    }

    /// <summary>IQA: the address of the queue, a multiple of 4096.</summary>
    public ulong Queue { get => QueueField.GetAddress(Bits); init => Bits = QueueField.WithAddress(Bits, value); }

    private static BitField QueueSizeField => new("QS", 0, 3);

    private static BitField WideDescriptorsField => new("DW", 11, 1, Requirement.ScalableMode);

    private static BitField QueueField => new("IQA", 12, 52, content: FieldContent.HostAddress);

    /// <summary>Bytes of the queue.</summary>
    public uint SizeInBytes => 4096u << QueueSize;

    /// <summary>Bytes of a descriptor: 16 or 32.</summary>
    public int DescriptorSize => WideDescriptors ? 32 : 16;

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
