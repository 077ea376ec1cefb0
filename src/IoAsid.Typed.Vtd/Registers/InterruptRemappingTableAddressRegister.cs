namespace IoAsid.Typed.Vtd;

/// <summary>IRTA: where the interrupt remapping table is.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct InterruptRemappingTableAddressRegister(Bits64 Bits)
    : IBitStructure<InterruptRemappingTableAddressRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "IRTA_REG",
        64,
        TableSizeField,
        ExtendedInterruptModeEnableField,
        TableField);

    /// <summary>S: the table has 2^(S+1) entries.</summary>
    public byte TableSize { get => (byte)TableSizeField.Get(Bits); init => Bits = TableSizeField.With(Bits, value); }

    /// <summary>EIME: destinations have 32 bits.</summary>
    public bool ExtendedInterruptModeEnable
    {
        get => ExtendedInterruptModeEnableField.IsSet(Bits);
        init => Bits = ExtendedInterruptModeEnableField.With(Bits, value);
    }

    /// <summary>IRTA: the address of the table, a multiple of 4096.</summary>
    public ulong Table { get => TableField.GetAddress(Bits); init => Bits = TableField.WithAddress(Bits, value); }

    private static BitField TableSizeField => new("S", 0, 4);

    private static BitField ExtendedInterruptModeEnableField => new("EIME", 11, 1, Requirement.ExtendedInterruptMode);

    private static BitField TableField => new("IRTA", 12, 52, content: FieldContent.HostAddress);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
