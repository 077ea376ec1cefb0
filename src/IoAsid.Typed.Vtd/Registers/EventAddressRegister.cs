namespace IoAsid.Typed.Vtd;

/// <summary>FEADDR, IEADDR and PEADDR: where the interrupt writes.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct EventAddressRegister(Bits64 Bits) : IBitStructure<EventAddressRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("EADDR_REG", 32, AddressField);

    /// <summary>MA: bits 31:2 of the message address, a multiple of 4.</summary>
    public ulong Address { get => AddressField.GetAddress(Bits); init => Bits = AddressField.WithAddress(Bits, value); }

    private static BitField AddressField => new("MA", 2, 30, content: FieldContent.Address);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
