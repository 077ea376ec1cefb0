namespace IoAsid.Typed.Vtd;

/// <summary>VCMD: a command to the software that emulates the unit.</summary>
/// <remarks>
/// This is the layout that Linux has used since 5.14; an older one, with the operand from bit 8 on, does not go with it.
/// </remarks>
[BitLayout("VCMD_REG", 64, Needs = Requirement.VirtualCommands)]
public readonly partial record struct VirtualCommandRegister
{
    /// <summary>CMD: which command. Writing it begins.</summary>
    [Bits("CMD", 0, 7)] public partial VirtualCommand Command { get; init; }

    /// <summary>OPERAND: the PASID to free.</summary>
    [Bits("OPERAND", 16, 63)] public partial ulong Operand { get; init; }
}

/// <summary>CMD of VCMD.</summary>
public enum VirtualCommand
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Allocate a PASID: the result.</summary>
    AllocatePasid = 1,
    /// <summary>Free a PASID: the operand.</summary>
    FreePasid = 2,
}
