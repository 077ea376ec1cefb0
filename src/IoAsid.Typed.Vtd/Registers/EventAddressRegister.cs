namespace IoAsid.Typed.Vtd;

/// <summary>FEADDR, IEADDR and PEADDR: the address of the interrupt message.</summary>
[BitLayout("EADDR_REG", 32)]
public readonly partial record struct EventAddressRegister(Bits64 Bits)
{
    /// <summary>MA: bits 31:2 of the message address, a multiple of 4.</summary>
    [Bits("MA", 2, 31, Content = FieldContent.Address)] public partial ulong Address { get; init; }
}
