using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>A fault recording register (VT-d, FRCD_REG).</summary>
[BitLayout("Fault record", 128, Access = RegisterAccess.ReadOnly)]
public readonly partial record struct FaultRecord
{
    /// <summary>FI: the page of the faulting request.</summary>
    [Bits("FI", 12, 63, Content = FieldContent.Address)] public partial ulong FaultInformation { get; init; }

    /// <summary>SID: the device.</summary>
    [Bits("SID", 64, 79)] public partial RequesterId SourceId { get; init; }

    /// <summary>T2: see <see cref="RequestType"/>.</summary>
    [Bits("T2", 92)] public partial bool Type2 { get; init; }

    /// <summary>PRIV: it was a supervisor request. Means something if PP is set.</summary>
    [Bits("PRIV", 93)] public partial bool Privileged { get; init; }

    /// <summary>EXE: it was an execute request. Means something if PP is set.</summary>
    [Bits("EXE", 94)] public partial bool Execute { get; init; }

    /// <summary>PP: the request carried a PASID.</summary>
    [Bits("PP", 95)] public partial bool PasidPresent { get; init; }

    /// <summary>FR: why the request was refused.</summary>
    [Bits("FR", 96, 103)] public partial FaultReason Reason { get; init; }

    /// <summary>PV: the PASID, if PP is set.</summary>
    [Bits("PV", 104, 123)] public partial Pasid Pasid { get; init; }

    /// <summary>AT: what the device said of the address.</summary>
    [Bits("AT", 124, 125)] public partial AddressType AddressType { get; init; }

    /// <summary>T1: see <see cref="RequestType"/>.</summary>
    [Bits("T1", 126)] public partial bool Type1 { get; init; }

    /// <summary>F: the record holds a fault. Writing 1 clears it.</summary>
    [Bits("F", 127, Access = RegisterAccess.OneToClear)] public partial bool Fault { get; init; }

    /// <summary>T1 and T2: the kind of request.</summary>
    public FaultRequestType RequestType
    {
        get => (FaultRequestType)((Type1 ? 2 : 0) | (Type2 ? 1 : 0));
        init => (Type1, Type2) = (((int)value & 2) != 0, ((int)value & 1) != 0);
    }
}
