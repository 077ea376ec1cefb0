namespace IoAsid.Typed.Vtd;

/// <summary>PQT: the next page request that hardware writes.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct PageRequestQueueTailRegister(Bits64 Bits) : IBitStructure<PageRequestQueueTailRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("PQT_REG", 64, TailField);

    /// <summary>PQT: a byte offset into the queue, a multiple of 32.</summary>
    public ulong Tail { get => TailField.GetAddress(Bits); init => Bits = TailField.WithAddress(Bits, value); }

    private static BitField TailField => new("PQT", 5, 14, content: FieldContent.Address);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
