using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>Asks a device to drop translations that have no PASID (VT-d, Device-TLB Invalidate Descriptor).</summary>
[BitLayout("Device-TLB invalidation", 256)]
public readonly partial record struct DeviceTlbInvalidation
{
    /// <summary>A descriptor whose type is set and nothing else.</summary>
    public DeviceTlbInvalidation()
        : this(InvalidationDescriptor.OfType(InvalidationType.DeviceTlb))
    {
    }

    /// <summary>Bits 3:0 of the type.</summary>
    [Bits("TYPE_3_0", 0, 3)] public partial byte TypeLow { get; init; }

    /// <summary>Bits 6:4 of the type: 0 in every type there is.</summary>
    [Bits("TYPE_6_4", 9, 11)] public partial byte TypeHigh { get; init; }

    /// <summary>Bits 3:0 of PFSID.</summary>
    [Bits("PFSID_3_0", 12, 15, Needs = Requirement.DeviceTlbThrottling)] public partial byte PhysicalFunctionLow { get; init; }

    /// <summary>MIP (QDEP): how many invalidations the device takes at a time; 0 is 32.</summary>
    [Bits("MIP", 16, 20)] public partial byte MaximumPending { get; init; }

    /// <summary>SID: the device.</summary>
    [Bits("SID", 32, 47)] public partial RequesterId SourceId { get; init; }

    /// <summary>Bits 15:4 of PFSID.</summary>
    [Bits("PFSID_15_4", 52, 63, Needs = Requirement.DeviceTlbThrottling)]
    public partial ushort PhysicalFunctionHigh { get; init; }

    /// <summary>S: more than one page; see <see cref="DeviceTlbRange"/>.</summary>
    [Bits("S", 64)] public partial bool Size { get; init; }

    /// <summary>ADDR: the address and, in its trailing ones, the size; see <see cref="DeviceTlbRange"/>.</summary>
    [Bits("ADDR", 76, 127, Content = FieldContent.Address)] public partial ulong Address { get; init; }

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
}
