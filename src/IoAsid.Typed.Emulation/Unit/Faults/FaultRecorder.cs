using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The record of faults in registers, and the fault event (VT-d 7.2, primary fault logging).</summary>
internal sealed class FaultRecorder
{
    private const int RecordSize = 16;
    private const ulong PageMask = 0xFFF;

    private readonly UnitRegisters _registers;
    private readonly UnitEventInterrupt _interrupt;
    private readonly bool _collapses;
    private readonly int _firstRecord;
    private readonly int _records;
    private readonly ulong _addressMask;
    private readonly Bits128 _reserved;
    private int _next;

    public FaultRecorder(UnitOptions options, UnitRegisters registers, UnitEventInterrupt interrupt)
    {
        _registers = registers;
        _interrupt = interrupt;
        _collapses = options.CollapsesFaults;
        _firstRecord = options.Capabilities.FaultRecordOffset;
        _records = options.Capabilities.NumberOfFaultRecords;
        _addressMask = AddressMask(options.Capabilities);
        _reserved = FaultRecord.ReservedMask(options.Capabilities);
        registers.OnWrite(RegisterOffsets.FaultStatus, _ => HandleStatusWrite());
        for (int record = 0; record < _records; record++)
            registers.OnWrite(HighOf(record), _ => HandleRecordWrite());
    }

    public FaultStatusRegister Status
    {
        get => new(_registers[RegisterOffsets.FaultStatus]);
        private set => _registers[RegisterOffsets.FaultStatus] = value.Bits;
    }

    /// <summary>Records a fault of a request, unless all records are in use or the fault collapses into a pending one.</summary>
    /// <returns>True if a record was written.</returns>
    public bool Record(in TranslationQuery query, FaultReason reason)
    {
        FaultStatusRegister status = Status;
        if (status.PrimaryFaultOverflow || _collapses && HasRecordOf(query.Requester))
            return false;
        if (ReadRecord(_next).Fault)
        {
            SetStatus(status with { PrimaryFaultOverflow = true });
            return false;
        }

        int index = _next;
        _next = (_next + 1) % _records;
        Write(index, RecordOf(query, reason));
        if (!status.PrimaryPendingFault)
            SetStatus(status with { PrimaryPendingFault = true, FaultRecordIndex = (byte)index });
        return true;
    }

    /// <summary>Selects the first record for the next fault, after translation was disabled (VT-d 7.2.1).</summary>
    public void ResetNextRecord() => _next = 0;

    /// <summary>Reports that the invalidation queue has stopped at an invalid descriptor (IQE).</summary>
    public void ReportQueueError() => SetStatus(Status with { InvalidationQueueError = true });

    /// <summary>Reports that a device exceeded the timeout of an invalidation (ITE).</summary>
    public void ReportTimeout() => SetStatus(Status with { InvalidationTimeoutError = true });

    /// <summary>Reports that a device completed an invalidation that was not outstanding (ICE).</summary>
    public void ReportUnexpectedCompletion() => SetStatus(Status with { InvalidationCompletionError = true });

    // FI has no bits at and above the largest supported AGAW (VT-d 11.4.7.6). In a unit without a second stage, the width of the first stage applies.
    private static ulong AddressMask(in VtdCapabilities capabilities)
    {
        AddressWidth largest = capabilities.Supports(AddressWidth.Bits57) || capabilities is { SupportedAdjustedGuestWidths: 0, FiveLevelPaging: true } ? AddressWidth.Bits57
            : capabilities.Supports(AddressWidth.Bits48) || capabilities.SupportedAdjustedGuestWidths == 0 ? AddressWidth.Bits48
            : AddressWidth.Bits39;
        return (1UL << largest.Bits()) - 1 & ~PageMask;
    }

    private FaultRecord RecordOf(in TranslationQuery query, FaultReason reason) => new()
    {
        FaultInformation = query.Address & _addressMask,
        SourceId = query.Requester,
        RequestType = query.RequestType,
        Reason = reason,
        AddressType = query.AddressType,
        PasidPresent = query.Prefix.IsPresent,
        Pasid = query.Prefix.Pasid,
        Privileged = query.Prefix.PrivilegedModeRequested,
        Execute = query.Prefix.ExecuteRequested,
        Fault = true,
    };

    // The event is raised only if no fault was pending, because the handler reads all records.
    private void SetStatus(FaultStatusRegister status)
    {
        bool isFirst = !IsPending(Status);
        Status = status;
        if (isFirst)
            _interrupt.Raise();
    }

    private static bool IsPending(FaultStatusRegister status) =>
        status.PrimaryPendingFault || status.PrimaryFaultOverflow || status.InvalidationQueueError
        || status.InvalidationCompletionError || status.InvalidationTimeoutError;

    private void HandleStatusWrite()
    {
        FaultStatusRegister status = Status;
        if (!IsPending(status))
            _interrupt.Withdraw();
    }

    // PPF is the OR of all F. FRI stays the index of the record that has set PPF, also when software clears that record before others (VT-d 11.4.7.1).
    private void HandleRecordWrite()
    {
        FaultStatusRegister status = Status;
        if (!HasRecord())
            status = status with { PrimaryPendingFault = false, FaultRecordIndex = 0 };
        Status = status;
        if (!IsPending(status))
            _interrupt.Withdraw();
    }

    private bool HasRecord()
    {
        for (int index = 0; index < _records; index++)
        {
            if (ReadRecord(index).Fault)
                return true;
        }

        return false;
    }

    private bool HasRecordOf(RequesterId requester)
    {
        for (int index = 0; index < _records; index++)
        {
            FaultRecord record = ReadRecord(index);
            if (record.Fault && record.SourceId == requester)
                return true;
        }

        return false;
    }

    private FaultRecord ReadRecord(int index) => new(new Bits128(_registers[LowOf(index)], _registers[HighOf(index)]));

    private void Write(int index, FaultRecord record)
    {
        _registers[LowOf(index)] = record.Bits.Low & ~_reserved.Low;
        _registers[HighOf(index)] = record.Bits.High & ~_reserved.High;
    }

    private int LowOf(int index) => _firstRecord + index * RecordSize;

    private int HighOf(int index) => LowOf(index) + 8;
}
