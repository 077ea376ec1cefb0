namespace IoAsid.Typed.Vtd;

/// <summary>VCRSP: how a virtual command went.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct VirtualCommandResponseRegister(Bits64 Bits) : IBitStructure<VirtualCommandResponseRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new("VCRSP_REG", 64, InProgressField, StatusField, ResultField);

    /// <summary>IP: not done yet; the rest means nothing, and a command written now is ignored.</summary>
    public bool InProgress { get => InProgressField.IsSet(Bits); init => Bits = InProgressField.With(Bits, value); }

    /// <summary>SC: how it went.</summary>
    public VirtualCommandStatus Status
    {
        get => (VirtualCommandStatus)StatusField.Get(Bits);
        init => Bits = StatusField.With(Bits, (ulong)value);
    }

    /// <summary>RSLT: the PASID that was allocated, in its low 20 bits.</summary>
    public ulong Result { get => ResultField.Get(Bits); init => Bits = ResultField.With(Bits, value); }

    private static BitField InProgressField => new("IP", 0);

    private static BitField StatusField => new("SC", 1, 7);

    private static BitField ResultField => new("RSLT", 16, 48);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
