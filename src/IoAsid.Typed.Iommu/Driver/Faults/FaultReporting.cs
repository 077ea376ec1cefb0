using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The fault event of a unit (VT-d 7.3, Linux dmar_fault): reads and clears the recorded faults, and gets the invalidation queue going again after an
/// error of it.
/// </summary>
internal sealed class FaultReporting(string unit, UnitRegisters registers, VtdCapabilities capabilities, InvalidationQueue queue, IFaultSink sink)
{
    private const int RecordSize = 16;
    private const int UpperDword = 12;

    /// <summary>The upper doubleword of a record that clears it: F, which a one clears.</summary>
    public const uint ClearFault = 1u << 31;

    /// <summary>How many times faults found no register.</summary>
    public long Overflows { get; private set; }

    /// <summary>
    /// Looks at everything the unit has to say, until it has no more: what comes while something is pending has no interrupt of its own (VT-d 7.3). Who is told of faults
    /// comes last: whatever they do, the unit has room for new ones and its queue goes on.
    /// </summary>
    public void Handle()
    {
        List<DmaFault> faults = [];
        while (registers.Read<FaultStatusRegister>(RegisterOffsets.FaultStatus) is var status && IsPending(status))
            Clear(status, faults);
        foreach (DmaFault fault in faults)
            sink.Report(fault);
    }

    private static bool IsPending(FaultStatusRegister status) => status.PrimaryPendingFault || status.PrimaryFaultOverflow
        || status.InvalidationTimeoutError || status.InvalidationQueueError || status.InvalidationCompletionError;

    private void Clear(FaultStatusRegister status, List<DmaFault> faults)
    {
        if (status.PrimaryPendingFault)
            TakeRecords(status.FaultRecordIndex, faults);
        if (status.PrimaryFaultOverflow)
            Overflows++;
        if (status.InvalidationTimeoutError)
            queue.HandleTimeout();
        if (status.InvalidationQueueError)
            queue.HandleQueueError();
        registers.Write(RegisterOffsets.FaultStatus, new FaultStatusRegister
        {
            PrimaryFaultOverflow = status.PrimaryFaultOverflow,
            InvalidationTimeoutError = status.InvalidationTimeoutError,
            InvalidationQueueError = status.InvalidationQueueError,
            InvalidationCompletionError = status.InvalidationCompletionError,
        });
    }

    private void TakeRecords(int first, List<DmaFault> faults)
    {
        int count = capabilities.NumberOfFaultRecords;
        for (int step = 0; step < count; step++)
        {
            int offset = capabilities.FaultRecordOffset + (first + step) % count * RecordSize;
            FaultRecord record = new(new Bits128(registers.ReadWord(offset), registers.ReadWord(offset + sizeof(ulong))));
            if (!record.Fault)
                return;
            registers.WriteNarrow(offset + UpperDword, ClearFault);
            faults.Add(Describe(record));
        }
    }

    private DmaFault Describe(FaultRecord record) => new(
        unit,
        record.SourceId,
        record.PasidPresent ? record.Pasid : null,
        record.FaultInformation,
        record.RequestType,
        record.Reason);
}
