using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The software side of a unit's invalidation queue (VT-d 6.5.2): a ring of 256-bit descriptors. A wait descriptor follows each batch, and its status write
/// reports that the batch is complete. A batch whose wait was aborted by a time-out is submitted again.
/// </summary>
/// <remarks>
/// A device that does not complete <see cref="MaximumTimeouts"/> invalidations in a row is isolated by <see cref="IInvalidationTargets.IsolateAsync"/>. Later
/// batches omit descriptors for this device.
/// </remarks>
internal sealed class InvalidationQueue
{
    /// <summary>The number of invalidation time-outs in a row after which a device is isolated.</summary>
    public const int MaximumTimeouts = 3;

    private const int SizeOrder = 2;
    private const int Entries = 128 << SizeOrder;
    private const int EntrySize = 32;
    private const int Slots = AddressRange.PageSize / sizeof(uint);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly string _unit;
    private readonly DriverRegisters _registers;
    private readonly IPhysicalMemory _memory;
    private readonly IScheduler _scheduler;
    private readonly FrameAllocator _frames;
    private readonly IInvalidationTargets _targets;
    private readonly bool _drainsPageRequests;
    private readonly ulong _ring;
    private readonly ulong _statuses;
    private readonly Stack<int> _freeSlots = new(Enumerable.Range(0, Slots));
    private readonly List<SubmittedBatch> _outstanding = [];
    private readonly Dictionary<RequesterId, int> _timeouts = [];
    private readonly Queue<Bits256> _backlog = new();
    private bool _defersTailWrite;
    private long _tail;
    private long _published;
    private long _head;

    /// <summary>Creates a queue. <see cref="WriteRegisters"/> reports it to the unit.</summary>
    /// <param name="unit">The display name of the unit.</param>
    /// <param name="registers">The registers of the unit.</param>
    /// <param name="platform">The machine.</param>
    /// <param name="frames">The memory for the ring and the status words.</param>
    /// <param name="targets">The devices behind the unit.</param>
    /// <param name="drainsPageRequests">True if a wait descriptor can drain page requests (ECAP.PRS and ECAP.PDS).</param>
    /// <exception cref="IommuException">No memory is left for the ring.</exception>
    public InvalidationQueue(
        string unit, DriverRegisters registers, IPlatform platform, FrameAllocator frames, IInvalidationTargets targets, bool drainsPageRequests)
    {
        _unit = unit;
        _registers = registers;
        _memory = platform.Memory;
        _scheduler = platform.Scheduler;
        _frames = frames;
        _targets = targets;
        _drainsPageRequests = drainsPageRequests;
        _ring = frames.AllocateContiguous(1 << SizeOrder);
        _statuses = frames.Allocate();
    }

    /// <summary>Gets a value indicating whether a wait descriptor can drain page requests.</summary>
    public bool CanDrainPageRequests => _drainsPageRequests;

    /// <summary>The number of time-outs.</summary>
    public long Timeouts { get; private set; }

    /// <summary>The number of descriptors that the unit refused.</summary>
    public long QueueErrors { get; private set; }

    /// <summary>The number of submitted batches, including those that were submitted again.</summary>
    public long Submitted { get; private set; }

    /// <summary>Writes the address and the size of the ring into the unit's registers. A global command enables the queue.</summary>
    public void WriteRegisters()
    {
        _registers.Write(RegisterOffsets.InvalidationQueueTail, default(InvalidationQueueTailRegister));
        _registers.Write(RegisterOffsets.InvalidationQueueAddress, new InvalidationQueueAddressRegister
        {
            Queue = _ring,
            QueueSize = SizeOrder,
            WideDescriptors = true,
        });
    }

    /// <summary>Submits a batch and waits until it is complete.</summary>
    /// <param name="batch">The batch. If it is empty, the call waits for everything that was submitted before.</param>
    /// <param name="drainPageRequests">True if earlier page requests must also be in their ring on completion (PD).</param>
    /// <exception cref="IommuException">The unit refused a descriptor, or the unit does not work.</exception>
    public async ValueTask RunAsync(InvalidationBatch batch, bool drainPageRequests = false)
    {
        while (true)
        {
            await RemoveUnreachableAsync(batch);
            await WaitForRoomAsync(batch.Descriptors.Count + 1);
            SubmittedBatch submitted = Submit(batch, drainPageRequests);
            BatchStatus status = await WaitForAsync(submitted);
            if (status == BatchStatus.Done)
            {
                ResetTimeouts(batch);
                return;
            }

            if (status == BatchStatus.Refused)
                throw new IommuException(IommuError.NotSupported, $"The unit {_unit} refused an invalidation descriptor. See its capabilities.");
            if (status == BatchStatus.Pending)
                throw NotWorking("completed");
        }
    }

