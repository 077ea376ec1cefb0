namespace IoAsid.Typed.Vtd;

/// <summary>IRTA: the address of the interrupt remapping table.</summary>
[BitLayout("IRTA_REG", 64, Needs = Requirement.InterruptRemapping)]
public readonly partial record struct InterruptRemappingTableAddressRegister
{
    /// <summary>S: the table has 2^(S+1) entries.</summary>
    [Bits("S", 0, 3)] public partial byte TableSize { get; init; }

    /// <summary>EIME: destinations have 32 bits.</summary>
    [Bits("EIME", 11, Needs = Requirement.ExtendedInterruptMode)] public partial bool ExtendedInterruptModeEnable { get; init; }

    /// <summary>IRTA: the address of the table, a multiple of 4096.</summary>
    [Bits("IRTA", 12, 63, Content = FieldContent.HostAddress)] public partial ulong Table { get; init; }
}
