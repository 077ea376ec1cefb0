namespace IoAsid.Typed.Vtd;

/// <summary>FEUADDR, IEUADDR and PEUADDR: the upper half of the address of the interrupt message.</summary>
[BitLayout("EUADDR_REG", 32)]
public readonly partial record struct EventUpperAddressRegister(Bits64 Bits)
{
    /// <summary>MUA: bits 63:32 of the message address; without ECAP.EIM a unit need not have them.</summary>
    [Bits("MUA", 0, 31, Needs = Requirement.ExtendedInterruptMode)] public partial uint UpperAddress { get; init; }
}
