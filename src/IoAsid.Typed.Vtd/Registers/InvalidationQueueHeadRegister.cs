namespace IoAsid.Typed.Vtd;

/// <summary>IQH: the next descriptor that hardware reads.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct InvalidationQueueHeadRegister(Bits64 Bits) : IBitStructure<InvalidationQueueHeadRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("IQH_REG", 64, HeadField);

    /// <summary>QH: a byte offset into the queue, a multiple of 16, and of 32 with 256-bit descriptors.</summary>
    public ulong Head { get => HeadField.GetAddress(Bits); init => Bits = HeadField.WithAddress(Bits, value); }

    private static BitField HeadField => new("QH", 4, 15, content: FieldContent.Address);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
