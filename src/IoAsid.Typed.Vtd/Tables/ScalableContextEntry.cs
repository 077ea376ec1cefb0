using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>A scalable-mode context entry, indexed by the low 7 bits of device and function (VT-d, Scalable-Mode Context Entry).</summary>
[BitLayout("Scalable context entry", 256)]
public readonly partial record struct ScalableContextEntry
{
    /// <summary>P: the entry is present. Otherwise only FPD is valid.</summary>
    [Bits("P", 0)] public partial bool Present { get; init; }

    /// <summary>FPD: qualified faults of this device are not recorded, also if the entry is not present.</summary>
    [Bits("FPD", 1)] public partial bool FaultProcessingDisable { get; init; }

    /// <summary>DTE: the device may send translation requests and translated requests.</summary>
    [Bits("DTE", 2, Needs = Requirement.DeviceTlb)] public partial bool DeviceTlbEnable { get; init; }

    /// <summary>PASIDE: the device may send requests with a PASID.</summary>
    [Bits("PASIDE", 3, Needs = Requirement.Pasid)] public partial bool PasidEnable { get; init; }

    /// <summary>PRE: the device may send page requests.</summary>
    [Bits("PRE", 4, Needs = Requirement.PageRequests)] public partial bool PageRequestEnable { get; init; }

    /// <summary>EPTR: translated requests may carry a PASID. Since revision 5.0, with ECAP.PTRS.</summary>
    [Bits("EPTR", 6, Needs = Requirement.PasidInTranslatedRequests, Since = "5.0")]
    public partial bool PasidInTranslatedRequestsEnable { get; init; }

    /// <summary>PDTS: the directory has 2^(PDTS+7) entries.</summary>
    [Bits("PDTS", 9, 11)] public partial byte PasidDirectorySize { get; init; }

    /// <summary>PASIDDIRPTR: the address of the PASID directory, a multiple of 4096.</summary>
    [Bits("PASIDDIRPTR", 12, 63, Content = FieldContent.HostAddress)] public partial ulong PasidDirectory { get; init; }

    /// <summary>RID_PASID: the PASID of requests that carry none. Reserved without ECAP.RPS; then PASID 0 is used.</summary>
    [Bits("RID_PASID", 64, 83, Needs = Requirement.RidPasid)] public partial Pasid RidPasid { get; init; }

    /// <summary>RID_PRIV: requests that carry no PASID are supervisor requests. Reserved without ECAP.RPRIVS.</summary>
    [Bits("RID_PRIV", 84, Needs = Requirement.RidPrivilege)] public partial bool RidPrivilege { get; init; }

    /// <summary>Returns the PASID of requests that carry none: RID_PASID, or 0 without ECAP.RPS.</summary>
    public Pasid ImpliedPasid(in VtdCapabilities capabilities) => capabilities.RidPasid ? RidPasid : default;

    /// <summary>The number of PASIDs that the directory can hold: 2^(PDTS+13). A PASID from here on faults.</summary>
    public uint PasidLimit => 1u << (PasidDirectorySize + 13);
}
