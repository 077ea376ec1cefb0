namespace IoAsid.Typed.Vtd;

/// <summary>VCCAP: which virtual commands there are.</summary>
[BitLayout("VCCAP_REG", 64, Access = RegisterAccess.ReadOnly)]
public readonly partial record struct VirtualCommandCapabilityRegister
{
    /// <summary>PAS: PASIDs can be allocated and freed.</summary>
    [Bits("PAS", 0)] public partial bool PasidAllocation { get; init; }
}
