using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>A fault recording register (VT-d, FRCD_REG).</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct FaultRecord(Bits128 Bits) : IBitStructure<FaultRecord, Bits128>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "Fault record",
        128,
        FaultInformationField,
        SourceIdField,
        Type2Field,
        PrivilegedField,
        ExecuteField,
        PasidPresentField,
        ReasonField,
        PasidField,
        AddressTypeField,
        Type1Field,
        FaultField);

    /// <summary>FI: the page of the faulting request.</summary>
    public ulong FaultInformation
    {
        get => FaultInformationField.GetAddress(Bits);
        init => Bits = FaultInformationField.WithAddress(Bits, value);
    }

    /// <summary>SID: the device.</summary>
    public RequesterId SourceId { get => new((ushort)SourceIdField.Get(Bits)); init => Bits = SourceIdField.With(Bits, value.Value); }

    /// <summary>T2: see <see cref="RequestType"/>.</summary>
    public bool Type2 { get => Type2Field.IsSet(Bits); init => Bits = Type2Field.With(Bits, value); }

    /// <summary>PRIV: it was a supervisor request. Means something if PP is set.</summary>
    public bool Privileged { get => PrivilegedField.IsSet(Bits); init => Bits = PrivilegedField.With(Bits, value); }

    /// <summary>EXE: it was an execute request. Means something if PP is set.</summary>
    public bool Execute { get => ExecuteField.IsSet(Bits); init => Bits = ExecuteField.With(Bits, value); }

    /// <summary>PP: the request carried a PASID.</summary>
    public bool PasidPresent { get => PasidPresentField.IsSet(Bits); init => Bits = PasidPresentField.With(Bits, value); }

    /// <summary>FR: why the request was refused.</summary>
    public FaultReason Reason { get => (FaultReason)ReasonField.Get(Bits); init => Bits = ReasonField.With(Bits, (ulong)value); }

    /// <summary>PV: the PASID, if PP is set.</summary>
    public Pasid Pasid { get => new((uint)PasidField.Get(Bits)); init => Bits = PasidField.With(Bits, value.Value); }

    /// <summary>AT: what the device said of the address.</summary>
    public AddressType AddressType
    {
        get => (AddressType)AddressTypeField.Get(Bits);
        init => Bits = AddressTypeField.With(Bits, (ulong)value);
    }

    /// <summary>T1: see <see cref="RequestType"/>.</summary>
    public bool Type1 { get => Type1Field.IsSet(Bits); init => Bits = Type1Field.With(Bits, value); }

    /// <summary>F: the record holds a fault. Writing 1 clears it.</summary>
    public bool Fault { get => FaultField.IsSet(Bits); init => Bits = FaultField.With(Bits, value); }

    private static BitField FaultInformationField => new("FI", 12, 52, content: FieldContent.Address);

    private static BitField SourceIdField => new("SID", 64, 16);

    private static BitField Type2Field => new("T2", 92);

    private static BitField PrivilegedField => new("PRIV", 93);

    private static BitField ExecuteField => new("EXE", 94);

    private static BitField PasidPresentField => new("PP", 95);

    private static BitField ReasonField => new("FR", 96, 8);

    private static BitField PasidField => new("PV", 104, 20);

    private static BitField AddressTypeField => new("AT", 124, 2);

    private static BitField Type1Field => new("T1", 126);

    private static BitField FaultField => new("F", 127);

    /// <summary>T1 and T2: the kind of request (90%: two bits in revision 4.1, one before).</summary>
    public FaultRequestType RequestType
    {
        get => (FaultRequestType)((Type1 ? 2 : 0) | (Type2 ? 1 : 0));
        init => (Type1, Type2) = (((int)value & 2) != 0, ((int)value & 1) != 0);
    }

    /// <summary>The bits that are always zero.</summary>
    public static Bits128 ReservedMask(in VtdCapabilities capabilities) => Layout.ReservedMask<Bits128>(capabilities);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
