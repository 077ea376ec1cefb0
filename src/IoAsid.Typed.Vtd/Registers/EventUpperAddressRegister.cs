namespace IoAsid.Typed.Vtd;

/// <summary>FEUADDR, IEUADDR and PEUADDR: the upper half of where the interrupt writes.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct EventUpperAddressRegister(Bits64 Bits) : IBitStructure<EventUpperAddressRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("EUADDR_REG", 32, UpperAddressField);

    /// <summary>MUA: bits 63:32 of the message address; without ECAP.EIM a unit need not have them.</summary>
    public uint UpperAddress { get => (uint)UpperAddressField.Get(Bits); init => Bits = UpperAddressField.With(Bits, value); }

    private static BitField UpperAddressField => new("MUA", 0, 32, Requirement.ExtendedInterruptMode);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
