namespace IoAsid.Typed.Vtd;

/// <summary>VCRSP: how a virtual command went.</summary>
[BitLayout("VCRSP_REG", 64, Access = RegisterAccess.ReadOnly)]
public readonly partial record struct VirtualCommandResponseRegister
{
    /// <summary>IP: not done yet; the rest means nothing, and a command written now is ignored.</summary>
    [Bits("IP", 0)] public partial bool InProgress { get; init; }

    /// <summary>SC: how it went.</summary>
    [Bits("SC", 1, 7)] public partial VirtualCommandStatus Status { get; init; }

    /// <summary>RSLT: the PASID that was allocated, in its low 20 bits.</summary>
    [Bits("RSLT", 16, 63)] public partial ulong Result { get; init; }
}
