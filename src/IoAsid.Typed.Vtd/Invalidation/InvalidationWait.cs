namespace IoAsid.Typed.Vtd;

/// <summary>Tells software that everything before it is done (VT-d, Invalidation Wait Descriptor).</summary>
/// <remarks>
/// With IF, SW and FN all clear it is legal and does nothing (80%: an independent implementation accepts it).
/// </remarks>
/// <param name="Bits">The raw bits.</param>
public readonly record struct InvalidationWait(Bits256 Bits) : IBitStructure<InvalidationWait, Bits256>
{
    /// <summary>A descriptor whose type is set and nothing else.</summary>
    public InvalidationWait()
        : this(InvalidationDescriptor.OfType(InvalidationType.Wait))
    {
    }

    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "Invalidation wait",
        256,
        TypeLowField,
        TypeHighField,
        InterruptFlagField,
        StatusWriteField,
        FenceField,
        PageRequestDrainField,
        StatusDataField,
        StatusAddressField);

    /// <summary>Bits 3:0 of the type.</summary>
    public byte TypeLow { get => (byte)TypeLowField.Get(Bits); init => Bits = TypeLowField.With(Bits, value); }

    /// <summary>Bits 6:4 of the type: 0 in every type there is.</summary>
    public byte TypeHigh { get => (byte)TypeHighField.Get(Bits); init => Bits = TypeHighField.With(Bits, value); }

    /// <summary>IF: set ICS.IWC and raise the invalidation event.</summary>
    public bool InterruptFlag { get => InterruptFlagField.IsSet(Bits); init => Bits = InterruptFlagField.With(Bits, value); }

    /// <summary>SW: store the status data at the status address.</summary>
    public bool StatusWrite { get => StatusWriteField.IsSet(Bits); init => Bits = StatusWriteField.With(Bits, value); }

    /// <summary>FN: nothing after it starts before it is done.</summary>
    public bool Fence { get => FenceField.IsSet(Bits); init => Bits = FenceField.With(Bits, value); }

    /// <summary>PD: page requests sent before it are in the ring first. Needs ECAP.PDS.</summary>
    public bool PageRequestDrain
    {
        get => PageRequestDrainField.IsSet(Bits);
        init => Bits = PageRequestDrainField.With(Bits, value);
    }

    /// <summary>What is stored.</summary>
    public uint StatusData { get => (uint)StatusDataField.Get(Bits); init => Bits = StatusDataField.With(Bits, value); }

    /// <summary>Where it is stored: a multiple of 4.</summary>
    public ulong StatusAddress
    {
        get => StatusAddressField.GetAddress(Bits);
        init => Bits = StatusAddressField.WithAddress(Bits, value);
    }

    private static BitField TypeLowField => new("TYPE_3_0", 0, 4);

    private static BitField TypeHighField => new("TYPE_6_4", 9, 3);

    private static BitField InterruptFlagField => new("IF", 4);

    private static BitField StatusWriteField => new("SW", 5);

    private static BitField FenceField => new("FN", 6);

    private static BitField PageRequestDrainField => new("PD", 7, 1, Requirement.PageRequestDrain);

    private static BitField StatusDataField => new("STATUS_DATA", 32, 32);

    private static BitField StatusAddressField => new("STATUS_ADDR", 66, 62, content: FieldContent.Address);

    /// <summary>The bits that must be zero in a unit with these capabilities.</summary>
    public static Bits256 ReservedMask(in VtdCapabilities capabilities) => Layout.ReservedMask<Bits256>(capabilities);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
