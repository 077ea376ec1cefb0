namespace IoAsid.Typed.Vtd;

/// <summary>AFLOG: where faults are logged in memory.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct AdvancedFaultLogRegister(Bits64 Bits) : IBitStructure<AdvancedFaultLogRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("AFLOG_REG", 64, LogSizeField, LogField);

    /// <summary>FLS: the log has 2^FLS pages of 4 KiB.</summary>
    public byte LogSize { get => (byte)LogSizeField.Get(Bits); init => Bits = LogSizeField.With(Bits, value); }

    /// <summary>FLA: the address of the log, a multiple of 4096.</summary>
    public ulong Log { get => LogField.GetAddress(Bits); init => Bits = LogField.WithAddress(Bits, value); }

    private static BitField LogSizeField => new("FLS", 9, 3);

    private static BitField LogField => new("FLA", 12, 52, content: FieldContent.HostAddress);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
