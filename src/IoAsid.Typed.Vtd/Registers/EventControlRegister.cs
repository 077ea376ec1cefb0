namespace IoAsid.Typed.Vtd;

/// <summary>FECTL, IECTL and PECTL: whether an event interrupts.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct EventControlRegister(Bits64 Bits) : IBitStructure<EventControlRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("ECTL_REG", 32, InterruptPendingField, InterruptMaskField);

    /// <summary>IP: an interrupt waits for IM to be cleared.</summary>
    public bool InterruptPending
    {
        get => InterruptPendingField.IsSet(Bits);
        init => Bits = InterruptPendingField.With(Bits, value);
    }

    /// <summary>IM: the event does not interrupt.</summary>
    public bool InterruptMask { get => InterruptMaskField.IsSet(Bits); init => Bits = InterruptMaskField.With(Bits, value); }

    private static BitField InterruptPendingField => new("IP", 30);

    private static BitField InterruptMaskField => new("IM", 31);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
