namespace IoAsid.Typed.Vtd;

/// <summary>RTADDR: the root table. Taken over by GCMD.SRTP.</summary>
/// <remarks>
/// After a write of a reserved mode, requests fault (<see cref="FaultReason.RootTableAddressInvalid"/>).
/// </remarks>
[BitLayout("RTADDR_REG", 64)]
public readonly partial record struct RootTableAddressRegister
{
    /// <summary>TTM: the mode of the tables.</summary>
    [Bits("TTM", 10, 11)] public partial TranslationTableMode TableMode { get; init; }

    /// <summary>RTA: the address of the root table, a multiple of 4096.</summary>
    [Bits("RTA", 12, 63, Content = FieldContent.HostAddress)] public partial ulong RootTable { get; init; }
}

/// <summary>TTM of RTADDR: the mode of the translation tables. 2 is reserved.</summary>
public enum TranslationTableMode
{
    /// <summary>Root and context entries of 128 bits.</summary>
    Legacy = 0,
    /// <summary>Scalable-mode entries. Needs ECAP.SMTS.</summary>
    Scalable = 1,
    /// <summary>All requests are blocked. This mode needs ECAP.ADMS.</summary>
    AbortDma = 3,
}
