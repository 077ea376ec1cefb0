using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The driver of one VT-d unit in scalable mode, with its tables, queues and interrupts. It reads the capabilities of the unit from registers, and uses only
/// registers and memory.
/// </summary>
public sealed class VtdDriver : IInvalidationTargets, IFaultSink, IPageRequestSink
{
    private readonly DriverRegisters _registers;
    private readonly GlobalCommands _commands;
    private readonly IPlatform _platform;
    private readonly PageRequestHandler _pageRequests;
    private readonly FaultReporting _faults;
    private readonly Dictionary<RequesterId, IommuDevice> _devices = [];
    private readonly List<IInterruptVector> _vectors = [];
    private readonly Func<bool> _readRing;
    private bool _hasQueue;

    internal VtdDriver(IPlatform platform, IIommuUnit unit, FrameAllocator frames, IommuOptions options, PageRequestHandler pageRequests, TearDown tearDown)
    {
        _platform = platform;
        _pageRequests = pageRequests;
        TearDown = tearDown;
        Name = unit.Name;
        _registers = new DriverRegisters(unit.Registers);
        Capabilities = ReadCapabilities(_registers, options);
        RequireScalableMode();
        Frames = frames;
        Contexts = new ContextTables(platform.Memory, frames);
        DomainIds = new DomainIds(Capabilities.NumberOfDomains);
        _commands = new GlobalCommands(Name, _registers, platform.Scheduler);
        bool drainsPageRequests = Capabilities.PageRequests && Capabilities.ExtendedCapability.PageRequestDrain;
        Invalidations = new InvalidationQueue(Name, _registers, platform, frames, targets: this, drainsPageRequests);
        _faults = new FaultReporting(Name, _registers, Capabilities, Invalidations, sink: this);
        PageRequests = new PageRequestQueue(_registers, platform, frames, options.PageRequestRingOrder, sink: this);
        _readRing = PageRequests.Read;
    }

    /// <summary>Raised when the unit recorded a fault. Each fault is reported in a step of its own.</summary>
    public event EventHandler<DmaFaultEventArgs>? FaultReported;

    /// <summary>The name of the unit on the platform.</summary>
    public string Name { get; }

    /// <summary>The capabilities of the unit.</summary>
    public VtdCapabilities Capabilities { get; }

    /// <summary>The counts of invalidations, errors and overflows.</summary>
    public VtdDriverStatistics Statistics =>
        new(Invalidations.Submitted, Invalidations.Timeouts, Invalidations.QueueErrors, PageRequests.Overflows, _faults.Overflows);

    internal FrameAllocator Frames { get; }

    internal IPlatform Platform => _platform;

    internal TearDown TearDown { get; }

    internal ContextTables Contexts { get; }

    internal DomainIds DomainIds { get; }

    internal InvalidationQueue Invalidations { get; }

    internal PageRequestQueue PageRequests { get; }

    internal IReadOnlyCollection<IommuDevice> Devices => _devices.Values;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>
    /// Starts the unit. The invalidation queue is enabled first, then the root table is set and all caches are invalidated, then interrupts and translation are
    /// enabled. No context entry is present yet, so the unit refuses every request.
    /// </summary>
    internal async ValueTask StartAsync()
    {
        await new UnitTakeOver(_registers, _commands, Capabilities, _platform).RunAsync();
        Invalidations.WriteRegisters();
        await _commands.EnableInvalidationQueueAsync(true);
        _hasQueue = true;
        _registers.Write(
            RegisterOffsets.RootTableAddress,
            new RootTableAddressRegister { RootTable = Contexts.Root, TableMode = TranslationTableMode.Scalable });
        await _commands.SetRootTableAsync();
        await Invalidations.RunAsync(new InvalidationBatch().AllContexts().AllPasids().AllTranslations());
        EnableInterrupt("faults", RegisterOffsets.FaultEventControl, _faults.Handle);
        if (Capabilities.PageRequests)
            StartPageRequests();
        await _commands.EnableTranslationAsync(true);
    }

