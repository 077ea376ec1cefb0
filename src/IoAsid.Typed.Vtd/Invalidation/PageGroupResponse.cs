using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>Answers a group of page requests (VT-d, Page Group Response Descriptor). Scalable mode.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct PageGroupResponse(Bits256 Bits) : IBitStructure<PageGroupResponse, Bits256>
{
    /// <summary>A descriptor whose type is set and nothing else.</summary>
    public PageGroupResponse()
        : this(InvalidationDescriptor.OfType(InvalidationType.PageGroupResponse))
    {
    }

    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "Page group response",
        256,
        TypeLowField,
        TypeHighField,
        PasidPresentField,
        PrivateDataPresentField,
        ResponseCodeField,
        RequesterIdField,
        PasidField,
        LastPageInGroupField,
        GroupIndexField,
        PrivateDataLowField,
        PrivateDataHighField);

    /// <summary>Bits 3:0 of the type.</summary>
    public byte TypeLow { get => (byte)TypeLowField.Get(Bits); init => Bits = TypeLowField.With(Bits, value); }

    /// <summary>Bits 6:4 of the type: 0 in every type there is.</summary>
    public byte TypeHigh { get => (byte)TypeHighField.Get(Bits); init => Bits = TypeHighField.With(Bits, value); }

    /// <summary>PP: the response carries the PASID.</summary>
    public bool PasidPresent { get => PasidPresentField.IsSet(Bits); init => Bits = PasidPresentField.With(Bits, value); }

    /// <summary>PDP: private data was in the request. Revision 3.</summary>
    public bool PrivateDataPresent
    {
        get => PrivateDataPresentField.IsSet(Bits);
        init => Bits = PrivateDataPresentField.With(Bits, value);
    }

    /// <summary>RC: the answer.</summary>
    public PageRequestResponseCode ResponseCode
    {
        get => (PageRequestResponseCode)ResponseCodeField.Get(Bits);
        init => Bits = ResponseCodeField.With(Bits, (ulong)value);
    }

    /// <summary>RID: the device that asked.</summary>
    public RequesterId RequesterId { get => new((ushort)RequesterIdField.Get(Bits)); init => Bits = RequesterIdField.With(Bits, value.Value); }

    /// <summary>PASID: for which it asked.</summary>
    public Pasid Pasid { get => new((uint)PasidField.Get(Bits)); init => Bits = PasidField.With(Bits, value.Value); }

    /// <summary>LPIG: of the request. Revision 3; since 4.0 ignored by hardware, so never an error.</summary>
    public bool LastPageInGroup
    {
        get => LastPageInGroupField.IsSet(Bits);
        init => Bits = LastPageInGroupField.With(Bits, value);
    }

    /// <summary>PRGI: the group.</summary>
    public ushort GroupIndex { get => (ushort)GroupIndexField.Get(Bits); init => Bits = GroupIndexField.With(Bits, value); }

    /// <summary>Private data of the request. Revision 3.</summary>
    public ulong PrivateDataLow { get => PrivateDataLowField.Get(Bits); init => Bits = PrivateDataLowField.With(Bits, value); }

    /// <summary>Private data of the request. Revision 3.</summary>
    public ulong PrivateDataHigh { get => PrivateDataHighField.Get(Bits); init => Bits = PrivateDataHighField.With(Bits, value); }

    private static BitField TypeLowField => new("TYPE_3_0", 0, 4);

    private static BitField TypeHighField => new("TYPE_6_4", 9, 3);

    private static BitField PasidPresentField => new("PP", 4);

    private static BitField PrivateDataPresentField => new("PDP", 5, 1, Requirement.Revision3);

    private static BitField ResponseCodeField => new("RC", 12, 4);

    private static BitField RequesterIdField => new("RID", 16, 16);

    private static BitField PasidField => new("PASID", 32, 20);

    private static BitField LastPageInGroupField => new("LPIG", 66);

    private static BitField GroupIndexField => new("PRGI", 67, 9);

    private static BitField PrivateDataLowField => new("PRIV_DATA_63_0", 128, 64, Requirement.Revision3);

    private static BitField PrivateDataHighField => new("PRIV_DATA_127_64", 192, 64, Requirement.Revision3);

    /// <summary>The bits that must be zero in a unit with these capabilities.</summary>
    public static Bits256 ReservedMask(in VtdCapabilities capabilities) => Layout.ReservedMask<Bits256>(capabilities);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
