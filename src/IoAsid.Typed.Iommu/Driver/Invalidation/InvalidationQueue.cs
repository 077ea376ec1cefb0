using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The software end of a unit's invalidation queue (VT-d 6.5.2): 256-bit descriptors in a ring, each batch with a wait descriptor behind it whose
/// status write tells that all of it is done. A batch whose wait was aborted by a time-out is submitted again.
/// </summary>
/// <remarks>
/// A device that misses <see cref="MaximumTimeouts"/> invalidations in a row is isolated by <see cref="IInvalidationTargets.IsolateAsync"/>. Later batches leave
/// out descriptors that are addressed to it.
/// </remarks>
internal sealed class InvalidationQueue
{
    /// <summary>The number of invalidations in a row that a device may miss.</summary>
    public const int MaximumTimeouts = 3;

    private const int SizeOrder = 2;
    private const int Entries = 128 << SizeOrder;
    private const int EntrySize = 32;
    private const int Slots = AddressRange.PageSize / sizeof(uint);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _unit;
    private readonly UnitRegisters _registers;
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
    private bool _isHeldBack;
    private long _tail;
    private long _published;
    private long _head;

    /// <summary>A queue that is not placed.</summary>
    /// <param name="unit">The display name of the unit.</param>
    /// <param name="registers">The registers of the unit.</param>
    /// <param name="platform">The machine.</param>
    /// <param name="frames">The memory for the ring and the status words.</param>
    /// <param name="targets">The devices behind the unit.</param>
    /// <param name="drainsPageRequests">True if a wait may ask the unit to drain page requests (ECAP.PRS and ECAP.PDS).</param>
    /// <exception cref="IommuException">There is no memory for the ring.</exception>
    public InvalidationQueue(
        string unit, UnitRegisters registers, IPlatform platform, FrameAllocator frames, IInvalidationTargets targets, bool drainsPageRequests)
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

    /// <summary>Gets a value indicating whether a wait can ask the unit to drain page requests.</summary>
    public bool CanDrainPageRequests => _drainsPageRequests;

    /// <summary>How many time-outs there were.</summary>
    public long Timeouts { get; private set; }

    /// <summary>How many descriptors the unit refused.</summary>
    public long QueueErrors { get; private set; }

    /// <summary>How many batches were submitted, again or for the first time.</summary>
    public long Submitted { get; private set; }

    /// <summary>Has the unit look at the ring. The queue itself is switched on by a global command.</summary>
    public void Place()
    {
        _registers.Write(RegisterOffsets.InvalidationQueueTail, default(InvalidationQueueTailRegister));
        _registers.Write(RegisterOffsets.InvalidationQueueAddress, new InvalidationQueueAddressRegister
        {
            Queue = _ring,
            QueueSize = SizeOrder,
            WideDescriptors = true,
        });
    }

