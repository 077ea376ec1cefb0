using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>
/// A scalable-mode context entry, indexed by the low 7 bits of device and function (VT-d, Scalable-Mode Context Entry).
/// </summary>
/// <remarks>
/// PRE without ECAP.PRS and RID_PASID without ECAP.RPS are ignored and not reserved: an independent unit accepts them (75%, as
/// another implementation refuses them).
/// </remarks>
/// <param name="Bits">The raw bits.</param>
public readonly record struct ScalableContextEntry(Bits256 Bits) : IBitStructure<ScalableContextEntry, Bits256>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "Scalable context entry",
        256,
        PresentField,
        FaultProcessingDisableField,
        DeviceTlbEnableField,
        PasidEnableField,
        PageRequestEnableField,
        PasidDirectorySizeField,
        PasidDirectoryField,
        RidPasidField,
        RidPrivilegeField);

    /// <summary>P: the rest of the entry, except FPD, means something.</summary>
    public bool Present { get => PresentField.IsSet(Bits); init => Bits = PresentField.With(Bits, value); }

    /// <summary>FPD: qualified faults of this device are not recorded. Holds even if the entry is not present.</summary>
    public bool FaultProcessingDisable
    {
        get => FaultProcessingDisableField.IsSet(Bits);
        init => Bits = FaultProcessingDisableField.With(Bits, value);
    }

    /// <summary>DTE: the device may ask for translations and send translated requests.</summary>
    public bool DeviceTlbEnable
    {
        get => DeviceTlbEnableField.IsSet(Bits);
        init => Bits = DeviceTlbEnableField.With(Bits, value);
    }

    /// <summary>PASIDE: the device may send requests with a PASID.</summary>
    public bool PasidEnable { get => PasidEnableField.IsSet(Bits); init => Bits = PasidEnableField.With(Bits, value); }

    /// <summary>PRE: the device may send page requests.</summary>
    public bool PageRequestEnable
    {
        get => PageRequestEnableField.IsSet(Bits);
        init => Bits = PageRequestEnableField.With(Bits, value);
    }

    /// <summary>PDTS: the directory has 2^(PDTS+7) entries.</summary>
    public byte PasidDirectorySize
    {
        get => (byte)PasidDirectorySizeField.Get(Bits);
        init => Bits = PasidDirectorySizeField.With(Bits, value);
    }

    /// <summary>PASIDDIRPTR: the address of the PASID directory, a multiple of 4096.</summary>
    public ulong PasidDirectory
    {
        get => PasidDirectoryField.GetAddress(Bits);
        init => Bits = PasidDirectoryField.WithAddress(Bits, value);
    }

    /// <summary>RID_PASID: the PASID of requests that carry none. Ignored without ECAP.RPS; then PASID 0 is used.</summary>
    public Pasid RidPasid { get => new((uint)RidPasidField.Get(Bits)); init => Bits = RidPasidField.With(Bits, value.Value); }

    /// <summary>RID_PRIV: requests that carry no PASID are supervisor requests. Reserved without ECAP.RPRIVS.</summary>
    public bool RidPrivilege { get => RidPrivilegeField.IsSet(Bits); init => Bits = RidPrivilegeField.With(Bits, value); }

    private static BitField PresentField => new("P", 0);

    private static BitField FaultProcessingDisableField => new("FPD", 1);

    private static BitField DeviceTlbEnableField => new("DTE", 2, 1, Requirement.DeviceTlb);

    private static BitField PasidEnableField => new("PASIDE", 3);

    private static BitField PageRequestEnableField => new("PRE", 4);

    private static BitField PasidDirectorySizeField => new("PDTS", 9, 3);

    private static BitField PasidDirectoryField => new("PASIDDIRPTR", 12, 52, content: FieldContent.HostAddress);

    private static BitField RidPasidField => new("RID_PASID", 64, 20);

    private static BitField RidPrivilegeField => new("RID_PRIV", 84, 1, Requirement.RidPrivilege);

    /// <summary>The PASID of requests that carry none: RID_PASID, or 0 without ECAP.RPS.</summary>
    public Pasid ImpliedPasid(in VtdCapabilities capabilities) => capabilities.RidPasid ? RidPasid : default;

    /// <summary>How many PASIDs the directory can hold: 2^(PDTS+13). A PASID from here on faults.</summary>
    public uint PasidLimit => 1u << (PasidDirectorySize + 13);

    /// <summary>The bits that must be zero in a present entry.</summary>
    public static Bits256 ReservedMask(in VtdCapabilities capabilities) => Layout.ReservedMask<Bits256>(capabilities);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