    /// <summary>
    /// Submits a descriptor without a wait: a response to a group of page requests. If the ring is full, the descriptor is submitted later, but before each
    /// batch that is run from now on.
    /// </summary>
    public void Post(in Bits256 descriptor)
    {
        if (_backlog.Count == 0 && HasRoom(1))
        {
            Write(descriptor);
            if (!_defersTailWrite)
                Publish();
            return;
        }

        _backlog.Enqueue(descriptor);
        if (_backlog.Count == 1)
            _ = SendBacklogAsync();
    }

    /// <summary>Runs an action that posts several descriptors. One write of the tail register submits all of them at the end.</summary>
    public bool PostTogether(Func<bool> action)
    {
        _defersTailWrite = true;
        try
        {
            return action();
        }
        finally
        {
            _defersTailWrite = false;
            Publish();
        }
    }

    /// <summary>
    /// Continues after a device did not complete an invalidation (ITE). All fetched wait descriptors are aborted, and each batch that was fetched in part or as
    /// a whole must be submitted again. Called before the error is cleared, while the unit fetches no descriptor.
    /// </summary>
    public void HandleTimeout()
    {
        Timeouts++;
        InvalidationQueueErrorRecordRegister record =
            _registers.Read<InvalidationQueueErrorRecordRegister>(RegisterOffsets.InvalidationQueueErrorRecord);
        RequesterId requester = record.TimeoutSourceId;
        _timeouts[requester] = _timeouts.GetValueOrDefault(requester) + 1;
        ReadHead();
        foreach (SubmittedBatch batch in _outstanding)
        {
            if (batch.Start >= _head || StatusOf(batch) != BatchStatus.Pending)
                continue;
            if (batch.End <= _head)
                batch.Verdict = BatchStatus.Aborted;
            else
                batch.IsPartlyAborted = true;
        }
    }

    /// <summary>
    /// Continues after the unit refused a descriptor (IQE). A fence replaces the descriptor, and its batch fails. Called before the error is cleared.
    /// </summary>
    public void HandleQueueError()
    {
        QueueErrors++;
        ReadHead();
        WriteAt(_head, new InvalidationWait { Fence = true }.Bits);
        foreach (SubmittedBatch batch in _outstanding)
        {
            if (batch.Start <= _head && _head < batch.End)
                batch.Verdict = BatchStatus.Refused;
        }
    }

    /// <summary>Frees the memory. The queue must be disabled.</summary>
    public void Free()
    {
        _frames.Free(_ring, 1 << SizeOrder);
        _frames.Free(_statuses);
    }

    /// <summary>Resets the count of time-outs of a device that was reset or replaced.</summary>
    public void ResetTimeouts(RequesterId requester) => _timeouts.Remove(requester);

    private IommuException NotWorking(string verb) =>
        new(IommuError.DeviceGone, $"The unit {_unit} has not {verb} an invalidation within {Timeout.TotalSeconds} s.");

    private async ValueTask RemoveUnreachableAsync(InvalidationBatch batch)
    {
        foreach (RequesterId requester in TargetsOf(batch))
        {
            if (_targets.IsReachable(requester) && _timeouts.GetValueOrDefault(requester) < MaximumTimeouts)
                continue;
            batch.RemoveDeviceTlbInvalidations(requester);
            await _targets.IsolateAsync(requester);
        }
    }

    private void ResetTimeouts(InvalidationBatch batch)
    {
        if (_timeouts.Count == 0)
            return;
        foreach (RequesterId requester in TargetsOf(batch))
            _timeouts.Remove(requester);
    }

    private static List<RequesterId> TargetsOf(InvalidationBatch batch)
    {
        List<RequesterId> targets = [];
        foreach (Bits256 bits in batch.Descriptors)
        {
            if (InvalidationBatch.TargetOf(new InvalidationDescriptor(bits)) is { } requester && !targets.Contains(requester))
                targets.Add(requester);
        }

        return targets;
    }

