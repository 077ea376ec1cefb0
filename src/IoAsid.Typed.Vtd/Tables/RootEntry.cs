namespace IoAsid.Typed.Vtd;

/// <summary>
/// An entry of the legacy root table, indexed by bus: where the context table of the bus is (VT-d, Root Entry).
/// </summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct RootEntry(Bits128 Bits) : IBitStructure<RootEntry, Bits128>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("Root entry", 128, PresentField, ContextTableField);

    /// <summary>P: the rest of the entry means something.</summary>
    public bool Present { get => PresentField.IsSet(Bits); init => Bits = PresentField.With(Bits, value); }

    /// <summary>CTP: the address of the context table, a multiple of 4096.</summary>
    public ulong ContextTable
    {
        get => ContextTableField.GetAddress(Bits);
        init => Bits = ContextTableField.WithAddress(Bits, value);
    }

    private static BitField PresentField => new("P", 0);

    private static BitField ContextTableField => new("CTP", 12, 52, content: FieldContent.HostAddress);

    /// <summary>The bits that must be zero in a present entry.</summary>
    public static Bits128 ReservedMask(in VtdCapabilities capabilities) => Layout.ReservedMask<Bits128>(capabilities);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
