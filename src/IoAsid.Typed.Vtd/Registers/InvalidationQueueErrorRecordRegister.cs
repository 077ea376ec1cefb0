using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd;

/// <summary>IQERCD: what went wrong in the invalidation queue.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct InvalidationQueueErrorRecordRegister(Bits64 Bits)
    : IBitStructure<InvalidationQueueErrorRecordRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "IQERCD_REG",
        64,
        QueueErrorField,
        TimeoutSourceIdField,
        CompletionSourceIdField);

    /// <summary>IQEI: why the queue stopped, if FSTS.IQE is set.</summary>
    public InvalidationQueueError QueueError
    {
        get => (InvalidationQueueError)QueueErrorField.Get(Bits);
        init => Bits = QueueErrorField.With(Bits, (ulong)value);
    }

    /// <summary>ITESID: the device that did not answer, if FSTS.ITE is set.</summary>
    public RequesterId TimeoutSourceId
    {
        get => new((ushort)TimeoutSourceIdField.Get(Bits));
        init => Bits = TimeoutSourceIdField.With(Bits, value.Value);
    }

    /// <summary>ICESID: the device that answered unasked, if FSTS.ICE is set.</summary>
    public RequesterId CompletionSourceId
    {
        get => new((ushort)CompletionSourceIdField.Get(Bits));
        init => Bits = CompletionSourceIdField.With(Bits, value.Value);
    }

    private static BitField QueueErrorField => new("IQEI", 0, 4);

    private static BitField TimeoutSourceIdField => new("ITESID", 32, 16, Requirement.DeviceTlb);

    private static BitField CompletionSourceIdField => new("ICESID", 48, 16, Requirement.DeviceTlb);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