    private SubmittedBatch Submit(InvalidationBatch batch, bool drainPageRequests)
    {
        Submitted++;
        SubmittedBatch submitted = new(_freeSlots.Pop(), _tail, _tail + batch.Descriptors.Count + 1);
        _memory.WriteUInt32(AddressOf(submitted), (uint)BatchStatus.Pending);
        _outstanding.Add(submitted);
        Write(batch);
        Write(new InvalidationWait
        {
            StatusWrite = true,
            StatusAddress = AddressOf(submitted),
            StatusData = (uint)BatchStatus.Done,
            PageRequestDrain = drainPageRequests && _drainsPageRequests,
        }.Bits);
        Publish();
        return submitted;
    }

    private async ValueTask<BatchStatus> WaitForAsync(SubmittedBatch submitted)
    {
        await _scheduler.WaitUntil(() => StatusOf(submitted) != BatchStatus.Pending, Timeout);
        BatchStatus status = StatusOf(submitted);
        _outstanding.Remove(submitted);
        // The unit may still write the status word of a batch that was refused or is pending, so the word is not used again.
        if (status is BatchStatus.Done or BatchStatus.Aborted)
            _freeSlots.Push(submitted.Slot);
        return status;
    }

    private async ValueTask WaitForRoomAsync(int descriptors)
    {
        if (descriptors >= Entries)
            throw new ArgumentException($"A batch of {descriptors} descriptors does not fit into a queue of {Entries}.", nameof(descriptors));
        while (!CanSubmit(descriptors))
        {
            if (!await _scheduler.WaitUntil(() => CanSubmit(descriptors), Timeout))
                throw NotWorking("fetched");
        }
    }

    private bool CanSubmit(int descriptors) => _backlog.Count == 0 && _freeSlots.Count > 0 && HasRoom(descriptors);

    private async Task SendBacklogAsync()
    {
        while (_backlog.Count > 0)
        {
            await _scheduler.WaitUntil(() => HasRoom(1), Timeout);
            while (_backlog.Count > 0 && HasRoom(1))
                Write(_backlog.Dequeue());
            Publish();
        }
    }

    private bool HasRoom(int descriptors)
    {
        if (IsRoomFor(descriptors))
            return true;
        ReadHead();
        return IsRoomFor(descriptors);
    }

    // One entry stays free, because a full ring would look like an empty one.
    private bool IsRoomFor(int descriptors) => _tail + descriptors - _head < Entries;

    private void ReadHead()
    {
        InvalidationQueueHeadRegister register = _registers.Read<InvalidationQueueHeadRegister>(RegisterOffsets.InvalidationQueueHead);
        long index = (long)(register.Head / EntrySize);
        _head += (index - _head % Entries + Entries) % Entries;
    }

    private void Write(InvalidationBatch batch)
    {
        foreach (Bits256 descriptor in batch.Descriptors)
            Write(descriptor);
    }

    private void Write(in Bits256 descriptor) => WriteAt(_tail++, descriptor);

    private void WriteAt(long position, in Bits256 descriptor)
    {
        ulong address = _ring + (ulong)(position % Entries) * EntrySize;
        _memory.WriteUInt64(address, descriptor.Word0);
        _memory.WriteUInt64(address + 8, descriptor.Word1);
        _memory.WriteUInt64(address + 16, descriptor.Word2);
        _memory.WriteUInt64(address + 24, descriptor.Word3);
    }

    private void Publish()
    {
        if (_published == _tail)
            return;
        _published = _tail;
        _registers.Write(RegisterOffsets.InvalidationQueueTail, new InvalidationQueueTailRegister { Tail = (ulong)(_tail % Entries) * EntrySize });
    }

    private BatchStatus StatusOf(SubmittedBatch batch)
    {
        if (batch.Verdict != BatchStatus.Pending)
            return batch.Verdict;
        BatchStatus written = (BatchStatus)_memory.ReadUInt32(AddressOf(batch));
        return batch.IsPartlyAborted && written == BatchStatus.Done ? BatchStatus.Aborted : written;
    }

    private ulong AddressOf(SubmittedBatch batch) => _statuses + (ulong)batch.Slot * sizeof(uint);
}