    /// <summary>Carries out a batch and waits until all of it is done.</summary>
    /// <param name="batch">What is to be done. Empty, only what was submitted before is waited for.</param>
    /// <param name="drainPageRequests">Whether page requests that came before have to be in their ring, too (PD).</param>
    /// <exception cref="IommuException">The unit refused a descriptor, or it does not work any more.</exception>
    public async ValueTask RunAsync(InvalidationBatch batch, bool drainPageRequests = false)
    {
        while (true)
        {
            await ForgetUnreachableAsync(batch);
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
    /// Submits what nobody waits for: an answer to a group of page requests. Without room it goes later, and before every batch that is run from now on.
    /// </summary>
    public void Post(in Bits256 descriptor)
    {
        if (_backlog.Count == 0 && HasRoom(1))
        {
            Write(descriptor);
            if (!_isHeldBack)
                Publish();
            return;
        }

        _backlog.Enqueue(descriptor);
        if (_backlog.Count == 1)
            _ = SendBacklogAsync();
    }

    /// <summary>Does something that posts much, and tells the unit of all of it at once, when it is done.</summary>
    public bool PostTogether(Func<bool> action)
    {
        _isHeldBack = true;
        try
        {
            return action();
        }
        finally
        {
            _isHeldBack = false;
            Publish();
        }
    }

    /// <summary>
    /// Goes on after a device let an invalidation pass (ITE): all waits that were fetched are void, and batches of which anything was fetched have to be submitted
    /// again. Called before the error is cleared, while nothing is fetched.
    /// </summary>
    public void HandleTimeout()
    {
        Timeouts++;
        InvalidationQueueErrorRecordRegister record =
            _registers.Read<InvalidationQueueErrorRecordRegister>(RegisterOffsets.InvalidationQueueErrorRecord);
        RequesterId late = record.TimeoutSourceId;
        _timeouts[late] = _timeouts.GetValueOrDefault(late) + 1;
        ReadHead();
        foreach (SubmittedBatch batch in _outstanding)
        {
            if (batch.Start >= _head || StatusOf(batch) != BatchStatus.Pending)
                continue;
            if (batch.End <= _head)
                batch.Verdict = BatchStatus.Aborted;
            else
                batch.IsTorn = true;
        }
    }

    /// <summary>
    /// Continues after a descriptor that the unit refused (IQE): a fence takes its place, and its batch fails. Called before the error is cleared.
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

    /// <summary>Gives the memory back. Only when the queue is switched off.</summary>
    public void Free()
    {
        _frames.Free(_ring, 1 << SizeOrder);
        _frames.Free(_statuses);
    }

    /// <summary>Resets the count of time-outs of a device that was reset or replaced.</summary>
    public void ResetTimeouts(RequesterId requester) => _timeouts.Remove(requester);

    private IommuException NotWorking(string what) =>
        new(IommuError.DeviceGone, $"The unit {_unit} has not {what} an invalidation within {Patience.TotalSeconds} s.");

    private async ValueTask ForgetUnreachableAsync(InvalidationBatch batch)
    {
        foreach (RequesterId requester in TargetsOf(batch))
        {
            if (_targets.IsReachable(requester) && _timeouts.GetValueOrDefault(requester) < MaximumTimeouts)
                continue;
            batch.RemoveDeviceTlbsOf(requester);
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
        await _scheduler.WaitUntil(() => StatusOf(submitted) != BatchStatus.Pending, Patience);
        BatchStatus status = StatusOf(submitted);
        _outstanding.Remove(submitted);
        // The wait of a batch that was refused, or not reached, may still write its status: nobody else gets that word.
        if (status is BatchStatus.Done or BatchStatus.Aborted)
            _freeSlots.Push(submitted.Slot);
        return status;
    }

    private async ValueTask WaitForRoomAsync(int descriptors)
    {
        if (descriptors >= Entries)
            throw new ArgumentException($"A batch of {descriptors} descriptors does not fit into a queue of {Entries}.", nameof(descriptors));
        while (!CanTake(descriptors))
        {
            if (!await _scheduler.WaitUntil(() => CanTake(descriptors), Patience))
                throw NotWorking("taken");
        }
    }

    private bool CanTake(int descriptors) => _backlog.Count == 0 && _freeSlots.Count > 0 && HasRoom(descriptors);

    private async Task SendBacklogAsync()
    {
        while (_backlog.Count > 0)
        {
            await _scheduler.WaitUntil(() => HasRoom(1), Patience);
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

    // One entry stays free: a full ring would look like an empty one.
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
        for (int word = 0; word < Bits256.Words; word++)
            _memory.WriteUInt64(address + (ulong)word * sizeof(ulong), descriptor[word]);
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
        return batch.IsTorn && written == BatchStatus.Done ? BatchStatus.Aborted : written;
    }

    private ulong AddressOf(SubmittedBatch batch) => _statuses + (ulong)batch.Slot * sizeof(uint);
}
