using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// An emulated PCI function: capabilities with their order, a device TLB, page requests, reset and removal. What it is for, a
/// derived class says: its registers, its portals and its use of <see cref="Dma"/>. Everything happens in steps of hardware.
/// </summary>
public abstract class EmulatedFunction : IPciFunction
{
    /// <summary>How long a function-level reset takes (PCIe 6.6.2).</summary>
    private static readonly TimeSpan ResetTime = TimeSpan.FromMilliseconds(100);

    private readonly PasidCapability? _pasid;
    private readonly AtsCapability? _ats;
    private readonly PriCapability? _pri;
    private readonly FunctionEndpoint _endpoint;
    private readonly InterruptMessage?[] _interrupts;
    private EndpointPort? _port;
    private IRegisterBlock? _registers;
    private IDisposable? _explanation;
    private bool _isBusMaster;

    /// <summary>A function that is not plugged in yet.</summary>
    /// <param name="context">Where it is.</param>
    /// <param name="options">What it is able to do.</param>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    protected EmulatedFunction(FunctionContext context, FunctionOptions options)
    {
        if (options.Objections().FirstOrDefault() is { } objection)
            throw new ArgumentException(objection, nameof(options));
        RequesterId = context.RequesterId;
        Scheduler = context.Scheduler;
        Requests = new PendingRequests(this);
        Dma = new DmaMaster(this, options);
        _interrupts = new InterruptMessage?[options.InterruptEntries];
        _pasid = options.PasidWidth == 0 ? null : new PasidCapability(this, options);
        _ats = options.InvalidateQueueDepth == 0 ? null : new AtsCapability(this, options);
        _pri = options.PageRequestCapacity == 0 ? null : new PriCapability(this, options);
        Invalidations = _ats is null ? null : new Invalidations(this, options, _ats);
        _endpoint = new FunctionEndpoint(this);
    }

    /// <inheritdoc/>
    public RequesterId RequesterId { get; }

    /// <inheritdoc/>
    public bool IsPresent => _port is { IsAttached: true };

    /// <inheritdoc/>
    public IRegisterBlock Registers => _registers ?? throw NotPluggedIn();

    /// <inheritdoc/>
    public IReadOnlyList<ICommandPortal> Portals { get; private set; } = [];

    /// <inheritdoc/>
    public IPasidCapability? Pasid => _pasid;

    /// <inheritdoc/>
    public IAtsCapability? Ats => _ats;

    /// <inheritdoc/>
    public IPriCapability? Pri => _pri;

    /// <inheritdoc/>
    public bool BusMasterEnabled
    {
        get => _isBusMaster;
        set => _isBusMaster = BeginConfigurationWrite() ? value : _isBusMaster;
    }

    /// <summary>What it does that it must not. Can be changed at any time.</summary>
    public DeviceMisbehaviour Misbehaviour { get; set; }

    /// <summary>How many translations its device TLB holds.</summary>
    public int DeviceTlbCount => _ats?.Tlb.Count ?? 0;

    /// <summary>How many page requests it has sent, stop markers apart.</summary>
    public long PageRequestsSent => _pri?.Requester.Sent ?? 0;

    /// <summary>How many page requests wait for an answer.</summary>
    public int PageRequestsOutstanding => _pri?.Requester.Outstanding ?? 0;

    /// <summary>How many invalidations were sent beyond its queue, and are lost.</summary>
    public long InvalidationsOverDepth => Invalidations?.OverDepth ?? 0;

    /// <summary>How many messages came that it had no use for: answers to nothing, or to what was before a reset.</summary>
    public long UnexpectedMessages => _endpoint.UnexpectedMessages;

    /// <summary>Runs its work.</summary>
    protected internal SeededScheduler Scheduler { get; }

    /// <summary>How it reaches memory.</summary>
    protected DmaMaster Dma { get; }

    /// <summary>Its registers, as they are reached when nothing is in front. They are not reached during a reset.</summary>
    protected internal abstract IRegisterBlock RegisterFile { get; }

    /// <summary>How many portals for commands it has.</summary>
    protected internal virtual int PortalCount => 0;

    internal EndpointPort Port => _port ?? throw NotPluggedIn();

    internal PendingRequests Requests { get; }

    internal IScheduler Hardware => Scheduler.Hardware;

    /// <summary>Whether a function-level reset is under way.</summary>
    internal bool IsResetting { get; private set; }

    internal Invalidations? Invalidations { get; }

    internal PageRequester? PageRequester => _pri?.Requester;

    internal AtsCapability? EnabledAts => _ats is { Enabled: true } ? _ats : null;

    internal PriCapability? EnabledPri => _pri is { Enabled: true } ? _pri : null;

    /// <summary>The number of times that the function was reset or pulled out. Work that began before must end without an effect.</summary>
    protected internal int Resets { get; private set; }

