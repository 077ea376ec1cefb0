using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The invalidation queue (VT-d 6.5.2). A step fetches and executes one descriptor. In FIFO order, a step continues after each response to a page request group,
/// up to eight descriptors. A wait completes when all earlier descriptors are complete. An invalid descriptor stops the queue with the head at that descriptor.
/// When software clears the error, the queue continues from there.
/// </summary>
internal sealed class UnitInvalidationQueue : IDeviceTlbObserver, IPageRequestQueueObserver, IDisposable
{
    private readonly UnitParts _unit;
    private readonly InvalidationCommands _commands;
    private readonly DeviceTlbInvalidations _deviceTlbs;
    private readonly Queue<PendingWait> _waits = new();
    private readonly ulong _aboveHostAddressWidth;
    private readonly Action _step;
    private readonly int _responsesPerStep;
    private bool _stepPosted;
    private long? _drainTo;
    private bool _fenced;
    private bool _deviceBusy;

    // The value of IQA when the queue was enabled. With a later value the head could be inside a descriptor.
    private InvalidationQueueAddressRegister _address;

    public UnitInvalidationQueue(UnitParts unit, CacheInvalidation caches)
    {
        _unit = unit;
        _deviceTlbs = new DeviceTlbInvalidations(unit.Port, unit.Scheduler.Clock, unit.Options.InvalidationTimeout, this);
        _commands = new InvalidationCommands(unit, caches, _deviceTlbs);
        _aboveHostAddressWidth = unit.Options.Capabilities.AboveHostAddressWidth;
        _responsesPerStep = unit.PageRequestsPerStep;
        _step = Step;
        // A write to FSTS can clear IQE and ITE.
        unit.Registers.OnWrite(RegisterOffsets.FaultStatus, _ => Advance());
        unit.Registers.OnWrite(RegisterOffsets.InvalidationQueueTail, _ => Advance());
        unit.Registers.OnWrite(RegisterOffsets.InvalidationCompletionStatus, _ => WithdrawHandledInterrupt());
    }

    /// <summary>GSTS.QIES: the queue is enabled.</summary>
    public bool IsEnabled { get; private set; }

    private ulong Tail => new InvalidationQueueTailRegister(_unit.Registers[RegisterOffsets.InvalidationQueueTail]).Tail;

    private ulong Head
    {
        get => new InvalidationQueueHeadRegister(_unit.Registers[RegisterOffsets.InvalidationQueueHead]).Head;
        set => _unit.Registers[RegisterOffsets.InvalidationQueueHead] = new InvalidationQueueHeadRegister { Head = value }.Bits;
    }

    /// <summary>Enables or disables the queue. A disable aborts incomplete waits and resets the head.</summary>
    public void SetEnabled(bool enabled)
    {
        IsEnabled = enabled;
        if (enabled)
        {
            _address = new(_unit.Registers[RegisterOffsets.InvalidationQueueAddress]);
        }
        else
        {
            Head = 0;
            _deviceBusy = false;
            AbortWaits();
        }

        Advance();
    }

    /// <summary>Receives a completion message of a device.</summary>
    public void Receive(in InvalidateCompletionMessage message) => _deviceTlbs.Receive(message);

    /// <inheritdoc/>
    public void Dispose() => _deviceTlbs.Dispose();

    /// <inheritdoc/>
    public void PageRequestHandled() => Advance();

    /// <inheritdoc/>
    public void CompletionReceived()
    {
        _deviceBusy = false;
        Advance();
    }

    /// <inheritdoc/>
    public void InvalidationCompleted(in InvalidateRequestMessage invalidation) => _unit.Notify(
        UnitEventKind.DeviceTlbInvalidated, invalidation.Target, invalidation.Prefix, invalidation.AddressAndSize, invalidation.AllPasids ? 1UL : 0);

    /// <inheritdoc/>
    public void InvalidationTimedOut(RequesterId device)
    {
        InvalidationQueueErrorRecordRegister record = new(_unit.Registers[RegisterOffsets.InvalidationQueueErrorRecord]);
        if (!_unit.Faults.Status.InvalidationTimeoutError)
            _unit.Registers[RegisterOffsets.InvalidationQueueErrorRecord] = (record with { TimeoutSourceId = device }).Bits;
        AbortWaits();
        _deviceBusy = false;
        _unit.Report($"{device} exceeded the timeout of a device-TLB invalidation; later waits are aborted");
        _unit.Faults.ReportTimeout();
    }

    /// <inheritdoc/>
    public void UnexpectedCompletionReceived(RequesterId device)
    {
        InvalidationQueueErrorRecordRegister record = new(_unit.Registers[RegisterOffsets.InvalidationQueueErrorRecord]);
        if (!_unit.Faults.Status.InvalidationCompletionError)
            _unit.Registers[RegisterOffsets.InvalidationQueueErrorRecord] = (record with { CompletionSourceId = device }).Bits;
        _unit.Report($"{device} completed a device-TLB invalidation that was not outstanding");
        _unit.Faults.ReportUnexpectedCompletion();
    }

    private bool CanFetch =>
        IsEnabled && !_fenced && !_deviceBusy && Head != Tail
        && _unit.Faults.Status is { InvalidationQueueError: false, InvalidationTimeoutError: false };

    private void Advance()
    {
        CompleteWaits();
        if (_stepPosted || !CanFetch)
            return;
        _stepPosted = true;
        _unit.Scheduler.Post(_step);
    }

