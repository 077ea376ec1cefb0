namespace IoAsid.Typed.Vtd;

/// <summary>RTADDR: the root table. Taken over by GCMD.SRTP.</summary>
/// <remarks>
/// Software that writes a reserved mode finds out when requests fault (<see cref="FaultReason.RootTableAddressInvalid"/>).
/// </remarks>
/// <param name="Bits">The raw bits.</param>
public readonly record struct RootTableAddressRegister(Bits64 Bits) : IBitStructure<RootTableAddressRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("RTADDR_REG", 64, TableModeField, RootTableField);

    /// <summary>TTM: what kind of tables these are.</summary>
    public TranslationTableMode TableMode
    {
        get => (TranslationTableMode)TableModeField.Get(Bits);
        init => Bits = TableModeField.With(Bits, (ulong)value);
    }

    /// <summary>RTA: the address of the root table, a multiple of 4096.</summary>
    public ulong RootTable { get => RootTableField.GetAddress(Bits); init => Bits = RootTableField.WithAddress(Bits, value); }

    private static BitField TableModeField => new("TTM", 10, 2);

    private static BitField RootTableField => new("RTA", 12, 52, content: FieldContent.HostAddress);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
