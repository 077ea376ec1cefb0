using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>Drops entries of the context cache (VT-d, Context-cache Invalidate Descriptor).</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct ContextCacheInvalidation(Bits256 Bits) : IBitStructure<ContextCacheInvalidation, Bits256>
{
    /// <summary>A descriptor whose type is set and nothing else.</summary>
    public ContextCacheInvalidation()
        : this(InvalidationDescriptor.OfType(InvalidationType.ContextCache))
    {
    }

    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "Context-cache invalidation",
        256,
        TypeLowField,
        TypeHighField,
        GranularityField,
        DomainIdField,
        SourceIdField,
        FunctionMaskField);

    /// <summary>Bits 3:0 of the type.</summary>
    public byte TypeLow { get => (byte)TypeLowField.Get(Bits); init => Bits = TypeLowField.With(Bits, value); }

    /// <summary>Bits 6:4 of the type: 0 in every type there is.</summary>
    public byte TypeHigh { get => (byte)TypeHighField.Get(Bits); init => Bits = TypeHighField.With(Bits, value); }

    /// <summary>G: what is dropped.</summary>
    public ContextInvalidationGranularity Granularity
    {
        get => (ContextInvalidationGranularity)GranularityField.Get(Bits);
        init => Bits = GranularityField.With(Bits, (ulong)value);
    }

    /// <summary>DID: whose entries, unless the granularity is global.</summary>
    public DomainId DomainId { get => new((ushort)DomainIdField.Get(Bits)); init => Bits = DomainIdField.With(Bits, value.Value); }

    /// <summary>SID: the device, if the granularity is device.</summary>
    public RequesterId SourceId { get => new((ushort)SourceIdField.Get(Bits)); init => Bits = SourceIdField.With(Bits, value.Value); }

    /// <summary>FM: how many function bits of the source id do not count: 0 none, 1 bit 2, 2 bits 2:1, 3 bits 2:0.</summary>
    public byte FunctionMask { get => (byte)FunctionMaskField.Get(Bits); init => Bits = FunctionMaskField.With(Bits, value); }

    private static BitField TypeLowField => new("TYPE_3_0", 0, 4);

    private static BitField TypeHighField => new("TYPE_6_4", 9, 3);

    private static BitField GranularityField => new("G", 4, 2);

    private static BitField DomainIdField => new("DID", 16, 16);

    private static BitField SourceIdField => new("SID", 32, 16);

    private static BitField FunctionMaskField => new("FM", 48, 2);

    /// <summary>The bits that must be zero in a unit with these capabilities.</summary>
    public static Bits256 ReservedMask(in VtdCapabilities capabilities) => Layout.ReservedMask<Bits256>(capabilities);

    /// <summary>The bits of the source id that do not count, by <see cref="FunctionMask"/>.</summary>
    public ushort IgnoredSourceBits => SourceIdMask.IgnoredBits(FunctionMask);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
