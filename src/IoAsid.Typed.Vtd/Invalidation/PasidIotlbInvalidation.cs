using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>Drops translations of a PASID (VT-d, PASID-based IOTLB Invalidate Descriptor). Scalable mode.</summary>
/// <remarks>
/// CAP.PSI and CAP.MAMV do not limit it (90%).
/// </remarks>
/// <param name="Bits">The raw bits.</param>
public readonly record struct PasidIotlbInvalidation(Bits256 Bits) : IBitStructure<PasidIotlbInvalidation, Bits256>
{
    /// <summary>A descriptor whose type is set and nothing else.</summary>
    public PasidIotlbInvalidation()
        : this(InvalidationDescriptor.OfType(InvalidationType.PasidIotlb))
    {
    }

    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "PASID-based IOTLB invalidation",
        256,
        TypeLowField,
        TypeHighField,
        GranularityField,
        DomainIdField,
        PasidField,
        AddressMaskField,
        InvalidationHintField,
        AddressField);

    /// <summary>Bits 3:0 of the type.</summary>
    public byte TypeLow { get => (byte)TypeLowField.Get(Bits); init => Bits = TypeLowField.With(Bits, value); }

    /// <summary>Bits 6:4 of the type: 0 in every type there is.</summary>
    public byte TypeHigh { get => (byte)TypeHighField.Get(Bits); init => Bits = TypeHighField.With(Bits, value); }

    /// <summary>G: what is dropped.</summary>
    public PasidIotlbGranularity Granularity
    {
        get => (PasidIotlbGranularity)GranularityField.Get(Bits);
        init => Bits = GranularityField.With(Bits, (ulong)value);
    }

    /// <summary>DID: the domain of the PASID.</summary>
    public DomainId DomainId { get => new((ushort)DomainIdField.Get(Bits)); init => Bits = DomainIdField.With(Bits, value.Value); }

    /// <summary>PASID: whose translations.</summary>
    public Pasid Pasid { get => new((uint)PasidField.Get(Bits)); init => Bits = PasidField.With(Bits, value.Value); }

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

    private static BitField DomainIdField => new("DID", 16, 16);

    private static BitField PasidField => new("PASID", 32, 20);

    private static BitField AddressMaskField => new("AM", 64, 6);

    private static BitField InvalidationHintField => new("IH", 70);

    private static BitField AddressField => new("ADDR", 76, 52, content: FieldContent.Address);

    /// <summary>The bits that must be zero in a unit with these capabilities.</summary>
    public static Bits256 ReservedMask(in VtdCapabilities capabilities) => Layout.ReservedMask<Bits256>(capabilities);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
