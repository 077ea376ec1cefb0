namespace IoAsid.Typed.Vtd;

/// <summary>FEDATA, IEDATA and PEDATA: what the interrupt writes.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct EventDataRegister(Bits64 Bits) : IBitStructure<EventDataRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("EDATA_REG", 32, DataField, ExtendedDataField);

    /// <summary>IMD: the low half of the message data.</summary>
    public ushort Data { get => (ushort)DataField.Get(Bits); init => Bits = DataField.With(Bits, value); }

    /// <summary>EIMD: the high half; without ECAP.EIM a unit may have only 16 bits.</summary>
    public ushort ExtendedData { get => (ushort)ExtendedDataField.Get(Bits); init => Bits = ExtendedDataField.With(Bits, value); }

    private static BitField DataField => new("IMD", 0, 16);

    private static BitField ExtendedDataField => new("EIMD", 16, 16, Requirement.ExtendedInterruptMode);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
