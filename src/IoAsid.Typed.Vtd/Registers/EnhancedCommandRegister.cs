namespace IoAsid.Typed.Vtd;

/// <summary>ECMD, ECEO, ECRSP and ECCAP: enhanced commands, whose fields are not described.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct EnhancedCommandRegister(Bits64 Bits) : IBitStructure<EnhancedCommandRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("ECMD_REG", 64, ContentField);

    /// <summary>All bits.</summary>
    public ulong Content { get => ContentField.Get(Bits); init => Bits = ContentField.With(Bits, value); }

    private static BitField ContentField => new("CONTENT", 0, 64);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
