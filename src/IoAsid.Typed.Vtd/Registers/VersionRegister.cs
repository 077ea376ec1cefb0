namespace IoAsid.Typed.Vtd;

/// <summary>VER: the version of the architecture.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct VersionRegister(Bits64 Bits) : IBitStructure<VersionRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("VER_REG", 32, MinorField, MajorField);

    /// <summary>MIN: the minor version.</summary>
    public byte Minor { get => (byte)MinorField.Get(Bits); init => Bits = MinorField.With(Bits, value); }

    /// <summary>MAX: the major version.</summary>
    public byte Major { get => (byte)MajorField.Get(Bits); init => Bits = MajorField.With(Bits, value); }

    private static BitField MinorField => new("MIN", 0, 4);

    private static BitField MajorField => new("MAX", 4, 4);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
