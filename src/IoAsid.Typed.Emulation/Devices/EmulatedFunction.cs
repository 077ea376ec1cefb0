using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// An emulated PCI function: capabilities and the order in which they are enabled, a device TLB, page requests, reset and removal. A derived class adds
/// registers, portals and work that uses <see cref="Dma"/>. All work runs in steps of hardware.
/// </summary>
public abstract class EmulatedFunction : IPciFunction
{
    /// <summary>The duration of a function-level reset (PCIe 6.6.2).</summary>
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

    /// <summary>Creates a function. <see cref="EmulatedMachine.AddFunction"/> adds it to the machine.</summary>
    /// <param name="context">The requester id and the scheduler.</param>
    /// <param name="options">The capabilities.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
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
        Invalidations = _ats is null ? null : new PendingInvalidations(this, options, _ats);
        _endpoint = new FunctionEndpoint(this);
    }

    /// <inheritdoc/>
    public RequesterId RequesterId { get; }

    /// <inheritdoc/>
    public bool IsPresent => _port is { IsAttached: true };

    /// <inheritdoc/>
    public IRegisterBlock Registers => _registers ?? throw NotInMachine();

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

    /// <summary>The violations that the function commits. They can be changed at any time.</summary>
    public DeviceMisbehaviour Misbehaviour { get; set; }

    /// <summary>The number of translations in the device TLB.</summary>
    public int DeviceTlbCount => _ats?.Tlb.Count ?? 0;

    /// <summary>The number of page requests that were sent, without stop markers.</summary>
    public long PageRequestsSent => _pri?.Requester.Sent ?? 0;

    /// <summary>The number of outstanding page requests.</summary>
    public int PageRequestsOutstanding => _pri?.Requester.Outstanding ?? 0;

    /// <summary>The number of invalidations that exceeded <see cref="FunctionOptions.InvalidateQueueDepth"/>. They are lost and never complete.</summary>
    public long LostInvalidations => Invalidations?.Lost ?? 0;

    /// <summary>The number of messages that the function ignored because no outstanding request matches: completions and responses, also those to requests before a reset.</summary>
    public long UnexpectedMessages => _endpoint.UnexpectedMessages;

    /// <summary>The scheduler of the machine.</summary>
    protected internal SeededScheduler Scheduler { get; }

    /// <summary>The access of the function to memory.</summary>
    protected DmaMaster Dma { get; }

    /// <summary>The registers, without the link. They are not accessed during a reset.</summary>
    protected internal abstract IRegisterBlock RegisterFile { get; }

    /// <summary>The number of portals for commands.</summary>
    protected internal virtual int PortalCount => 0;

    internal EndpointPort Port => _port ?? throw NotInMachine();

    internal PendingRequests Requests { get; }

    internal IScheduler Hardware => Scheduler.Hardware;

    /// <summary>Gets a value indicating whether a function-level reset is in progress.</summary>
    internal bool IsResetting { get; private set; }

    internal PendingInvalidations? Invalidations { get; }

    internal PageRequester? PageRequester => _pri?.Requester;

    internal AtsCapability? EnabledAts => _ats is { Enabled: true } ? _ats : null;

    internal PriCapability? EnabledPri => _pri is { Enabled: true } ? _pri : null;

    /// <summary>The number of times that the function was reset or removed. Work that began before must end without an effect.</summary>
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
        ResetState();
        IsResetting = true;
        await Scheduler.Delay(ResetTime);
        IsResetting = false;
    }

    /// <summary>Attaches the function to the port of a unit.</summary>
    internal void Attach(UnitPort unit, ProcessorBus bus)
    {
        _port = unit.Attach(_endpoint);
        _registers = bus.Registers($"{RequesterId}", _port.Registers);
        Portals = [.. _port.Portals.Select(bus.Portal)];
        _explanation = Scheduler.ExplainWaits(ExplainWaits);
        OnAdded();
    }

    /// <summary>Removes the function without warning (surprise removal).</summary>
    internal void Remove()
    {
        Port.Detach();
        _explanation!.Dispose();
        ResetState();
    }

    /// <summary>Begins a processor's write to configuration space. It arrives after the register writes that were posted before it.</summary>
    /// <returns>True if the function accepts the write; false if it is absent or in reset, and the write is lost.</returns>
    internal bool BeginConfigurationWrite()
    {
        _port?.PushPosted();
        return IsPresent && !IsResetting;
    }

    /// <summary>Returns true if the function may send requests with a prefix.</summary>
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

    /// <summary>Posts a step of hardware in which work begins that may wait, such as the endless work on a queue.</summary>
    /// <param name="name">The name of the step in traces, the same in every run.</param>
    /// <param name="work">The work. An exception ends the run. After a wait, <see cref="Resets"/> tells whether the work is still to be done.</param>
    protected void Post(string name, Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Post(name, () => Observe(work()));
    }

    // The exception of the work reaches the context of the step, and so the run.
    private static async void Observe(Task work) => await work;

    internal void Post(Action<object?> step, object? state, string name) => Scheduler.Enqueue(Party.Hardware, step, state, name);

    internal void DiscardTranslations()
    {
        _ats?.Tlb.Clear();
        Requests.InvalidateTranslations();
    }

    /// <summary>Starts the work of the function. The machine calls this after it has added the function.</summary>
    protected virtual void OnAdded()
    {
    }

    /// <summary>Discards registers and work. The machine calls this when the function is reset or removed.</summary>
    protected virtual void OnReset()
    {
    }

    /// <summary>Returns true if the function aborts work with a PASID prefix. It then sends no page request with the prefix, and does not wait for credits.</summary>
    /// <param name="prefix">The prefix.</param>
    protected internal virtual bool IsAborting(PasidPrefix prefix) => false;

    /// <summary>Accepts a posted command. A command to a full queue is dropped.</summary>
    /// <param name="portal">The number of the portal.</param>
    /// <param name="command">The 64 bytes.</param>
    protected internal virtual void AcceptPosted(int portal, ReadOnlySpan<byte> command)
    {
    }

    /// <summary>Tries to accept a command whose sender waits for an answer.</summary>
    /// <param name="portal">The number of the portal.</param>
    /// <param name="command">The 64 bytes with the PASID.</param>
    /// <returns>True if the command was accepted; false if the sender must retry.</returns>
    protected internal virtual bool TryAccept(int portal, ReadOnlySpan<byte> command) => false;

    /// <summary>Describes the waits of the function. The scheduler calls this when a run ends in a deadlock.</summary>
    /// <param name="waits">Receives a line for each wait.</param>
    protected virtual void ExplainWaits(ICollection<string> waits) => _pri?.Requester.ExplainWaits(waits);

    /// <summary>Sends an interrupt. It arrives after all earlier writes of the function.</summary>
    /// <param name="entry">The interrupt entry. An entry that is disabled or does not exist sends nothing.</param>
    protected void SendInterrupt(int entry)
    {
        if (entry >= _interrupts.Length || _interrupts[entry] is not { } message || !MaySend(default))
            return;
        Span<byte> data = stackalloc byte[sizeof(uint)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(data, message.Data);
        Port.Write(new DmaRequest(RequesterId, message.Address, DmaAccess.Write), data);
    }

    /// <summary>
    /// Abandons the waits for page requests with a PASID. The requests stay outstanding, because their responses can still arrive.
    /// </summary>
    /// <param name="pasid">The PASID.</param>
    protected void AbandonPageRequests(Pasid pasid) => _pri?.Requester.Abandon(pasid);

    /// <summary>Sends a stop marker: no more page requests with a PASID follow. Sends nothing if page requests are disabled.</summary>
    /// <param name="pasid">The PASID.</param>
    protected void SendStopMarker(Pasid pasid) => _pri?.Requester.SendStopMarker(pasid);

    private void ResetState()
    {
        Resets++;
        _isBusMaster = false;
        Array.Clear(_interrupts);
        _pri?.RestoreDefaults();
        _ats?.Reset();
        _pasid?.Reset();
        Invalidations?.Clear();
        DiscardTranslations();
        Requests.AbortAll();
        OnReset();
    }

    private InvalidOperationException NotInMachine() => new($"{RequesterId} is not in a machine. Add it with EmulatedMachine.AddFunction.");
}
