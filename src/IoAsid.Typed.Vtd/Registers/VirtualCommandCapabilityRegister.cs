namespace IoAsid.Typed.Vtd;

/// <summary>VCCAP: which virtual commands there are.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct VirtualCommandCapabilityRegister(Bits64 Bits)
    : IBitStructure<VirtualCommandCapabilityRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("VCCAP_REG", 64, PasidAllocationField);

    /// <summary>PAS: PASIDs can be allocated and freed.</summary>
    public bool PasidAllocation
    {
        get => PasidAllocationField.IsSet(Bits);
        init => Bits = PasidAllocationField.With(Bits, value);
    }

    private static BitField PasidAllocationField => new("PAS", 0);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
