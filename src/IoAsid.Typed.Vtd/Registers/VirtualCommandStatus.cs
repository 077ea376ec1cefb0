namespace IoAsid.Typed.Vtd;

#pragma warning disable CA1027 // Codes, not flags

/// <summary>SC of VCRSP.</summary>
public enum VirtualCommandStatus
{
    /// <summary>It is done.</summary>
    Success = 0,

    /// <summary>There is no such command.</summary>
    UndefinedCommand = 1,

    /// <summary>No PASID is left to allocate, or the PASID to free is not allocated.</summary>
    PasidUnavailable = 16,
}
