namespace IoAsid.Typed.Vtd;

/// <summary>VCCAP: the available virtual commands.</summary>
/// <remarks>This is the layout since revision 3.3. Linux looks for PAS in bit 0: a unit that sets all three serves it, too.</remarks>
[BitLayout("VCCAP_REG", 64, Needs = Requirement.VirtualCommands, Access = RegisterAccess.ReadOnly)]
public readonly partial record struct VirtualCommandCapabilityRegister
{
    /// <summary>NS: the null command is there.</summary>
    [Bits("NS", 0)] public partial bool NullCommand { get; init; }

    /// <summary>PAS: PASIDs can be allocated.</summary>
    [Bits("PAS", 1)] public partial bool PasidAllocation { get; init; }

    /// <summary>FPS: PASIDs can be freed.</summary>
    [Bits("FPS", 2)] public partial bool PasidFreeing { get; init; }
}
