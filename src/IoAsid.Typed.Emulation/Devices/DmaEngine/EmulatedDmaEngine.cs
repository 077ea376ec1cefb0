using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// A DMA engine as <see cref="DmaEngineRegisters"/> and <see cref="DmaDescriptor"/> describe it: work queues fed by portals,
/// shared or dedicated, and workers that carry descriptors out in the address space of their sender.
/// </summary>
public sealed class EmulatedDmaEngine : EmulatedFunction
{
    private readonly DmaEngineRegisterFile _registers;
    private readonly WorkQueue[] _queues;
    private readonly Worker[] _workers;
    private readonly PasidCommand _command;
    private long _accepted;
    private int _nextQueue;

    /// <summary>An engine whose queues are not enabled.</summary>
    /// <param name="context">Where it is.</param>
    /// <param name="options">What it is able to do; null for the defaults.</param>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public EmulatedDmaEngine(FunctionContext context, DmaEngineOptions? options = null)
        : base(context, options ??= new DmaEngineOptions())
    {
        Options = options;
        Changed = new Signal(Scheduler, $"{RequesterId} work");
        _queues = [.. Enumerable.Range(0, options.Queues).Select(number => new WorkQueue(number, options.QueueDepth))];
        _workers = [.. Enumerable.Range(0, options.Engines).Select(_ => new Worker(this, Dma))];
        _command = new PasidCommand(this);
        _registers = new DmaEngineRegisterFile(this, _queues, _command);
    }

    /// <summary>What it is able to do.</summary>
    public DmaEngineOptions Options { get; }

    /// <summary>How many descriptors were accepted so far.</summary>
    public long Accepted => _accepted;

    /// <inheritdoc/>
    protected internal override IRegisterBlock RegisterFile => _registers;

    /// <inheritdoc/>
    protected internal override int PortalCount => Options.Queues;

    /// <summary>Raised whenever work comes, ends, or may go on.</summary>
    internal Signal Changed { get; }

    /// <summary>Takes the next item from the queues in turn.</summary>
    internal bool TryTakeWork(out WorkItem item)
    {
        for (int tried = 0; tried < _queues.Length; tried++)
        {
            WorkQueue queue = _queues[_nextQueue];
            _nextQueue = (_nextQueue + 1) % _queues.Length;
            if (queue.TryTake(out item))
                return true;
        }

        item = default;
        return false;
    }

    /// <summary>
    /// Whether something accepted before an item by the same queue is not complete. What still waits there came after it.
    /// </summary>
    internal bool IsAnyBefore(in WorkItem item)
    {
        foreach (Worker worker in _workers)
        {
            if (worker.IsBusy && worker.Item.Queue == item.Queue && worker.Item.Number < item.Number)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Whether something for a PASID, accepted before so many, is not complete. Its requests are under way only while a worker works on it.
    /// </summary>
    internal bool IsWorkingFor(Pasid pasid, long before)
    {
        foreach (WorkQueue queue in _queues)
        {
            if (queue.AnyOf(pasid, before))
                return true;
        }

        foreach (Worker worker in _workers)
        {
            if (worker.IsBusy && worker.Item.Number < before && worker.Item.IsOf(pasid))
                return true;
        }

        return false;
    }

    internal bool IsAborting(in WorkItem item) => _command.IsAborting(item);

    /// <summary>Gives up what waits for pages of a PASID.</summary>
    internal void GiveUp(Pasid pasid) => GiveUpPageRequests(pasid);

    /// <summary>Tells an error that no completion record tells.</summary>
    internal void Report(WorkQueue queue, PasidPrefix prefix, in DmaOutcome outcome) => _registers.Report(queue, prefix, outcome);

    internal void Interrupt(int entry) => SendInterrupt(entry);

    /// <summary>Says that a PASID is no longer used.</summary>
    internal void Stop(Pasid pasid)
    {
        SendStopMarker(pasid);
        if (Does(DeviceMisbehaviour.UsesPasidAfterStop))
            UseAgain(new DmaSpace(new PasidPrefix(pasid), MayBlock: true));
    }

    /// <inheritdoc/>
    protected internal override bool GivesUp(PasidPrefix prefix) => prefix.IsPresent && _command.IsAborting(prefix.Pasid);

    /// <inheritdoc/>
    protected override void OnAdded()
    {
        foreach (Worker worker in _workers)
            Post(static worker => ((Worker)worker!).Run(), worker, "worker");
    }

    /// <inheritdoc/>
    protected override void OnForget()
    {
        foreach (WorkQueue queue in _queues)
            queue.Forget();
        _command.Forget();
        _registers.Forget();
        Changed.Raise();
    }

    /// <inheritdoc/>
    protected internal override void AcceptPosted(int portal, ReadOnlySpan<byte> command)
    {
        WorkQueue queue = _queues[portal];
        DmaDescriptor descriptor = DmaDescriptor.FromBytes(command);
        if (queue.Takes(isShared: false))
            Add(queue, descriptor);
        else
            Report(queue, queue.PrefixOf(descriptor), new DmaOutcome(DmaStatus.NotAccepted));
    }

    /// <inheritdoc/>
    protected internal override bool TryAccept(int portal, ReadOnlySpan<byte> command)
    {
        WorkQueue queue = _queues[portal];
        DmaDescriptor descriptor = DmaDescriptor.FromBytes(command);
        if (!queue.Takes(isShared: true) || _command.IsFor(descriptor.Pasid))
            return false;
        Add(queue, descriptor);
        return true;
    }

    /// <inheritdoc/>
    protected override void ExplainWaits(ICollection<string> waits)
    {
        base.ExplainWaits(waits);
        foreach (Worker worker in _workers)
        {
            if (worker.IsBusy)
                waits.Add($"{RequesterId} works on {worker.Item}");
        }
    }

    private void Add(WorkQueue queue, in DmaDescriptor descriptor)
    {
        queue.Add(new WorkItem(descriptor, queue.PrefixOf(descriptor), queue, _accepted++));
        Changed.Raise();
    }

    private async void UseAgain(DmaSpace space) =>
        await Dma.ReadAsync(space, Dma.LastAddress, new byte[sizeof(ulong)]).ConfigureAwait(false);
}
