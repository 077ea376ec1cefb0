namespace IoAsid.Typed.Vtd;

/// <summary>AFLOG: the address and the size of the fault log in memory.</summary>
[BitLayout("AFLOG_REG", 64, Needs = Requirement.AdvancedFaultLog)]
public readonly partial record struct AdvancedFaultLogRegister
{
    /// <summary>FLS: the log has 2^FLS pages of 4 KiB.</summary>
    [Bits("FLS", 9, 11)] public partial byte LogSize { get; init; }

    /// <summary>FLA: the address of the log, a multiple of 4096.</summary>
    [Bits("FLA", 12, 63, Content = FieldContent.HostAddress)] public partial ulong Log { get; init; }
}
