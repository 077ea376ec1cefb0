namespace IoAsid.Typed.Vtd;

/// <summary>A legacy context entry, indexed by device and function (VT-d, Context Entry).</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct ContextEntry(Bits128 Bits) : IBitStructure<ContextEntry, Bits128>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "Context entry",
        128,
        PresentField,
        FaultProcessingDisableField,
        TranslationTypeField,
        SecondStageTableField,
        AddressWidthField,
        AvailableField,
        DomainIdField);

    /// <summary>P: the rest of the entry, except FPD, means something.</summary>
    public bool Present { get => PresentField.IsSet(Bits); init => Bits = PresentField.With(Bits, value); }

    /// <summary>FPD: qualified faults of this device are not recorded. Holds even if the entry is not present.</summary>
    public bool FaultProcessingDisable
    {
        get => FaultProcessingDisableField.IsSet(Bits);
        init => Bits = FaultProcessingDisableField.With(Bits, value);
    }

    /// <summary>TT: which requests are translated, and how.</summary>
    public TranslationType TranslationType
    {
        get => (TranslationType)TranslationTypeField.Get(Bits);
        init => Bits = TranslationTypeField.With(Bits, (ulong)value);
    }

    /// <summary>SSPTPTR (older: SLPTPTR): the address of the top second-stage table, a multiple of 4096.</summary>
    public ulong SecondStageTable
    {
        get => SecondStageTableField.GetAddress(Bits);
        init => Bits = SecondStageTableField.WithAddress(Bits, value);
    }

    /// <summary>AW: the width of second-stage input addresses.</summary>
    public AddressWidth AddressWidth
    {
        get => (AddressWidth)AddressWidthField.Get(Bits);
        init => Bits = AddressWidthField.With(Bits, (ulong)value);
    }

    /// <summary>Bits 70:67: ignored by hardware, free for software.</summary>
    public byte Available { get => (byte)AvailableField.Get(Bits); init => Bits = AvailableField.With(Bits, value); }

    /// <summary>DID: the domain that cached translations are tagged with.</summary>
    public DomainId DomainId { get => new((ushort)DomainIdField.Get(Bits)); init => Bits = DomainIdField.With(Bits, value.Value); }

    private static BitField PresentField => new("P", 0);

    private static BitField FaultProcessingDisableField => new("FPD", 1);

    private static BitField TranslationTypeField => new("TT", 2, 2);

    private static BitField SecondStageTableField => new("SSPTPTR", 12, 52, content: FieldContent.HostAddress);

    private static BitField AddressWidthField => new("AW", 64, 3);

    private static BitField AvailableField => new("AVAIL", 67, 4);

    private static BitField DomainIdField => new("DID", 72, 16);

    /// <summary>The bits that must be zero in a present entry.</summary>
    public static Bits128 ReservedMask(in VtdCapabilities capabilities) => Layout.ReservedMask<Bits128>(capabilities);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
