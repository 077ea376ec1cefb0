using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace OwnDevice;

/// <summary>
/// A network card with two queues, each in the address space of its PASID. A cable leads from its output to its input: a frame that one process sends arrives in a buffer of another process.
/// </summary>
public sealed class EmulatedNic : EmulatedFunction
{
    /// <summary>The longest frame, in bytes.</summary>
    internal const int LongestFrame = 1514;

    private readonly NicRegisterFile _registers;
    private readonly NicQueue _send;
    private readonly NicQueue _receive;
    private readonly Signal _changed;
    private readonly byte[] _frame = new byte[LongestFrame];
    private readonly byte[] _descriptor = new byte[NicDescriptor.SizeInBytes];
    private Pasid? _stopping;
    private bool _isBusy;
    private long _frames;

    /// <summary>Creates a card with empty queues.</summary>
    /// <param name="context">The place of the card in the machine.</param>
    /// <param name="options">The size; null for the defaults.</param>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public EmulatedNic(FunctionContext context, NicOptions? options = null)
        : base(context, options ??= new NicOptions())
    {
        Options = options;
        _send = new NicQueue(options);
        _receive = new NicQueue(options);
        _registers = new NicRegisterFile(this);
        _changed = new Signal(Scheduler, $"{RequesterId} queues");
    }

    /// <summary>The size of the card.</summary>
    public NicOptions Options { get; }

    /// <summary>The number of frames that arrived in a buffer.</summary>
    public long Delivered { get; private set; }

    /// <inheritdoc/>
    protected override IRegisterBlock RegisterFile => _registers;

    /// <summary>Gets a value indicating whether a command is active.</summary>
    internal bool IsStopping => _stopping is not null;

    internal NicQueue Queue(NicQueueKind kind) => kind == NicQueueKind.Send ? _send : _receive;

    /// <summary>Takes the descriptors that the driver has added to a ring.</summary>
    internal void Ring(NicQueue queue, uint tail)
    {
        queue.Tail = tail;
        _changed.Raise();
    }

    /// <summary>Begins a command. A command beside an active one is ignored.</summary>
    internal void Begin(NicCommand command)
    {
        if (!command.Stop || IsStopping)
            return;
        _stopping = command.Pasid;
        foreach (NicQueue queue in new[] { _send, _receive })
        {
            if (queue.IsOf(command.Pasid))
                queue.Disable();
        }

        AbandonPageRequests(command.Pasid);
        Post($"{RequesterId} stops PASID {command.Pasid}", () => StopAsync(command.Pasid));
    }

    /// <summary>Starts the work of the card, in a step of hardware.</summary>
    protected override void OnAdded() => Post($"{RequesterId} starts", WorkAsync);

    /// <summary>Discards all work after a reset or a removal.</summary>
    protected override void OnReset()
    {
        _send.Clear();
        _receive.Clear();
        _stopping = null;
        _changed.Raise();
    }

    /// <summary>Returns true if work for a PASID must not wait for pages: the PASID is being stopped.</summary>
    protected override bool IsAborting(PasidPrefix prefix) => prefix.IsPresent && prefix.Pasid == _stopping;

    /// <summary>Explains a run that makes no progress.</summary>
    protected override void ExplainWaits(ICollection<string> waits)
    {
        base.ExplainWaits(waits);
        if (_isBusy)
            waits.Add($"{RequesterId} sends a frame");
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            while (!_send.HasWork)
                await _changed.WaitAsync();
            _isBusy = true;
            await SendOneAsync();
            _isBusy = false;
            _frames++;
            _changed.Raise();
        }
    }

    private async ValueTask SendOneAsync()
    {
        int resets = Resets;
        DmaSpace space = _send.Space;
        if (await FetchAsync(_send) is not { } sent)
            return;
        int length = Math.Min(sent.Length, LongestFrame);
        DmaOutcome read = await Dma.ReadAsync(space, sent.Address, _frame.AsMemory(0, length));
        NicStatus status = read.IsSuccess ? await DeliverAsync(length) : StatusOf(read);
        // A reset has emptied the queues in between, so earlier work has no effect.
        if (Resets == resets)
            await CompleteAsync(_send, space, sent with { Status = status });
    }

    private async ValueTask<NicStatus> DeliverAsync(int length)
    {
        DmaSpace space = _receive.Space;
        if (!_receive.HasWork || await FetchAsync(_receive) is not { } buffer)
            return NicStatus.Dropped;
        if (length > buffer.Length)
            return NicStatus.Dropped;
        DmaOutcome written = await Dma.WriteAsync(space, buffer.Address, _frame.AsMemory(0, length));
        if (written.IsDiscarded)
            return NicStatus.Stopped;
        NicStatus status = written.IsSuccess ? NicStatus.Done : StatusOf(written);
        await CompleteAsync(_receive, space, buffer with { Status = status, Length = length });
        if (written.IsSuccess)
            Delivered++;
        return status;
    }

    // A ring that cannot be read or written stops its queue. The driver finds the queue disabled.
    private async ValueTask<NicDescriptor?> FetchAsync(NicQueue queue)
    {
        DmaOutcome read = await Dma.ReadAsync(queue.Space, queue.Slot, _descriptor);
        if (read.IsSuccess)
            return NicDescriptor.FromBytes(_descriptor);
        queue.Disable();
        return null;
    }

    private async ValueTask CompleteAsync(NicQueue queue, DmaSpace space, NicDescriptor descriptor)
    {
        descriptor.WriteBytes(_descriptor);
        DmaOutcome written = await Dma.WriteAsync(space, queue.Slot, _descriptor);
        if (!written.IsSuccess)
            queue.Disable();
        queue.Head++;
    }

    // Waits for the present frame. Its page requests were abandoned, so it ends soon.
    private async Task StopAsync(Pasid pasid)
    {
        int resets = Resets;
        long frame = _frames;
        while (_isBusy && _frames == frame && Resets == resets)
            await _changed.WaitAsync();
        if (Resets != resets)
            return;
        SendStopMarker(pasid);
        _stopping = null;
        if (Does(DeviceMisbehaviour.UsesPasidAfterStop))
            await Dma.ReadAsync(new DmaSpace(new PasidPrefix(pasid)), _send.Ring, _descriptor);
    }

    private static NicStatus StatusOf(DmaOutcome outcome) => outcome.Status == DmaStatus.Aborted ? NicStatus.Stopped : NicStatus.Fault;
}
