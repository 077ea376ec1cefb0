using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>The response to a group of page requests (VT-d, Page Group Response Descriptor). Scalable mode.</summary>
[BitLayout("Page group response", 256, Initial = (ulong)InvalidationType.PageGroupResponse)]
public readonly partial record struct PageGroupResponse
{
    /// <summary>The type.</summary>
    [Bits("TYPE_3_0", 0, 3), Bits("TYPE_6_4", 9, 11)] public partial InvalidationType Type { get; init; }

    /// <summary>PP: the response carries the PASID.</summary>
    [Bits("PP", 4)] public partial bool PasidPresent { get; init; }

    /// <summary>PDP: private data was in the request. Revision 3.</summary>
    [Bits("PDP", 5, RemovedIn = "4.0")] public partial bool PrivateDataPresent { get; init; }

    /// <summary>RC: the response code.</summary>
    [Bits("RC", 12, 15)] public partial PageResponse ResponseCode { get; init; }

    /// <summary>RID: the requester id of the device.</summary>
    [Bits("RID", 16, 31)] public partial RequesterId RequesterId { get; init; }

    /// <summary>PASID: the PASID of the requests.</summary>
    [Bits("PASID", 32, 51)] public partial Pasid Pasid { get; init; }

    /// <summary>LPIG: of the request. Revision 3; since 4.0 ignored by hardware, so never an error.</summary>
    [Bits("LPIG", 66)] public partial bool LastPageInGroup { get; init; }

    /// <summary>PRGI: the group.</summary>
    [Bits("PRGI", 67, 75)] public partial ushort GroupIndex { get; init; }

    /// <summary>Private data of the request. Revision 3.</summary>
    [Bits("PRIV_DATA_63_0", 128, 191, RemovedIn = "4.0")] public partial ulong PrivateDataLow { get; init; }

    /// <summary>Private data of the request. Revision 3.</summary>
    [Bits("PRIV_DATA_127_64", 192, 255, RemovedIn = "4.0")] public partial ulong PrivateDataHigh { get; init; }
}

/// <summary>The response to a group of page requests (RC of a page group response). Every other value counts as a failure.</summary>
public enum PageResponse
{
    /// <summary>The pages are present. The device may try the access again.</summary>
    Success = 0,
    /// <summary>A page is not present or does not allow the access. The device must not try again.</summary>
    InvalidRequest = 1,
    /// <summary>The device must send no more page requests.</summary>
    ResponseFailure = 15,
}