    private async ValueTask DisableAsync()
    {
        await Invalidations.RunAsync(new InvalidationBatch().AllContexts().AllPasids().AllTranslations(), drainPageRequests: true);
        await _commands.EnableTranslationAsync(false);
        EventInterrupt.Mask(_registers, RegisterOffsets.PageRequestEventControl);
        EventInterrupt.Mask(_registers, RegisterOffsets.FaultEventControl);
        await _commands.EnableInvalidationQueueAsync(false);
    }

    private void StartPageRequests()
    {
        PageRequests.WriteRegisters();
        EnableInterrupt("page requests", RegisterOffsets.PageRequestEventControl, () => ReadPageRequests());
    }

    /// <summary>Stops the unit and frees its memory. No function may be attached. A unit whose start failed is stopped as far as it was started.</summary>
    internal async ValueTask StopAsync()
    {
        if (_hasQueue)
            await DisableAsync();
        foreach (IInterruptVector vector in _vectors)
            vector.Dispose();
        Contexts.Free();
        Invalidations.Free();
        PageRequests.Free();
    }

    /// <summary>
    /// Creates the allocator that lets the hypervisor choose PASIDs, if this system is a guest. The unit then has caching mode, scalable mode and virtual
    /// commands that allocate (Linux 5.10 <c>register_pasid_allocator</c>).
    /// </summary>
    /// <returns>The allocator, or null if this system chooses its PASIDs itself.</returns>
    internal VirtualCommandAllocator? CreatePasidAllocator(object numberSpace) =>
        Capabilities is { CachingMode: true, ScalableMode: true, VirtualCommands: true }
        && _registers.Read<VirtualCommandCapabilityRegister>(RegisterOffsets.VirtualCommandCapability).PasidAllocation
            ? new VirtualCommandAllocator(Name, _registers, numberSpace)
            : null;

    /// <summary>Reads all page requests from the ring. Responses that are ready are submitted together.</summary>
    /// <returns>true if the ring had overflowed; otherwise, false.</returns>
    internal bool ReadPageRequests() => Invalidations.PostTogether(_readRing);

    internal void Add(IommuDevice device) => _devices.Add(device.RequesterId, device);

    internal void Remove(IommuDevice device) => _devices.Remove(device.RequesterId);

    internal IommuDevice? Find(RequesterId requester) => _devices.GetValueOrDefault(requester);

    /// <inheritdoc/>
    bool IInvalidationTargets.IsReachable(RequesterId requester) => Find(requester) is { IsReachable: true };

    /// <inheritdoc/>
    ValueTask IInvalidationTargets.IsolateAsync(RequesterId requester) =>
        Find(requester) is { } device ? device.IsolateAsync() : ValueTask.CompletedTask;

    /// <inheritdoc/>
    void IFaultSink.Report(DmaFault fault) => FaultReported?.Invoke(this, new DmaFaultEventArgs(fault));

    /// <inheritdoc/>
    void IPageRequestSink.Receive(in PageRequestDescriptor request) => _pageRequests.Receive(this, request);

    /// <inheritdoc/>
    void IPageRequestSink.DiscardIncomplete()
    {
        foreach (IommuDevice device in Devices)
            device.PageRequests.DiscardIncomplete();
    }

    private void EnableInterrupt(string events, int control, Action handler)
    {
        IInterruptVector vector;
        try
        {
            vector = _platform.Interrupts.Allocate($"{Name}: {events}", handler);
        }
        catch (InvalidOperationException error)
        {
            throw new IommuException(IommuError.Busy, $"The machine has no free interrupt vector for the {events} of {Name}.", error);
        }

        _vectors.Add(vector);
        EventInterrupt.Enable(_registers, control, vector.Message);
    }

    private static VtdCapabilities ReadCapabilities(DriverRegisters registers, IommuOptions options) => new(
        registers.Read<CapabilityRegister>(RegisterOffsets.Capability).Bits,
        registers.Read<ExtendedCapabilityRegister>(RegisterOffsets.ExtendedCapability).Bits,
        options.HostAddressWidth);

    private void RequireScalableMode()
    {
        if (!Capabilities.ScalableMode || !Capabilities.QueuedInvalidation)
        {
            throw new IommuException(
                IommuError.NotSupported,
                $"The unit {Name} has no scalable mode (ECAP.SMTS) or no invalidation queue (ECAP.QI). Requests with PASID need both.");
        }
    }
}
