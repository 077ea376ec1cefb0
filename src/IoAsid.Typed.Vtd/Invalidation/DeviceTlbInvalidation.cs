using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>An invalidation of translations without a PASID in a device TLB (VT-d, Device-TLB Invalidate Descriptor).</summary>
[BitLayout("Device-TLB invalidation", 256, Initial = (ulong)InvalidationType.DeviceTlb)]
public readonly partial record struct DeviceTlbInvalidation
{
    /// <summary>The type.</summary>
    [Bits("TYPE_3_0", 0, 3), Bits("TYPE_6_4", 9, 11)] public partial InvalidationType Type { get; init; }

    /// <summary>PFSID: the physical function that has the invalidation queue of the device. Reserved without ECAP.DIT.</summary>
    [Bits("PFSID_3_0", 12, 15, Needs = Requirement.DeviceTlbThrottling)]
    [Bits("PFSID_15_4", 52, 63, Needs = Requirement.DeviceTlbThrottling)]
    public partial RequesterId PhysicalFunctionSourceId { get; init; }

    /// <summary>MIP (QDEP): the maximum number of outstanding invalidations of the device; 0 is 32.</summary>
    [Bits("MIP", 16, 20)] public partial byte MaximumPending { get; init; }

    /// <summary>SID: the device.</summary>
    [Bits("SID", 32, 47)] public partial RequesterId SourceId { get; init; }

    /// <summary>S: more than one page; see <see cref="DeviceTlbRange"/>.</summary>
    [Bits("S", 64)] public partial bool Size { get; init; }

    /// <summary>ADDR: the address and, in its trailing ones, the size; see <see cref="DeviceTlbRange"/>.</summary>
    [Bits("ADDR", 76, 127, Content = FieldContent.Address)] public partial ulong Address { get; init; }

    /// <summary>The range of the invalidation.</summary>
    public DeviceTlbRange Range
    {
        get => DeviceTlbRange.Decode(Address, Size);
        init => (Address, Size) = value.Encode();
    }
}
