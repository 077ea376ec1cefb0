namespace IoAsid.Typed.Vtd;

/// <summary>
/// An entry of the scalable-mode root table, indexed by bus: where the two context tables of the bus are (VT-d, Scalable-Mode
/// Root Entry).
/// </summary>
/// <remarks>
/// Each half is valid, or not, by itself: test the word that is used against the same word of the mask.
/// </remarks>
/// <param name="Bits">The raw bits.</param>
public readonly record struct ScalableRootEntry(Bits128 Bits) : IBitStructure<ScalableRootEntry, Bits128>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "Scalable root entry",
        128,
        LowerPresentField,
        LowerContextTableField,
        UpperPresentField,
        UpperContextTableField);

    /// <summary>LP: the lower half means something.</summary>
    public bool LowerPresent { get => LowerPresentField.IsSet(Bits); init => Bits = LowerPresentField.With(Bits, value); }

    /// <summary>LCTP: the address of the context table of devices 0 to 15, a multiple of 4096.</summary>
    public ulong LowerContextTable
    {
        get => LowerContextTableField.GetAddress(Bits);
        init => Bits = LowerContextTableField.WithAddress(Bits, value);
    }

    /// <summary>UP: the upper half means something.</summary>
    public bool UpperPresent { get => UpperPresentField.IsSet(Bits); init => Bits = UpperPresentField.With(Bits, value); }

    /// <summary>UCTP: the address of the context table of devices 16 to 31, a multiple of 4096.</summary>
    public ulong UpperContextTable
    {
        get => UpperContextTableField.GetAddress(Bits);
        init => Bits = UpperContextTableField.WithAddress(Bits, value);
    }

    private static BitField LowerPresentField => new("LP", 0);

    private static BitField LowerContextTableField => new("LCTP", 12, 52, content: FieldContent.HostAddress);

    private static BitField UpperPresentField => new("UP", 64);

    private static BitField UpperContextTableField => new("UCTP", 76, 52, content: FieldContent.HostAddress);

    /// <summary>The bits that must be zero in a half that is present.</summary>
    public static Bits128 ReservedMask(in VtdCapabilities capabilities) => Layout.ReservedMask<Bits128>(capabilities);

    /// <summary>Which word of the entry serves a device and function: 0 below 128, 1 from 128 on.</summary>
    /// <param name="devfn">The low byte of the source id.</param>
    public static int HalfOf(byte devfn) => devfn >> 7;

    /// <summary>Whether the half for a device and function is present.</summary>
    public bool IsPresent(byte devfn) => HalfOf(devfn) == 0 ? LowerPresent : UpperPresent;

    /// <summary>The context table for a device and function.</summary>
    public ulong ContextTable(byte devfn) => HalfOf(devfn) == 0 ? LowerContextTable : UpperContextTable;

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
