namespace IoAsid.Typed.Vtd;

/// <summary>RTADDR: the root table. Taken over by GCMD.SRTP.</summary>
/// <remarks>
/// Software that writes a reserved mode finds out when requests fault (<see cref="FaultReason.RootTableAddressInvalid"/>).
/// </remarks>
[BitLayout("RTADDR_REG", 64)]
public readonly partial record struct RootTableAddressRegister
{
    /// <summary>TTM: what kind of tables these are.</summary>
    [Bits("TTM", 10, 11)] public partial TranslationTableMode TableMode { get; init; }

    /// <summary>RTA: the address of the root table, a multiple of 4096.</summary>
    [Bits("RTA", 12, 63, Content = FieldContent.HostAddress)] public partial ulong RootTable { get; init; }
}
