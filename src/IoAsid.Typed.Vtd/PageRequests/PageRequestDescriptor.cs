using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>An entry of the page request queue: a page a device asks for (VT-d, Page Request Descriptor).</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct PageRequestDescriptor(Bits256 Bits) : IBitStructure<PageRequestDescriptor, Bits256>
{
    /// <summary>A request whose type is set and nothing else.</summary>
    public PageRequestDescriptor()
        : this(new Bits256(PageRequestType, 0))
    {
    }

    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "Page request descriptor",
        256,
        TypeField,
        PasidPresentField,
        PrivateDataPresentField,
        RequesterIdField,
        PasidField,
        ExecuteRequestedField,
        PrivilegedModeRequestedField,
        ReadField,
        WriteField,
        LastPageInGroupField,
        GroupIndexField,
        AddressField,
        PrivateDataLowField,
        PrivateDataHighField);

    /// <summary>TYPE: <see cref="PageRequestType"/> in every entry.</summary>
    public byte Type { get => (byte)TypeField.Get(Bits); init => Bits = TypeField.With(Bits, value); }

    /// <summary>PP: the request carries a PASID.</summary>
    public bool PasidPresent { get => PasidPresentField.IsSet(Bits); init => Bits = PasidPresentField.With(Bits, value); }

    /// <summary>PDP: private data is present. Revision 3.</summary>
    public bool PrivateDataPresent
    {
        get => PrivateDataPresentField.IsSet(Bits);
        init => Bits = PrivateDataPresentField.With(Bits, value);
    }

    /// <summary>RID: the device that asks.</summary>
    public RequesterId RequesterId { get => new((ushort)RequesterIdField.Get(Bits)); init => Bits = RequesterIdField.With(Bits, value.Value); }

    /// <summary>PASID: for which it asks, if PP is set.</summary>
    public Pasid Pasid { get => new((uint)PasidField.Get(Bits)); init => Bits = PasidField.With(Bits, value.Value); }

    /// <summary>EXR: execute access is wanted.</summary>
    public bool ExecuteRequested
    {
        get => ExecuteRequestedField.IsSet(Bits);
        init => Bits = ExecuteRequestedField.With(Bits, value);
    }

    /// <summary>PMR: supervisor access is wanted.</summary>
    public bool PrivilegedModeRequested
    {
        get => PrivilegedModeRequestedField.IsSet(Bits);
        init => Bits = PrivilegedModeRequestedField.With(Bits, value);
    }

    /// <summary>RDR: read access is wanted.</summary>
    public bool Read { get => ReadField.IsSet(Bits); init => Bits = ReadField.With(Bits, value); }

    /// <summary>WRR: write access is wanted.</summary>
    public bool Write { get => WriteField.IsSet(Bits); init => Bits = WriteField.With(Bits, value); }

    /// <summary>LPIG: the last request of its group; the group is to be answered.</summary>
    public bool LastPageInGroup
    {
        get => LastPageInGroupField.IsSet(Bits);
        init => Bits = LastPageInGroupField.With(Bits, value);
    }

    /// <summary>PRGI: the group, chosen by the device.</summary>
    public ushort GroupIndex { get => (ushort)GroupIndexField.Get(Bits); init => Bits = GroupIndexField.With(Bits, value); }

    /// <summary>ADDR: the page, a multiple of 4096.</summary>
    public ulong Address { get => AddressField.GetAddress(Bits); init => Bits = AddressField.WithAddress(Bits, value); }

    /// <summary>Private data. Revision 3.</summary>
    public ulong PrivateDataLow { get => PrivateDataLowField.Get(Bits); init => Bits = PrivateDataLowField.With(Bits, value); }

    /// <summary>Private data. Revision 3.</summary>
    public ulong PrivateDataHigh { get => PrivateDataHighField.Get(Bits); init => Bits = PrivateDataHighField.With(Bits, value); }

    private static BitField TypeField => new("TYPE", 0, 8);

    private static BitField PasidPresentField => new("PP", 8);

    private static BitField PrivateDataPresentField => new("PDP", 9, 1, Requirement.Revision3);

    private static BitField RequesterIdField => new("RID", 16, 16);

    private static BitField PasidField => new("PASID", 32, 20);

    private static BitField ExecuteRequestedField => new("EXR", 52);

    private static BitField PrivilegedModeRequestedField => new("PMR", 53);

    private static BitField ReadField => new("RDR", 64);

    private static BitField WriteField => new("WRR", 65);

    private static BitField LastPageInGroupField => new("LPIG", 66);

    private static BitField GroupIndexField => new("PRGI", 67, 9);

    private static BitField AddressField => new("ADDR", 76, 52, content: FieldContent.Address);

    private static BitField PrivateDataLowField => new("PRIV_DATA_63_0", 128, 64, Requirement.Revision3);

    private static BitField PrivateDataHighField => new("PRIV_DATA_127_64", 192, 64, Requirement.Revision3);

    /// <summary>The type of every page request.</summary>
    public const byte PageRequestType = 1;

    /// <summary>Bytes of an entry.</summary>
    public const int SizeInBytes = 32;

    /// <summary>Whether this is a stop marker: last in group, and no access is wanted. It gets no answer.</summary>
    public bool IsStopMarker => LastPageInGroup && !Read && !Write;

    /// <summary>The bits that are zero in an entry written by a unit with these capabilities.</summary>
    public static Bits256 ReservedMask(in VtdCapabilities capabilities) => Layout.ReservedMask<Bits256>(capabilities);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
