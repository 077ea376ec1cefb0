namespace IoAsid.Typed.Vtd;

/// <summary>PMEN: protected memory regions.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct ProtectedMemoryEnableRegister(Bits64 Bits) : IBitStructure<ProtectedMemoryEnableRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("PMEN_REG", 32, RegionStatusField, EnableField);

    /// <summary>PRS: the regions are protected.</summary>
    public bool RegionStatus { get => RegionStatusField.IsSet(Bits); init => Bits = RegionStatusField.With(Bits, value); }

    /// <summary>EPM: protect the regions.</summary>
    public bool Enable { get => EnableField.IsSet(Bits); init => Bits = EnableField.With(Bits, value); }

    private static BitField RegionStatusField => new("PRS", 0);

    private static BitField EnableField => new("EPM", 31);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
