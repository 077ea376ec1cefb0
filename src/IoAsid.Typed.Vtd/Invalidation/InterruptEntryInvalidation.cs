namespace IoAsid.Typed.Vtd;

/// <summary>
/// Drops entries of the interrupt entry cache (VT-d, Interrupt Entry Cache Invalidate Descriptor). Needs ECAP.IR.
/// </summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct InterruptEntryInvalidation(Bits256 Bits) : IBitStructure<InterruptEntryInvalidation, Bits256>
{
    /// <summary>A descriptor whose type is set and nothing else.</summary>
    public InterruptEntryInvalidation()
        : this(InvalidationDescriptor.OfType(InvalidationType.InterruptEntry))
    {
    }

    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "Interrupt entry cache invalidation",
        256,
        TypeLowField,
        TypeHighField,
        IndexSelectiveField,
        IndexMaskField,
        InterruptIndexField);

    /// <summary>Bits 3:0 of the type.</summary>
    public byte TypeLow { get => (byte)TypeLowField.Get(Bits); init => Bits = TypeLowField.With(Bits, value); }

    /// <summary>Bits 6:4 of the type: 0 in every type there is.</summary>
    public byte TypeHigh { get => (byte)TypeHighField.Get(Bits); init => Bits = TypeHighField.With(Bits, value); }

    /// <summary>G: only the entries of some indices.</summary>
    public bool IndexSelective { get => IndexSelectiveField.IsSet(Bits); init => Bits = IndexSelectiveField.With(Bits, value); }

    /// <summary>IM: how many low bits of the index do not count.</summary>
    public byte IndexMask { get => (byte)IndexMaskField.Get(Bits); init => Bits = IndexMaskField.With(Bits, value); }

    /// <summary>IIDX: the index.</summary>
    public ushort InterruptIndex
    {
        get => (ushort)InterruptIndexField.Get(Bits);
        init => Bits = InterruptIndexField.With(Bits, value);
    }

    private static BitField TypeLowField => new("TYPE_3_0", 0, 4);

    private static BitField TypeHighField => new("TYPE_6_4", 9, 3);

    private static BitField IndexSelectiveField => new("G", 4);

    private static BitField IndexMaskField => new("IM", 27, 5);

    private static BitField InterruptIndexField => new("IIDX", 32, 16);

    /// <summary>The bits that must be zero in a unit with these capabilities.</summary>
    public static Bits256 ReservedMask(in VtdCapabilities capabilities) => Layout.ReservedMask<Bits256>(capabilities);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
