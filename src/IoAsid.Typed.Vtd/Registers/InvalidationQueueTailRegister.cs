namespace IoAsid.Typed.Vtd;

/// <summary>IQT: the next descriptor that software writes.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct InvalidationQueueTailRegister(Bits64 Bits) : IBitStructure<InvalidationQueueTailRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("IQT_REG", 64, TailField);

    /// <summary>QT: a byte offset into the queue, a multiple of 16, and of 32 with 256-bit descriptors.</summary>
    public ulong Tail { get => TailField.GetAddress(Bits); init => Bits = TailField.WithAddress(Bits, value); }

    private static BitField TailField => new("QT", 4, 15, content: FieldContent.Address);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
