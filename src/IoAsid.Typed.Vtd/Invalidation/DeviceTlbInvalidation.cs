using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>Asks a device to drop translations that have no PASID (VT-d, Device-TLB Invalidate Descriptor).</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct DeviceTlbInvalidation(Bits256 Bits) : IBitStructure<DeviceTlbInvalidation, Bits256>
{
    /// <summary>A descriptor whose type is set and nothing else.</summary>
    public DeviceTlbInvalidation()
        : this(InvalidationDescriptor.OfType(InvalidationType.DeviceTlb))
    {
    }

    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "Device-TLB invalidation",
        256,
        TypeLowField,
        TypeHighField,
        PhysicalFunctionLowField,
        MaximumPendingField,
        SourceIdField,
        PhysicalFunctionHighField,
        SizeField,
        AddressField);

    /// <summary>Bits 3:0 of the type.</summary>
    public byte TypeLow { get => (byte)TypeLowField.Get(Bits); init => Bits = TypeLowField.With(Bits, value); }

    /// <summary>Bits 6:4 of the type: 0 in every type there is.</summary>
    public byte TypeHigh { get => (byte)TypeHighField.Get(Bits); init => Bits = TypeHighField.With(Bits, value); }

    /// <summary>Bits 3:0 of PFSID.</summary>
    public byte PhysicalFunctionLow
    {
        get => (byte)PhysicalFunctionLowField.Get(Bits);
        init => Bits = PhysicalFunctionLowField.With(Bits, value);
    }

    /// <summary>MIP (QDEP): how many invalidations the device takes at a time; 0 is 32.</summary>
    public byte MaximumPending
    {
        get => (byte)MaximumPendingField.Get(Bits);
        init => Bits = MaximumPendingField.With(Bits, value);
    }

    /// <summary>SID: the device.</summary>
    public RequesterId SourceId { get => new((ushort)SourceIdField.Get(Bits)); init => Bits = SourceIdField.With(Bits, value.Value); }

    /// <summary>Bits 15:4 of PFSID.</summary>
    public ushort PhysicalFunctionHigh
    {
        get => (ushort)PhysicalFunctionHighField.Get(Bits);
        init => Bits = PhysicalFunctionHighField.With(Bits, value);
    }

    /// <summary>S: more than one page; see <see cref="DeviceTlbRange"/>.</summary>
    public bool Size { get => SizeField.IsSet(Bits); init => Bits = SizeField.With(Bits, value); }

    /// <summary>ADDR: the address and, in its trailing ones, the size; see <see cref="DeviceTlbRange"/>.</summary>
    public ulong Address { get => AddressField.GetAddress(Bits); init => Bits = AddressField.WithAddress(Bits, value); }

    private static BitField TypeLowField => new("TYPE_3_0", 0, 4);

    private static BitField TypeHighField => new("TYPE_6_4", 9, 3);

    private static BitField PhysicalFunctionLowField => new("PFSID_3_0", 12, 4, Requirement.DeviceTlbThrottling);

    private static BitField MaximumPendingField => new("MIP", 16, 5);

    private static BitField SourceIdField => new("SID", 32, 16);

    private static BitField PhysicalFunctionHighField => new("PFSID_15_4", 52, 12, Requirement.DeviceTlbThrottling);

    private static BitField SizeField => new("S", 64);

    private static BitField AddressField => new("ADDR", 76, 52, content: FieldContent.Address);

    /// <summary>The bits that must be zero in a unit with these capabilities.</summary>
    public static Bits256 ReservedMask(in VtdCapabilities capabilities) => Layout.ReservedMask<Bits256>(capabilities);

    /// <summary>PFSID: the physical function that answers for the device's queue. Reserved without ECAP.DIT.</summary>
    public RequesterId PhysicalFunctionSourceId
    {
        get => new((ushort)(PhysicalFunctionLow | (PhysicalFunctionHigh << 4)));
        init => (PhysicalFunctionLow, PhysicalFunctionHigh) = ((byte)(value.Value & 0xF), (ushort)(value.Value >> 4));
    }

    /// <summary>What the device is to drop.</summary>
    public DeviceTlbRange Range
    {
        get => DeviceTlbRange.Decode(Address, Size);
        init => (Address, Size) = value.Encode();
    }

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
