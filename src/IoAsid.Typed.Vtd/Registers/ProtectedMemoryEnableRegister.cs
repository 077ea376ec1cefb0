namespace IoAsid.Typed.Vtd;

/// <summary>PMEN: protected memory regions.</summary>
[BitLayout("PMEN_REG", 32, Needs = Requirement.ProtectedMemory)]
public readonly partial record struct ProtectedMemoryEnableRegister(Bits64 Bits)
{
    /// <summary>PRS: the protection is active.</summary>
    [Bits("PRS", 0, Access = RegisterAccess.ReadOnly)] public partial bool RegionStatus { get; init; }

    /// <summary>EPM: enables the protection of the regions.</summary>
    [Bits("EPM", 31)] public partial bool Enable { get; init; }
}
