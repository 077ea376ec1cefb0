using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>Drops entries of the PASID cache (VT-d, PASID-cache Invalidate Descriptor). Scalable mode.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct PasidCacheInvalidation(Bits256 Bits) : IBitStructure<PasidCacheInvalidation, Bits256>
{
    /// <summary>A descriptor whose type is set and nothing else.</summary>
    public PasidCacheInvalidation()
        : this(InvalidationDescriptor.OfType(InvalidationType.PasidCache))
    {
    }

    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "PASID-cache invalidation",
        256,
        TypeLowField,
        TypeHighField,
        GranularityField,
        DomainIdField,
        PasidField);

    /// <summary>Bits 3:0 of the type.</summary>
    public byte TypeLow { get => (byte)TypeLowField.Get(Bits); init => Bits = TypeLowField.With(Bits, value); }

    /// <summary>Bits 6:4 of the type: 0 in every type there is.</summary>
    public byte TypeHigh { get => (byte)TypeHighField.Get(Bits); init => Bits = TypeHighField.With(Bits, value); }

    /// <summary>G: what is dropped.</summary>
    public PasidCacheGranularity Granularity
    {
        get => (PasidCacheGranularity)GranularityField.Get(Bits);
        init => Bits = GranularityField.With(Bits, (ulong)value);
    }

    /// <summary>DID: the domain, unless the granularity is global.</summary>
    public DomainId DomainId { get => new((ushort)DomainIdField.Get(Bits)); init => Bits = DomainIdField.With(Bits, value.Value); }

    /// <summary>PASID: the PASID, if the granularity is PASID.</summary>
    public Pasid Pasid { get => new((uint)PasidField.Get(Bits)); init => Bits = PasidField.With(Bits, value.Value); }

    private static BitField TypeLowField => new("TYPE_3_0", 0, 4);

    private static BitField TypeHighField => new("TYPE_6_4", 9, 3);

    private static BitField GranularityField => new("G", 4, 2);

    private static BitField DomainIdField => new("DID", 16, 16);

    private static BitField PasidField => new("PASID", 32, 20);

    /// <summary>The bits that must be zero in a unit with these capabilities.</summary>
    public static Bits256 ReservedMask(in VtdCapabilities capabilities) => Layout.ReservedMask<Bits256>(capabilities);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
