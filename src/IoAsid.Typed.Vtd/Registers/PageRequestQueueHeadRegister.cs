namespace IoAsid.Typed.Vtd;

/// <summary>PQH: the next page request that software reads.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct PageRequestQueueHeadRegister(Bits64 Bits) : IBitStructure<PageRequestQueueHeadRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("PQH_REG", 64, HeadField);

    /// <summary>PQH: a byte offset into the queue, a multiple of 32.</summary>
    public ulong Head { get => HeadField.GetAddress(Bits); init => Bits = HeadField.WithAddress(Bits, value); }

    private static BitField HeadField => new("PQH", 5, 14, content: FieldContent.Address);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
