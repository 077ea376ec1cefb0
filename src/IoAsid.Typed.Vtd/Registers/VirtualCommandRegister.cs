namespace IoAsid.Typed.Vtd;

/// <summary>VCMD: a command to whoever emulates the unit.</summary>
/// <remarks>
/// This is the layout that Linux has used since 5.14; an older one, with the operand from bit 8 on, does not go with it.
/// </remarks>
/// <param name="Bits">The raw bits.</param>
public readonly record struct VirtualCommandRegister(Bits64 Bits) : IBitStructure<VirtualCommandRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("VCMD_REG", 64, CommandField, OperandField);

    /// <summary>CMD: which command. Writing it begins.</summary>
    public VirtualCommand Command
    {
        get => (VirtualCommand)CommandField.Get(Bits);
        init => Bits = CommandField.With(Bits, (ulong)value);
    }

    /// <summary>OPERAND: the PASID to free.</summary>
    public ulong Operand { get => OperandField.Get(Bits); init => Bits = OperandField.With(Bits, value); }

    private static BitField CommandField => new("CMD", 0, 8);

    private static BitField OperandField => new("OPERAND", 16, 48);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
