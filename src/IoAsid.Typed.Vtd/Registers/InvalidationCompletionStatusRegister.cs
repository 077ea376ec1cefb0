namespace IoAsid.Typed.Vtd;

/// <summary>ICS: whether an invalidation wait interrupted.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct InvalidationCompletionStatusRegister(Bits64 Bits)
    : IBitStructure<InvalidationCompletionStatusRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("ICS_REG", 32, WaitCompleteField);

    /// <summary>IWC: a wait with IF is done. Writing 1 clears it.</summary>
    public bool WaitComplete { get => WaitCompleteField.IsSet(Bits); init => Bits = WaitCompleteField.With(Bits, value); }

    private static BitField WaitCompleteField => new("IWC", 0);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
