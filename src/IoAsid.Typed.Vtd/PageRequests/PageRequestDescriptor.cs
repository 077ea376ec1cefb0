using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>An entry of the page request queue: a request of a device for a page (VT-d, Page Request Descriptor).</summary>
[BitLayout("Page request descriptor", 256, Initial = PageRequestType)]
public readonly partial record struct PageRequestDescriptor
{
    /// <summary>TYPE: <see cref="PageRequestType"/> in every entry.</summary>
    [Bits("TYPE", 0, 7)] public partial byte Type { get; init; }

    /// <summary>PP: the request carries a PASID.</summary>
    [Bits("PP", 8)] public partial bool PasidPresent { get; init; }

    /// <summary>PDP: private data is present. Revision 3.</summary>
    [Bits("PDP", 9, RemovedIn = "4.0")] public partial bool PrivateDataPresent { get; init; }

    /// <summary>RID: the requester id of the device.</summary>
    [Bits("RID", 16, 31)] public partial RequesterId RequesterId { get; init; }

    /// <summary>PASID: the PASID of the request, if PP is set.</summary>
    [Bits("PASID", 32, 51)] public partial Pasid Pasid { get; init; }

    /// <summary>EXR: execute access is wanted.</summary>
    [Bits("EXR", 52)] public partial bool ExecuteRequested { get; init; }

    /// <summary>PMR: supervisor access is wanted.</summary>
    [Bits("PMR", 53)] public partial bool PrivilegedModeRequested { get; init; }

    /// <summary>RDR: read access is wanted.</summary>
    [Bits("RDR", 64)] public partial bool Read { get; init; }

    /// <summary>WRR: write access is wanted.</summary>
    [Bits("WRR", 65)] public partial bool Write { get; init; }

    /// <summary>LPIG: the request is the last of its group. The group needs a response.</summary>
    [Bits("LPIG", 66)] public partial bool LastPageInGroup { get; init; }

    /// <summary>PRGI: the group, chosen by the device.</summary>
    [Bits("PRGI", 67, 75)] public partial ushort GroupIndex { get; init; }

    /// <summary>ADDR: the page, a multiple of 4096.</summary>
    [Bits("ADDR", 76, 127, Content = FieldContent.Address)] public partial ulong Address { get; init; }

    /// <summary>Private data. Revision 3.</summary>
    [Bits("PRIV_DATA_63_0", 128, 191, RemovedIn = "4.0")] public partial ulong PrivateDataLow { get; init; }

    /// <summary>Private data. Revision 3.</summary>
    [Bits("PRIV_DATA_127_64", 192, 255, RemovedIn = "4.0")] public partial ulong PrivateDataHigh { get; init; }

    /// <summary>The type of every page request.</summary>
    public const byte PageRequestType = 1;

    /// <summary>Gets a value indicating whether the entry is a stop marker: the last of its group, without a requested access. It gets no response.</summary>
    public bool IsStopMarker => LastPageInGroup && !Read && !Write;
}
