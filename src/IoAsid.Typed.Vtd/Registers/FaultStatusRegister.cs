namespace IoAsid.Typed.Vtd;

/// <summary>FSTS: which faults and queue errors wait for software.</summary>
/// <param name="Bits">The raw bits.</param>
public readonly record struct FaultStatusRegister(Bits64 Bits) : IBitStructure<FaultStatusRegister, Bits64>
{
    /// <inheritdoc/>
    public static Layout Layout { get; } = new(
        "FSTS_REG",
        32,
        PrimaryFaultOverflowField,
        PrimaryPendingFaultField,
        AdvancedFaultOverflowField,
        AdvancedPendingFaultField,
        InvalidationQueueErrorField,
        InvalidationCompletionErrorField,
        InvalidationTimeoutErrorField,
        PageRequestOverflowField,
        FaultRecordIndexField);

    /// <summary>PFO: a fault found no recording register. Writing 1 clears it.</summary>
    public bool PrimaryFaultOverflow
    {
        get => PrimaryFaultOverflowField.IsSet(Bits);
        init => Bits = PrimaryFaultOverflowField.With(Bits, value);
    }

    /// <summary>PPF: some recording register holds a fault.</summary>
    public bool PrimaryPendingFault
    {
        get => PrimaryPendingFaultField.IsSet(Bits);
        init => Bits = PrimaryPendingFaultField.With(Bits, value);
    }

    /// <summary>AFO: a fault found no room in the log. Writing 1 clears it.</summary>
    public bool AdvancedFaultOverflow
    {
        get => AdvancedFaultOverflowField.IsSet(Bits);
        init => Bits = AdvancedFaultOverflowField.With(Bits, value);
    }

    /// <summary>APF: the log holds a fault. Writing 1 clears it.</summary>
    public bool AdvancedPendingFault
    {
        get => AdvancedPendingFaultField.IsSet(Bits);
        init => Bits = AdvancedPendingFaultField.With(Bits, value);
    }

    /// <summary>IQE: the invalidation queue stopped at a bad descriptor. Writing 1 clears it.</summary>
    public bool InvalidationQueueError
    {
        get => InvalidationQueueErrorField.IsSet(Bits);
        init => Bits = InvalidationQueueErrorField.With(Bits, value);
    }

    /// <summary>ICE: a device completed an invalidation nobody asked for. Writing 1 clears it.</summary>
    public bool InvalidationCompletionError
    {
        get => InvalidationCompletionErrorField.IsSet(Bits);
        init => Bits = InvalidationCompletionErrorField.With(Bits, value);
    }

    /// <summary>ITE: a device did not complete an invalidation in time. Writing 1 clears it.</summary>
    public bool InvalidationTimeoutError
    {
        get => InvalidationTimeoutErrorField.IsSet(Bits);
        init => Bits = InvalidationTimeoutErrorField.With(Bits, value);
    }

    /// <summary>PRO: the page request queue overflowed. Revision 3; PRS has it now.</summary>
    public bool PageRequestOverflow
    {
        get => PageRequestOverflowField.IsSet(Bits);
        init => Bits = PageRequestOverflowField.With(Bits, value);
    }

    /// <summary>FRI: the recording register of the first pending fault, if PPF is set.</summary>
    public byte FaultRecordIndex
    {
        get => (byte)FaultRecordIndexField.Get(Bits);
        init => Bits = FaultRecordIndexField.With(Bits, value);
    }

    private static BitField PrimaryFaultOverflowField => new("PFO", 0);

    private static BitField PrimaryPendingFaultField => new("PPF", 1);

    private static BitField AdvancedFaultOverflowField => new("AFO", 2, 1, Requirement.AdvancedFaultLog);

    private static BitField AdvancedPendingFaultField => new("APF", 3, 1, Requirement.AdvancedFaultLog);

    private static BitField InvalidationQueueErrorField => new("IQE", 4, 1, Requirement.QueuedInvalidation);

    private static BitField InvalidationCompletionErrorField => new("ICE", 5, 1, Requirement.DeviceTlb);

    private static BitField InvalidationTimeoutErrorField => new("ITE", 6, 1, Requirement.DeviceTlb);

    private static BitField PageRequestOverflowField => new("PRO", 7, 1, Requirement.Revision3);

    private static BitField FaultRecordIndexField => new("FRI", 8, 8);

    /// <summary>The fields by name, decoded.</summary>
    public override string ToString() => Layout.Describe(Bits);
}
