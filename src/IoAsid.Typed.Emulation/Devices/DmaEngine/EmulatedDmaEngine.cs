using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// An emulated DMA engine with the registers of <see cref="DmaEngineRegisters"/> and the descriptors of <see cref="DmaDescriptor"/>. Portals fill shared or
/// dedicated work queues. Workers execute descriptors in the address space of the sender.
/// </summary>
public sealed class EmulatedDmaEngine : EmulatedFunction
{
    private readonly DmaEngineRegisterFile _registers;
    private readonly WorkQueue[] _queues;
    private readonly Worker[] _workers;
    private readonly PasidCommand _command;
    private long _accepted;
    private int _nextQueue;

    /// <summary>Creates an engine with disabled queues.</summary>
    /// <param name="context">The requester id and the scheduler.</param>
    /// <param name="options">The capabilities; null for the defaults.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
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

    /// <summary>The capabilities of the engine.</summary>
    public DmaEngineOptions Options { get; }

    /// <summary>The number of descriptors that were accepted.</summary>
    public long Accepted => _accepted;

    /// <inheritdoc/>
    protected internal override IRegisterBlock RegisterFile => _registers;

    /// <inheritdoc/>
    protected internal override int PortalCount => Options.Queues;

    /// <summary>The signal that is raised when work arrives, completes or may continue.</summary>
    internal Signal Changed { get; }

    /// <summary>Tries to remove the next item. The queues take turns.</summary>
    internal bool TryDequeue(out WorkItem item)
    {
        for (int tried = 0; tried < _queues.Length; tried++)
        {
            WorkQueue queue = _queues[_nextQueue];
            _nextQueue = (_nextQueue + 1) % _queues.Length;
            if (queue.TryDequeue(out item))
                return true;
        }

        item = default;
        return false;
    }

    /// <summary>
    /// Returns true if an item that the same queue accepted earlier is not complete. Only workers are checked: the items in the queue were accepted later.
    /// </summary>
    internal bool HasEarlierWork(in WorkItem item)
    {
        foreach (Worker worker in _workers)
        {
            if (worker.IsBusy && worker.Item.Queue == item.Queue && worker.Item.Number < item.Number)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Returns true if an item that uses a PASID, with a sequence number below a bound, is not complete. Requests are outstanding only while a worker executes
    /// the item.
    /// </summary>
    internal bool HasWorkFor(Pasid pasid, long before)
    {
        foreach (WorkQueue queue in _queues)
        {
            if (queue.HasWorkFor(pasid, before))
                return true;
        }

        foreach (Worker worker in _workers)
        {
            if (worker.IsBusy && worker.Item.Number < before && worker.Item.Uses(pasid))
                return true;
        }

        return false;
    }

    internal bool IsAborting(in WorkItem item) => _command.IsAborting(item);

    /// <summary>Abandons the waits for page requests with a PASID.</summary>
    internal void AbandonWaits(Pasid pasid) => AbandonPageRequests(pasid);

    /// <summary>Reports an error that no completion record reports.</summary>
    internal void Report(WorkQueue queue, PasidPrefix prefix, in DmaOutcome outcome) => _registers.Report(queue, prefix, outcome);

    internal void Interrupt(int entry) => SendInterrupt(entry);

    /// <summary>Ends the use of a PASID: sends the stop marker.</summary>
    internal void Stop(Pasid pasid)
    {
        SendStopMarker(pasid);
        if (Does(DeviceMisbehaviour.UsesPasidAfterStop))
            ReadAfterStop(new DmaSpace(new PasidPrefix(pasid), MayBlock: true));
    }

    /// <inheritdoc/>
    protected internal override bool IsAborting(PasidPrefix prefix) => prefix.IsPresent && _command.IsAborting(prefix.Pasid);

    /// <inheritdoc/>
    protected override void OnAdded()
    {
        foreach (Worker worker in _workers)
            Post(static worker => ((Worker)worker!).Run(), worker, "worker");
    }

    /// <inheritdoc/>
    protected override void OnReset()
    {
        foreach (WorkQueue queue in _queues)
            queue.Reset();
        _command.Reset();
        _registers.Reset();
        Changed.Raise();
    }

    /// <inheritdoc/>
    protected internal override void AcceptPosted(int portal, ReadOnlySpan<byte> command)
    {
        WorkQueue queue = _queues[portal];
        DmaDescriptor descriptor = DmaDescriptor.FromBytes(command);
        if (queue.CanAccept(isShared: false))
            Add(queue, descriptor);
        else
            Report(queue, queue.PrefixOf(descriptor), new DmaOutcome(DmaStatus.NotAccepted));
    }

    /// <inheritdoc/>
    protected internal override bool TryAccept(int portal, ReadOnlySpan<byte> command)
    {
        WorkQueue queue = _queues[portal];
        DmaDescriptor descriptor = DmaDescriptor.FromBytes(command);
        if (!queue.CanAccept(isShared: true) || _command.IsActiveFor(descriptor.Pasid))
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

    private async void ReadAfterStop(DmaSpace space) =>
        await Dma.ReadAsync(space, Dma.LastAddress, new byte[sizeof(ulong)]).ConfigureAwait(false);
}
