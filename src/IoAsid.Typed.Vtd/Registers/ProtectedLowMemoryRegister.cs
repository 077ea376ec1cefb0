namespace IoAsid.Typed.Vtd;

/// <summary>PLMBASE and PLMLIMIT: the protected region below 4 GiB.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct ProtectedLowMemoryRegister(Bits64 Bits) : IBitStructure<ProtectedLowMemoryRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("PLM_REG", 32, AddressField);

    /// <summary>The address, a multiple of 1 MiB. How fine it is depends on the unit; this one is 1 MiB.</summary>
    public ulong Address { get => AddressField.GetAddress(Bits); init => Bits = AddressField.WithAddress(Bits, value); }

    private static BitField AddressField => new("PLM", 20, 12, content: FieldContent.Address);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
