using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The fault event of a unit (VT-d 7.3, Linux 6.12 <c>dmar_fault</c>). It reads and clears recorded faults, and lets the invalidation queue continue after a
/// queue error.
/// </summary>
internal sealed class FaultReporting(string unit, DriverRegisters registers, VtdCapabilities capabilities, InvalidationQueue queue, IFaultSink sink)
{
    private const int RecordSize = 16;
    private const int UpperDword = 12;

    /// <summary>The upper doubleword that clears a record. A write of 1 clears F.</summary>
    public const uint ClearFault = 1u << 31;

    /// <summary>The number of overflows of the fault recording registers.</summary>
    public long Overflows { get; private set; }

    /// <summary>
    /// Handles all pending faults and errors, and repeats this until none is pending, because a new fault raises no interrupt while another one is pending
    /// (VT-d 7.3). Faults are reported last. Until then the records are cleared and the queue continues, so an exception of a handler cannot stop the unit.
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
            ReadRecords(status.FaultRecordIndex, faults);
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

    // The order is that of the records from the index on. An earlier owner of the unit may have cleared any of them, and FRI does not move then (VT-d 11.4.7.1).
    private void ReadRecords(int first, List<DmaFault> faults)
    {
        int count = capabilities.NumberOfFaultRecords;
        for (int step = 0; step < count; step++)
        {
            int offset = capabilities.FaultRecordOffset + (first + step) % count * RecordSize;
            FaultRecord record = new(new Bits128(registers.ReadWord(offset), registers.ReadWord(offset + sizeof(ulong))));
            if (!record.Fault)
                continue;
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
