namespace IoAsid.Typed.Vtd;

/// <summary>VCMD_EO: the second operand of a virtual command. No command of the architecture uses it.</summary>
[BitLayout("VCMD_EO_REG", 64, Needs = Requirement.VirtualCommands)]
public readonly partial record struct VirtualCommandOperandRegister
{
    /// <summary>OB: operand B.</summary>
    [Bits("OB", 0, 63, Since = "3.3")] public partial ulong OperandB { get; init; }
}