    /// <inheritdoc/>
    public void SetInterrupt(int entry, InterruptMessage? message)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(entry);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(entry, _interrupts.Length);
        if (BeginConfigurationWrite())
            _interrupts[entry] = message;
    }

    /// <inheritdoc/>
    public ValueTask ResetAsync(CancellationToken cancellationToken = default)
    {
        ValueTask reset = RunResetAsync();
        return cancellationToken.CanBeCanceled ? new(reset.AsTask().WaitAsync(cancellationToken)) : reset;
    }

    private async ValueTask RunResetAsync()
    {
        if (!BeginConfigurationWrite())
            return;
        Forget();
        IsResetting = true;
        await Scheduler.Delay(ResetTime);
        IsResetting = false;
    }

    /// <summary>Plugs the function in.</summary>
    internal void Attach(UnitPort unit, ProcessorBus bus)
    {
        _port = unit.Attach(_endpoint);
        _registers = bus.Registers($"{RequesterId}", _port.Registers);
        Portals = [.. _port.Portals.Select(bus.Portal)];
        _explanation = Scheduler.ExplainWaits(ExplainWaits);
        OnAdded();
    }

    /// <summary>Pulls the function out, whatever it is doing.</summary>
    internal void Remove()
    {
        Port.Detach();
        _explanation!.Dispose();
        Forget();
    }

    /// <summary>
    /// A processor's write to the configuration of the function: it arrives behind the writes to registers posted before it.
    /// </summary>
    /// <returns>Whether somebody is there to take it.</returns>
    internal bool BeginConfigurationWrite()
    {
        _port?.PushPosted();
        return IsPresent && !IsResetting;
    }

    /// <summary>Whether requests may be sent, and with this prefix.</summary>
    internal bool MaySend(PasidPrefix prefix) =>
        IsPresent && _isBusMaster && (!prefix.IsPresent || _pasid is not null && _pasid.Allows(prefix));

    /// <summary>Returns true if the function has a misbehaviour now.</summary>
    /// <param name="misbehaviour">The misbehaviour, or several of which one is enough.</param>
    protected internal bool Does(DeviceMisbehaviour misbehaviour) => (Misbehaviour & misbehaviour) != DeviceMisbehaviour.None;

    /// <summary>Posts a step of hardware: it runs after the current step, in an order that the seed decides.</summary>
    /// <param name="name">The name of the step in traces, the same in every run.</param>
    /// <param name="step">The work. An exception ends the run.</param>
    protected void Post(string name, Action step)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(step);
        Scheduler.Enqueue(Party.Hardware, step, null, name);
    }

    internal void Post(Action<object?> step, object? state, string name) => Scheduler.Enqueue(Party.Hardware, step, state, name);

    internal void ForgetTranslations()
    {
        _ats?.Tlb.Clear();
        Requests.SpoilTranslations();
    }

    /// <summary>Called when the function has been plugged in.</summary>
    protected virtual void OnAdded()
    {
    }

    /// <summary>Called when the function is reset or pulled out: registers and work are to be forgotten.</summary>
    protected virtual void OnForget()
    {
    }

    /// <summary>Whether page requests with a prefix are not to be sent, and not waited for, at the moment.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <returns>True if what needs the page is to be given up.</returns>
    protected internal virtual bool GivesUp(PasidPrefix prefix) => false;

    /// <summary>Takes a command that was posted; one that finds no room is dropped.</summary>
    /// <param name="portal">Which portal.</param>
    /// <param name="command">Its 64 bytes.</param>
    protected internal virtual void AcceptPosted(int portal, ReadOnlySpan<byte> command)
    {
    }

    /// <summary>Takes a command whose sender waits for an answer.</summary>
    /// <param name="portal">Which portal.</param>
    /// <param name="command">Its 64 bytes, PASID included.</param>
    /// <returns>Whether there was room.</returns>
    protected internal virtual bool TryAccept(int portal, ReadOnlySpan<byte> command) => false;

    /// <summary>Says what the function waits for, when nothing on the machine goes on.</summary>
    /// <param name="waits">Takes a line for each thing.</param>
    protected virtual void ExplainWaits(ICollection<string> waits) => _pri?.Requester.ExplainWaits(waits);

    /// <summary>Sends one of its interrupts, behind everything it wrote before.</summary>
    /// <param name="entry">The entry; one that is turned off, or not there, sends nothing.</param>
    protected void SendInterrupt(int entry)
    {
        if (entry >= _interrupts.Length || _interrupts[entry] is not { } message || !MaySend(default))
            return;
        Span<byte> data = stackalloc byte[sizeof(uint)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(data, message.Data);
        Port.Write(new DmaRequest(RequesterId, message.Address, DmaAccess.Write), data);
    }

    /// <summary>
    /// Has nobody wait for the answers to page requests with a PASID any more. The requests are on their way or in a queue, and the
    /// answers may still come.
    /// </summary>
    /// <param name="pasid">The PASID.</param>
    protected void GiveUpPageRequests(Pasid pasid) => _pri?.Requester.GiveUp(pasid);

    /// <summary>Says that no more page requests with a PASID will come, if page requests are enabled.</summary>
    /// <param name="pasid">The PASID.</param>
    protected void SendStopMarker(Pasid pasid) => _pri?.Requester.SendStopMarker(pasid);

    private void Forget()
    {
        Resets++;
        _isBusMaster = false;
        Array.Clear(_interrupts);
        _pri?.Forget();
        _ats?.Forget();
        _pasid?.Forget();
        Invalidations?.Forget();
        ForgetTranslations();
        Requests.Abort();
        OnForget();
    }

    private InvalidOperationException NotPluggedIn() => new($"{RequesterId} is not plugged in: a machine does that.");
}
