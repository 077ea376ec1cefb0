using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>
/// An entry of the PASID directory, indexed by bits 19:6 of the PASID (VT-d, Scalable-Mode PASID Directory Entry).
/// </summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct PasidDirectoryEntry(Bits64 Bits) : IBitStructure<PasidDirectoryEntry, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "PASID directory entry",
        64,
        PresentField,
        FaultProcessingDisableField,
        PasidTableField);

    /// <summary>P: the rest of the entry, except FPD, means something.</summary>
    public bool Present { get => PresentField.IsSet(Bits); init => Bits = PresentField.With(Bits, value); }

    /// <summary>FPD: qualified faults of these PASIDs are not recorded. Holds even if the entry is not present.</summary>
    public bool FaultProcessingDisable
    {
        get => FaultProcessingDisableField.IsSet(Bits);
        init => Bits = FaultProcessingDisableField.With(Bits, value);
    }

    /// <summary>SMPTBLPTR: the address of the PASID table, a multiple of 4096.</summary>
    public ulong PasidTable { get => PasidTableField.GetAddress(Bits); init => Bits = PasidTableField.WithAddress(Bits, value); }

    private static BitField PresentField => new("P", 0);

    private static BitField FaultProcessingDisableField => new("FPD", 1);

    private static BitField PasidTableField => new("SMPTBLPTR", 12, 52, content: FieldContent.HostAddress);

    /// <summary>The bits that must be zero in a present entry.</summary>
    public static Bits64 ReservedMask(in VtdCapabilities capabilities) => Layout.ReservedMask<Bits64>(capabilities);

    /// <summary>Which entry of the directory serves a PASID.</summary>
    public static int IndexOf(Pasid pasid) => (int)(pasid.Value >> 6);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
