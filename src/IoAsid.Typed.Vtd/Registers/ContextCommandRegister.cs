using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>CCMD: context-cache invalidation by register, while queued invalidation is off.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct ContextCommandRegister(Bits64 Bits) : IBitStructure<ContextCommandRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "CCMD_REG",
        64,
        DomainIdField,
        SourceIdField,
        FunctionMaskField,
        ActualGranularityField,
        RequestedGranularityField,
        InvalidateField);

    /// <summary>DID: whose entries, unless the granularity is global.</summary>
    public DomainId DomainId { get => new((ushort)DomainIdField.Get(Bits)); init => Bits = DomainIdField.With(Bits, value.Value); }

    /// <summary>SID: the device, if the granularity is device.</summary>
    public RequesterId SourceId { get => new((ushort)SourceIdField.Get(Bits)); init => Bits = SourceIdField.With(Bits, value.Value); }

    /// <summary>FM: how many function bits of the source id do not count.</summary>
    public byte FunctionMask { get => (byte)FunctionMaskField.Get(Bits); init => Bits = FunctionMaskField.With(Bits, value); }

    /// <summary>CAIG: what was dropped.</summary>
    public ContextInvalidationGranularity ActualGranularity
    {
        get => (ContextInvalidationGranularity)ActualGranularityField.Get(Bits);
        init => Bits = ActualGranularityField.With(Bits, (ulong)value);
    }

    /// <summary>CIRG: what is to be dropped.</summary>
    public ContextInvalidationGranularity RequestedGranularity
    {
        get => (ContextInvalidationGranularity)RequestedGranularityField.Get(Bits);
        init => Bits = RequestedGranularityField.With(Bits, (ulong)value);
    }

    /// <summary>ICC: writing 1 begins; hardware clears it when done.</summary>
    public bool Invalidate { get => InvalidateField.IsSet(Bits); init => Bits = InvalidateField.With(Bits, value); }

    private static BitField DomainIdField => new("DID", 0, 16);

    private static BitField SourceIdField => new("SID", 16, 16);

    private static BitField FunctionMaskField => new("FM", 32, 2);

    private static BitField ActualGranularityField => new("CAIG", 59, 2);

    private static BitField RequestedGranularityField => new("CIRG", 61, 2);

    private static BitField InvalidateField => new("ICC", 63);

    /// <summary>The bits of the source id that do not count, by <see cref="FunctionMask"/>.</summary>
    public ushort IgnoredSourceBits => SourceIdMask.IgnoredBits(FunctionMask);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
