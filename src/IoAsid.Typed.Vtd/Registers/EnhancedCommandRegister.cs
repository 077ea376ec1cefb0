namespace IoAsid.Typed.Vtd;

/// <summary>ECMD, ECEO, ECRSP and ECCAP: enhanced commands. Their fields are not declared.</summary>
[BitLayout("ECMD_REG", 64, Needs = Requirement.EnhancedCommands)]
public readonly partial record struct EnhancedCommandRegister
{
    /// <summary>All bits.</summary>
    [Bits("CONTENT", 0, 63)] public partial ulong Content { get; init; }
}
