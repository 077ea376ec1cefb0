using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// Drives one VT-d unit in scalable mode: tables, queues and interrupts. Discovers by the unit's registers what it is able to do, and touches nothing but
/// registers and memory.
/// </summary>
public sealed class VtdDriver : IInvalidationTargets, IFaultSink, IPageRequestSink
{
    private readonly UnitRegisters _registers;
    private readonly GlobalCommands _commands;
    private readonly IPlatform _platform;
    private readonly PageRequestHandler _pageRequests;
    private readonly FaultReporting _faults;
    private readonly Dictionary<RequesterId, IommuDevice> _devices = [];
    private readonly List<IInterruptVector> _vectors = [];
    private bool _hasQueue;

    internal VtdDriver(IPlatform platform, IIommuUnit unit, FrameAllocator frames, IommuOptions options, PageRequestHandler pageRequests, TearDown tearDown)
    {
        _platform = platform;
        _pageRequests = pageRequests;
        TearDown = tearDown;
        Name = unit.Name;
        _registers = new UnitRegisters(unit.Registers);
        Capabilities = ReadCapabilities(_registers, options);
        RequireScalableMode();
        Frames = frames;
        Contexts = new ContextTables(platform.Memory, frames);
        DomainIds = new DomainIds(Capabilities.NumberOfDomains);
        _commands = new GlobalCommands(Name, _registers, platform.Scheduler);
        bool drainsPageRequests = Capabilities.PageRequests && Capabilities.ExtendedCapability.PageRequestDrain;
        Invalidations = new InvalidationQueue(Name, _registers, platform, frames, targets: this, drainsPageRequests);
        _faults = new FaultReporting(Name, _registers, Capabilities, Invalidations, sink: this);
        PageRequests = new PageRequestRing(_registers, platform, frames, options.PageRequestRingOrder, sink: this);
    }

    /// <summary>Told of each request that the unit refused and recorded, in a step of its own.</summary>
    public event EventHandler<DmaFaultEventArgs>? FaultReported;

    /// <summary>What the platform calls the unit.</summary>
    public string Name { get; }

    /// <summary>What the unit is able to do.</summary>
    public VtdCapabilities Capabilities { get; }

    /// <summary>What went wrong, and how often.</summary>
    public VtdDriverStatistics Statistics =>
        new(Invalidations.Submitted, Invalidations.Timeouts, Invalidations.QueueErrors, PageRequests.Overflows, _faults.Overflows);

    internal FrameAllocator Frames { get; }

    internal IPlatform Platform => _platform;

    internal TearDown TearDown { get; }

    internal ContextTables Contexts { get; }

    internal DomainIds DomainIds { get; }

    internal InvalidationQueue Invalidations { get; }

    internal PageRequestRing PageRequests { get; }

    internal IReadOnlyCollection<IommuDevice> Devices => _devices.Values;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>
    /// Switches the unit on: queue first, then the root table with everything cached before dropped, then interrupts, then translation. Nothing is mapped yet, so
    /// every request is refused from now on.
    /// </summary>
    internal async ValueTask StartAsync()
    {
        await new UnitTakeOver(_registers, _commands, Capabilities, _platform).RunAsync();
        Invalidations.Place();
        await _commands.EnableInvalidationQueueAsync(true);
        _hasQueue = true;
        _registers.Write(
            RegisterOffsets.RootTableAddress,
            new RootTableAddressRegister { RootTable = Contexts.Root, TableMode = TranslationTableMode.Scalable });
        await _commands.SetRootTableAsync();
        await Invalidations.RunAsync(new InvalidationBatch().AllContexts().AllPasids().AllTranslations());
        Arm("faults", RegisterOffsets.FaultEventControl, _faults.Handle);
        if (Capabilities.PageRequests)
            TakePageRequests();
        await _commands.EnableTranslationAsync(true);
    }

    private async ValueTask SwitchOffAsync()
    {
        await Invalidations.RunAsync(new InvalidationBatch().AllContexts().AllPasids().AllTranslations(), drainPageRequests: true);
        await _commands.EnableTranslationAsync(false);
        EventInterrupt.Mask(_registers, RegisterOffsets.PageRequestEventControl);
        EventInterrupt.Mask(_registers, RegisterOffsets.FaultEventControl);
        await _commands.EnableInvalidationQueueAsync(false);
    }

    private void TakePageRequests()
    {
        PageRequests.Place();
        Arm("page requests", RegisterOffsets.PageRequestEventControl, () => ReadPageRequests());
    }

    /// <summary>Switches the unit off and returns its memory. No function may be attached. A unit whose start failed is switched off as far as it was on.</summary>
    internal async ValueTask StopAsync()
    {
        if (_hasQueue)
            await SwitchOffAsync();
        foreach (IInterruptVector vector in _vectors)
            vector.Dispose();
        Contexts.Free();
        Invalidations.Free();
        PageRequests.Free();
    }

    /// <summary>
    /// What has the hypervisor decide PASIDs, where this system is a guest: with caching mode, scalable mode and virtual commands that allocate (Linux register_pasid_allocator).
    /// </summary>
    /// <returns>Null where PASIDs are this system's own.</returns>
    internal VirtualCommandAllocator? CreatePasidAllocator(object numberSpace) =>
        Capabilities is { CachingMode: true, ScalableMode: true, VirtualCommands: true }
        && _registers.Read<VirtualCommandCapabilityRegister>(RegisterOffsets.VirtualCommandCapability).PasidAllocation
            ? new VirtualCommandAllocator(Name, _registers, numberSpace)
            : null;

    /// <summary>Takes everything out of the page request ring; answers that are ready go out together.</summary>
    /// <returns>Whether requests had been lost.</returns>
    internal bool ReadPageRequests() => Invalidations.PostTogether(PageRequests.Read);

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
    void IPageRequestSink.Receive(PageRequestDescriptor request) => _pageRequests.Receive(this, request);

    /// <inheritdoc/>
    void IPageRequestSink.DiscardIncomplete()
    {
        foreach (IommuDevice device in Devices)
            device.PageRequests.DiscardPartial();
    }

    private void Arm(string what, int control, Action handler)
    {
        IInterruptVector vector;
        try
        {
            vector = _platform.Interrupts.Allocate($"{Name}: {what}", handler);
        }
        catch (InvalidOperationException error)
        {
            throw new IommuException(IommuError.Busy, $"The machine has no interrupt vector for the {what} of {Name}.", error);
        }

        _vectors.Add(vector);
        EventInterrupt.Arm(_registers, control, vector.Message);
    }

    private static VtdCapabilities ReadCapabilities(UnitRegisters registers, IommuOptions options) => new(
        registers.Read<CapabilityRegister>(RegisterOffsets.Capability).Bits,
        registers.Read<ExtendedCapabilityRegister>(RegisterOffsets.ExtendedCapability).Bits,
        options.HostAddressWidth);

    private void RequireScalableMode()
    {
        if (!Capabilities.ScalableMode || !Capabilities.QueuedInvalidation)
        {
            throw new IommuException(
                IommuError.NotSupported,
                $"The unit {Name} has no scalable mode (ECAP.SMTS) or no invalidation queue (ECAP.QI): requests with PASID need both.");
        }
    }
}
