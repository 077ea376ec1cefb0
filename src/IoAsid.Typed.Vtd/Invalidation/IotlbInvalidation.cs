namespace IoAsid.Typed.Vtd;

/// <summary>Drops translations of a domain (VT-d, IOTLB Invalidate Descriptor).</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct IotlbInvalidation(Bits256 Bits) : IBitStructure<IotlbInvalidation, Bits256>
{
    /// <summary>A descriptor whose type is set and nothing else.</summary>
    public IotlbInvalidation()
        : this(InvalidationDescriptor.OfType(InvalidationType.Iotlb))
    {
    }

    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "IOTLB invalidation",
        256,
        TypeLowField,
        TypeHighField,
        GranularityField,
        DrainWritesField,
        DrainReadsField,
        DomainIdField,
        AddressMaskField,
        InvalidationHintField,
        AddressField);

    /// <summary>Bits 3:0 of the type.</summary>
    public byte TypeLow { get => (byte)TypeLowField.Get(Bits); init => Bits = TypeLowField.With(Bits, value); }

    /// <summary>Bits 6:4 of the type: 0 in every type there is.</summary>
    public byte TypeHigh { get => (byte)TypeHighField.Get(Bits); init => Bits = TypeHighField.With(Bits, value); }

    /// <summary>G: what is dropped.</summary>
    public IotlbInvalidationGranularity Granularity
    {
        get => (IotlbInvalidationGranularity)GranularityField.Get(Bits);
        init => Bits = GranularityField.With(Bits, (ulong)value);
    }

    /// <summary>DW: writes already translated are done first.</summary>
    public bool DrainWrites { get => DrainWritesField.IsSet(Bits); init => Bits = DrainWritesField.With(Bits, value); }

    /// <summary>DR: reads already translated are done first.</summary>
    public bool DrainReads { get => DrainReadsField.IsSet(Bits); init => Bits = DrainReadsField.With(Bits, value); }

    /// <summary>DID: whose translations, unless the granularity is global.</summary>
    public DomainId DomainId { get => new((ushort)DomainIdField.Get(Bits)); init => Bits = DomainIdField.With(Bits, value.Value); }

    /// <summary>AM: 2^AM pages of 4 KiB are invalidated.</summary>
    public byte AddressMask { get => (byte)AddressMaskField.Get(Bits); init => Bits = AddressMaskField.With(Bits, value); }

    /// <summary>IH: only leaf entries were changed.</summary>
    public bool InvalidationHint
    {
        get => InvalidationHintField.IsSet(Bits);
        init => Bits = InvalidationHintField.With(Bits, value);
    }

    /// <summary>ADDR: the first page, a multiple of 2^AM pages.</summary>
    public ulong Address { get => AddressField.GetAddress(Bits); init => Bits = AddressField.WithAddress(Bits, value); }

    private static BitField TypeLowField => new("TYPE_3_0", 0, 4);

    private static BitField TypeHighField => new("TYPE_6_4", 9, 3);

    private static BitField GranularityField => new("G", 4, 2);

    private static BitField DrainWritesField => new("DW", 6);

    private static BitField DrainReadsField => new("DR", 7);

    private static BitField DomainIdField => new("DID", 16, 16);

    private static BitField AddressMaskField => new("AM", 64, 6);

    private static BitField InvalidationHintField => new("IH", 70);

    private static BitField AddressField => new("ADDR", 76, 52, content: FieldContent.Address);

    /// <summary>The bits that must be zero in a unit with these capabilities.</summary>
    public static Bits256 ReservedMask(in VtdCapabilities capabilities) => Layout.ReservedMask<Bits256>(capabilities);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
