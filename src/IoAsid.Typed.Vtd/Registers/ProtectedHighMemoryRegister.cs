namespace IoAsid.Typed.Vtd;

/// <summary>PHMBASE and PHMLIMIT: the protected region above 4 GiB.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct ProtectedHighMemoryRegister(Bits64 Bits) : IBitStructure<ProtectedHighMemoryRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("PHM_REG", 64, AddressField);

    /// <summary>The address, a multiple of 1 MiB. How fine it is depends on the unit; this one is 1 MiB.</summary>
    public ulong Address { get => AddressField.GetAddress(Bits); init => Bits = AddressField.WithAddress(Bits, value); }

    private static BitField AddressField => new("PHM", 20, 44, content: FieldContent.HostAddress);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
