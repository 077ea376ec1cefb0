namespace IoAsid.Typed.Vtd;

/// <summary>IOTLB: IOTLB invalidation by register, while queued invalidation is off.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct IotlbInvalidateRegister(Bits64 Bits) : IBitStructure<IotlbInvalidateRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "IOTLB_REG",
        64,
        DomainIdField,
        DrainWritesField,
        DrainReadsField,
        ActualGranularityField,
        RequestedGranularityField,
        InvalidateField);

    /// <summary>DID: whose translations, unless the granularity is global.</summary>
    public DomainId DomainId { get => new((ushort)DomainIdField.Get(Bits)); init => Bits = DomainIdField.With(Bits, value.Value); }

    /// <summary>DW: writes already translated are done first.</summary>
    public bool DrainWrites { get => DrainWritesField.IsSet(Bits); init => Bits = DrainWritesField.With(Bits, value); }

    /// <summary>DR: reads already translated are done first.</summary>
    public bool DrainReads { get => DrainReadsField.IsSet(Bits); init => Bits = DrainReadsField.With(Bits, value); }

    /// <summary>IAIG: what was dropped.</summary>
    public IotlbInvalidationGranularity ActualGranularity
    {
        get => (IotlbInvalidationGranularity)ActualGranularityField.Get(Bits);
        init => Bits = ActualGranularityField.With(Bits, (ulong)value);
    }

    /// <summary>IIRG: what is to be dropped.</summary>
    public IotlbInvalidationGranularity RequestedGranularity
    {
        get => (IotlbInvalidationGranularity)RequestedGranularityField.Get(Bits);
        init => Bits = RequestedGranularityField.With(Bits, (ulong)value);
    }

    /// <summary>IVT: writing 1 begins; hardware clears it when done.</summary>
    public bool Invalidate { get => InvalidateField.IsSet(Bits); init => Bits = InvalidateField.With(Bits, value); }

    private static BitField DomainIdField => new("DID", 32, 16);

    private static BitField DrainWritesField => new("DW", 48);

    private static BitField DrainReadsField => new("DR", 49);

    private static BitField ActualGranularityField => new("IAIG", 57, 2);

    private static BitField RequestedGranularityField => new("IIRG", 60, 2);

    private static BitField InvalidateField => new("IVT", 63);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