    private void Step()
    {
        _stepPosted = false;
        for (int left = _responsesPerStep; left > 0 && CanFetch; left--)
        {
            if (ExecuteNext() != InvalidationType.PageGroupResponse)
                break;
        }

        Advance();
    }

    // Returns the type of the descriptor, or null if the queue stopped at it.
    private InvalidationType? ExecuteNext()
    {
        InvalidationQueueError error = Fetch(out InvalidationDescriptor descriptor);
        if (error == InvalidationQueueError.None)
            error = Execute(descriptor);
        if (error == InvalidationQueueError.None)
            return descriptor.Type;
        Stop(error, descriptor);
        return null;
    }

    private InvalidationQueueError Fetch(out InvalidationDescriptor descriptor)
    {
        descriptor = default;
        if (Tail >= _address.SizeInBytes)
            return InvalidationQueueError.InvalidTail;
        if ((Tail & (ulong)_address.DescriptorSize - 1) != 0)
            return InvalidationQueueError.MisalignedTail;
        if (_commands.CheckWidth(_address.WideDescriptors) is var error and not InvalidationQueueError.None)
            return error;

        Span<ulong> words = stackalloc ulong[4];
        Span<ulong> used = words[..(_address.DescriptorSize / 8)];
        if (!_unit.Tables.TryRead(_address.Queue + Head, used))
            return InvalidationQueueError.FetchError;
        descriptor = new InvalidationDescriptor(new Bits256(words[0], words[1], words[2], words[3]));
        return InvalidationQueueError.None;
    }

    private InvalidationQueueError Execute(in InvalidationDescriptor descriptor)
    {
        InvalidationQueueError error = _commands.Check(descriptor);
        if (error != InvalidationQueueError.None)
            return error;
        if (!_commands.CanExecute(descriptor))
        {
            // The device has the maximum number of outstanding invalidations. A completion advances the queue.
            _deviceBusy = true;
            return InvalidationQueueError.None;
        }

        if (descriptor.Type == InvalidationType.Wait)
            StartWait(new InvalidationWait(descriptor.Bits));
        else if (!_commands.TryExecute(descriptor))
            return InvalidationQueueError.ReservedField;
        Head = (Head + (ulong)_address.DescriptorSize) & _address.SizeInBytes - 1;
        _unit.Notify(UnitEventKind.Invalidation, descriptor.Bits[0], descriptor.Bits[1]);
        return InvalidationQueueError.None;
    }

    private void StartWait(in InvalidationWait wait)
    {
        _waits.Enqueue(new PendingWait(wait, _deviceTlbs.LastSent));
        _fenced = wait.Fence;
        CompleteWaits();
    }

    private void CompleteWaits()
    {
        while (_waits.TryPeek(out PendingWait wait) && _deviceTlbs.HaveCompleted(wait.DeviceTlbInvalidation) && HaveDrained(wait.Descriptor))
        {
            _waits.Dequeue();
            _drainTo = null;
            Complete(wait.Descriptor);
        }

        if (_waits.Count == 0)
            _fenced = false;
    }

    // With PD, all page requests must be in the queue that have arrived when the earlier invalidations are complete. Completions push page requests ahead, so an
    // earlier moment would miss some.
    private bool HaveDrained(in InvalidationWait wait)
    {
        if (!wait.PageRequestDrain)
            return true;
        _drainTo ??= _unit.PageRequests.LastArrived;
        return _unit.PageRequests.HaveDrained(_drainTo.Value);
    }

    // If the status cannot be written, the wait does not complete and no interrupt is sent: the status that software polls would contradict the interrupt.
    private void Complete(in InvalidationWait wait)
    {
        // Bits at and above the host address width are ignored (VT-d 6.5.2.9).
        ulong address = wait.StatusAddress & ~_aboveHostAddressWidth;
        if (wait.StatusWrite && !_unit.Memory.TryWriteUInt32(address, wait.StatusData))
        {
            _unit.Report($"the status of an invalidation wait cannot be written to 0x{address:X}, which is not memory");
            return;
        }

        _unit.Notify(UnitEventKind.WaitCompleted, wait.StatusAddress, wait.StatusData);
        if (!wait.InterruptFlag)
            return;
        InvalidationCompletionStatusRegister status = new(_unit.Registers[RegisterOffsets.InvalidationCompletionStatus]);
        if (status.WaitComplete)
            return;
        _unit.Registers[RegisterOffsets.InvalidationCompletionStatus] = (status with { WaitComplete = true }).Bits;
        _unit.InvalidationInterrupt.Raise();
    }

    private void Stop(InvalidationQueueError error, in InvalidationDescriptor descriptor)
    {
        InvalidationQueueErrorRecordRegister record = new(_unit.Registers[RegisterOffsets.InvalidationQueueErrorRecord]);
        _unit.Registers[RegisterOffsets.InvalidationQueueErrorRecord] = (record with { QueueError = error }).Bits;
        _unit.Report($"the invalidation queue stopped at 0x{Head:X} ({error}): {descriptor}");
        _unit.Faults.ReportQueueError();
    }

    private void AbortWaits()
    {
        _waits.Clear();
        _drainTo = null;
    }

    private void WithdrawHandledInterrupt()
    {
        if (!new InvalidationCompletionStatusRegister(_unit.Registers[RegisterOffsets.InvalidationCompletionStatus]).WaitComplete)
            _unit.InvalidationInterrupt.Withdraw();
    }
}
