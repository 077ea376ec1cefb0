namespace IoAsid.Typed.Vtd;

#pragma warning disable CA1027 // Codes, not flags

/// <summary>VCRSP: the result of a virtual command.</summary>
[BitLayout("VCRSP_REG", 64, Needs = Requirement.VirtualCommands, Access = RegisterAccess.ReadOnly)]
public readonly partial record struct VirtualCommandResponseRegister
{
    /// <summary>IP: the command is in progress. The other fields are not valid, and the unit ignores a new command.</summary>
    [Bits("IP", 0)] public partial bool InProgress { get; init; }

    /// <summary>SC: the status of the command.</summary>
    [Bits("SC", 1, 7)] public partial VirtualCommandStatus Status { get; init; }

    /// <summary>RSLT: the PASID that was allocated, in its low 20 bits.</summary>
    [Bits("RSLT", 16, 63)] public partial ulong Result { get; init; }
}

/// <summary>SC of VCRSP.</summary>
public enum VirtualCommandStatus
{
    /// <summary>It is done.</summary>
    Success = 0,
    /// <summary>The command does not exist.</summary>
    UndefinedCommand = 1,
    /// <summary>No PASID is left to allocate, or the PASID to free is not allocated.</summary>
    PasidUnavailable = 16,
}
