using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>A fault recording register (VT-d, FRCD_REG).</summary>
[BitLayout("Fault record", 128, Access = RegisterAccess.ReadOnly)]
public readonly partial record struct FaultRecord
{
    /// <summary>FI: the page address of the request.</summary>
    [Bits("FI", 12, 63, Content = FieldContent.Address)] public partial ulong FaultInformation { get; init; }

    /// <summary>SID: the device.</summary>
    [Bits("SID", 64, 79)] public partial RequesterId SourceId { get; init; }

    /// <summary>T1 and T2: the type of the request.</summary>
    [Bits("T2", 92), Bits("T1", 126)] public partial FaultRequestType RequestType { get; init; }

    /// <summary>PRIV: the request was a supervisor request. The field is valid if PP is set.</summary>
    [Bits("PRIV", 93, Needs = Requirement.Pasid)] public partial bool Privileged { get; init; }

    /// <summary>EXE: the request was an execute request. The field is valid if PP is set.</summary>
    [Bits("EXE", 94, Needs = Requirement.Pasid)] public partial bool Execute { get; init; }

    /// <summary>PP: the request carried a PASID.</summary>
    [Bits("PP", 95, Needs = Requirement.Pasid)] public partial bool PasidPresent { get; init; }

    /// <summary>FR: the fault reason.</summary>
    [Bits("FR", 96, 103)] public partial FaultReason Reason { get; init; }

    /// <summary>PV: the PASID, if PP is set.</summary>
    [Bits("PV", 104, 123, Needs = Requirement.Pasid)] public partial Pasid Pasid { get; init; }

    /// <summary>AT: the address type of the request.</summary>
    [Bits("AT", 124, 125, Needs = Requirement.DeviceTlb)] public partial AddressType AddressType { get; init; }

    /// <summary>F: the record contains a fault. A write of 1 clears the bit.</summary>
    [Bits("F", 127, Access = RegisterAccess.OneToClear)] public partial bool Fault { get; init; }
}

/// <summary>AT: the address type of a request (PCIe, Address Translation Services).</summary>
public enum AddressType
{
    /// <summary>The address is untranslated. The unit translates it.</summary>
    Untranslated = 0,
    /// <summary>The request is a translation request.</summary>
    TranslationRequest = 1,
    /// <summary>The address is translated. The device has translated it.</summary>
    Translated = 2,
}

/// <summary>T1 and T2 of a fault record: the type of the request.</summary>
public enum FaultRequestType
{
    /// <summary>A write.</summary>
    Write = 0,
    /// <summary>A page request.</summary>
    PageRequest = 1,
    /// <summary>A read.</summary>
    Read = 2,
    /// <summary>An AtomicOp.</summary>
    AtomicOperation = 3,
}
