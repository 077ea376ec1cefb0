using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The operating system's side of a machine's remapping units. It drives the units and owns the PASIDs. Each kind of PASID has a set of its own: the page
/// request handler reads <see cref="SvaBindings"/> and never finds <see cref="AuxiliaryDomains"/>.
/// </summary>
/// <remarks>The subsystem runs in steps of the machine's scheduler and is not thread-safe. Code between two awaits is one step.</remarks>
public sealed class IommuSubsystem : IAsyncDisposable, IPlatformObserver
{
    private readonly IPlatform _platform;
    private readonly IommuOptions _options;
    private readonly List<VtdDriver> _units = [];
    private readonly List<IAsyncDisposable> _containers = [];
    private readonly TearDown _tearDown = new();
    private readonly SingleRun _end = new();
    private readonly IDisposable _removals;

    private IommuSubsystem(IPlatform platform, IommuOptions options)
    {
        _platform = platform;
        _options = options;
        Frames = new FrameAllocator(platform.Memory, platform.Ram);
        Pasids = options.Pasids is { } pasids ? new IoAsidSpace(pasids) : new IoAsidSpace();
        SvaSet = Pasids.CreateSet<SvaBinding>("sva");
        AuxiliarySet = Pasids.CreateSet<AuxiliaryDomain>("aux");
        PageRequests = new PageRequestHandler(platform.Scheduler.Clock, SvaSet, options.PageRequestTimeout);
        Sva = new SharedVirtualAddressing(SvaSet, options.SetsFirstStageAddressWidth);
        foreach (IIommuUnit unit in platform.Units)
            _units.Add(new VtdDriver(platform, unit, Frames, options, PageRequests, _tearDown));
        _removals = platform.Subscribe(this);
    }

    /// <summary>Raised when a disposal could not tear an object down because a unit does not work. The disposal continues. Handlers must not throw.</summary>
    public event EventHandler<IommuErrorEventArgs>? TearDownFailed
    {
        add => _tearDown.Failed += value;
        remove => _tearDown.Failed -= value;
    }

    /// <summary>Raised when the service of a group of page requests threw an exception. The group has the response Invalid Request.</summary>
    public event EventHandler<IommuErrorEventArgs>? PageRequestFailed
    {
        add => PageRequests.Failed += value;
        remove => PageRequests.Failed -= value;
    }

    /// <summary>The allocator of the machine's memory.</summary>
    public FrameAllocator Frames { get; }

    /// <summary>The number space of PASIDs. All devices share it, because one shared work queue serves several devices.</summary>
    public IoAsidSpace Pasids { get; }

    /// <summary>The bindings of shared virtual addressing, native and of guests. Only this class binds and unbinds them.</summary>
    public IoAsidReader<SvaBinding> SvaBindings => SvaSet;

    /// <summary>The attached auxiliary domains. The page request handler never finds them.</summary>
    public IoAsidReader<AuxiliaryDomain> AuxiliaryDomains => AuxiliarySet;

    /// <summary>The counts of page requests and of their responses.</summary>
    public PageRequestStatistics PageRequestStatistics => PageRequests.Statistics;

    /// <summary>The drivers of the units.</summary>
    public IReadOnlyList<VtdDriver> Units => _units;

    internal PageRequestHandler PageRequests { get; }

    internal SharedVirtualAddressing Sva { get; }

    internal IoAsidSet<SvaBinding> SvaSet { get; }

    internal IoAsidSet<AuxiliaryDomain> AuxiliarySet { get; }

    private bool HasIncoherentWalks => _units.Exists(unit => !unit.Capabilities.PageWalkCoherency);

    /// <summary>Starts all units of a machine.</summary>
    /// <param name="platform">The machine.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the wait. A subsystem that starts after the cancellation is disposed.</param>
    /// <returns>The running subsystem. The units refuse requests of a function until the function is added.</returns>
    /// <exception cref="IommuException">A unit lacks a required capability or does not work, or no memory is left. All units are stopped again.</exception>
    public static ValueTask<IommuSubsystem> StartAsync(IPlatform platform, IommuOptions? options = null, CancellationToken cancellationToken = default) =>
        StartAllAsync(platform, options ?? new IommuOptions()).OrDisposed(cancellationToken);

    /// <summary>
    /// Adds a function. The function gets a context entry and a PASID table of its own, and reaches no memory until a domain or a process is attached.
    /// </summary>
    /// <param name="function">The function, behind one of the units.</param>
    /// <param name="cancellationToken">Cancels the wait. The function is added anyway, and a second call returns the device.</param>
    /// <returns>The device, or the existing device if the function was added before. Disposing the device removes the function from the subsystem.</returns>
    /// <exception cref="ArgumentException">The function is behind none of the units.</exception>
    /// <exception cref="IommuException">No memory is left for the tables, or a removed function that was not disposed has the same requester id.</exception>
    public ValueTask<IommuDevice> AddAsync(IPciFunction function, CancellationToken cancellationToken = default) =>
        AddAsync(function).UnlessCancelled(cancellationToken);

    /// <summary>
    /// Opens a function for one driver, with a domain of its own into which the memory of the driver is mapped, like VFIO in Linux. The same driver runs on Linux, where
    /// <c>IoAsid.Typed.Linux</c> opens the device.
    /// </summary>
    /// <param name="function">The function, behind one of the units.</param>
    /// <param name="cancellationToken">Cancels the wait. A device that is opened after the cancellation is disposed.</param>
    /// <returns>The device. Disposing it removes the function from the subsystem.</returns>
    /// <exception cref="ArgumentException">The function is behind none of the units.</exception>
    /// <exception cref="IommuException">
    /// Busy: the function was already added or opened. NotSupported: the unit can walk no kind of tables for it. NoMemory: no memory is left for its tables. Nothing changed.
    /// </exception>
    public ValueTask<IDmaDevice> OpenAsync(IPciFunction function, CancellationToken cancellationToken = default) => OpenAsync(function).OrDisposed(cancellationToken);

    /// <summary>Attaches an address space of an opened device to the PASID of an id. The id stays bound until the PASID is drained.</summary>
    /// <typeparam name="TData">The data type of the id's set.</typeparam>
    /// <param name="device">The device, opened by <see cref="OpenAsync(IPciFunction, CancellationToken)"/>.</param>
    /// <param name="space">The address space, created by the device.</param>
    /// <param name="id">The id, of a set of <see cref="Pasids"/>. Its number is from 1 to <see cref="IDmaDevice.MaximumPasid"/>.</param>
    /// <param name="cancellationToken">Cancels the wait. An attachment that completes after the cancellation is disposed.</param>
    /// <returns>The attachment. Disposing it detaches the address space, and then ends the binding of the id.</returns>
    /// <exception cref="ArgumentException">
    /// The device was opened by another subsystem, the address space belongs to another device, the id belongs to another space, or its number is out of range. Nothing changed.
    /// </exception>
    /// <exception cref="NotSupportedException">The device has no PASIDs.</exception>
    /// <exception cref="InvalidOperationException">The PASID is attached already. Nothing changed.</exception>
    /// <exception cref="StaleIoAsidException">The id was freed. Nothing changed.</exception>
    /// <exception cref="DmaMemoryException">Not enough memory is left for tables. Nothing changed.</exception>
    /// <exception cref="ObjectDisposedException">The device or the address space was disposed.</exception>
    [return: TakesOwnership]
    public ValueTask<IDmaAttachment> AttachPasidAsync<TData>(IDmaDevice device, IDmaAddressSpace space, IoAsidHandle<TData> id, CancellationToken cancellationToken = default)
        where TData : class
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device is not IommuDmaDevice own || !own.IsOf(this))
            throw new ArgumentException($"{device.Name} was not opened by this subsystem. Open it by OpenAsync.", nameof(device));
        if (id.Set.Space != Pasids)
            throw new ArgumentException($"The id {id.Id} belongs to another space. Create its set in Pasids of this subsystem.", nameof(id));
        return own.AttachAsync(space, id, cancellationToken);
    }

    /// <summary>Creates a process: an empty address space.</summary>
    /// <param name="name">The display name.</param>
    /// <param name="levels">The number of levels of its page tables, 4 or 5.</param>
    /// <returns>The process. If a unit cannot set accessed and dirty bits, entries have both bits set from the start.</returns>
    /// <exception cref="IommuException">No memory is left for the topmost table.</exception>
    public ProcessAddressSpace CreateProcess(string name, int levels = 4) => new(_platform.Memory, Frames, name, levels, HasIncoherentWalks);

    /// <summary>Binds a process to a device. If the process is already bound to the device, the attachment gets another user.</summary>
    /// <param name="device">The device, with features enabled by <see cref="IommuDevice.EnableSharedVirtualAddressingAsync"/>.</param>
    /// <param name="process">The process. It has not exited.</param>
    /// <param name="cancellationToken">Cancels the wait. A bond that completes after the cancellation is disposed.</param>
    /// <returns>The bond. Disposing it unbinds the process.</returns>
    /// <exception cref="IommuException">
    /// NotSupported: page requests are not enabled, or the unit cannot walk the tables. Exited: the process has exited. NoPasid: no PASID is left. PasidTooWide: the
    /// device cannot send the PASID of the process. Nothing changed.
    /// </exception>
    public ValueTask<SvaBond> BindAsync(IommuDevice device, ProcessAddressSpace process, CancellationToken cancellationToken = default) =>
        Sva.BindAsync(device, process).OrDisposed(cancellationToken);

    /// <summary>Creates a domain. Its owner maps addresses to memory.</summary>
    /// <param name="name">The display name.</param>
    /// <param name="width">The width of the addresses. Each unit of an attached device must support the width.</param>
    /// <param name="kind">The way in which it translates.</param>
    /// <exception cref="IommuException">No memory is left for the topmost table.</exception>
    public DmaDomain CreateDomain(string name, AddressWidth width = AddressWidth.Bits48, DomainKind kind = DomainKind.SecondStage) => new(name, kind switch
    {
        DomainKind.SecondStage => new SecondStageTables(_platform.Memory, Frames, width, CommonLargePages()),
        DomainKind.FirstStage => new FirstStageTables(
            _platform.Memory,
            Frames,
            width,
            _units.TrueForAll(unit => unit.Capabilities.OneGigabyteFirstStagePages),
            HasIncoherentWalks,
            _options.SetsFirstStageAddressWidth),
        DomainKind.PassThrough => new PassThroughTables(width),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A domain has one of the three kinds."),
    });

    /// <summary>Creates a domain that devices reach by a PASID of its own.</summary>
    /// <param name="name">The display name.</param>
    /// <param name="width">The width of its addresses.</param>
    /// <exception cref="IommuException">No memory is left for the topmost table.</exception>
    public AuxiliaryDomain CreateAuxiliaryDomain(string name, AddressWidth width = AddressWidth.Bits48) => new(CreateDomain(name, width), AuxiliarySet);

    /// <summary>Creates the container of a virtual machine.</summary>
    /// <param name="name">The display name.</param>
    /// <param name="quota">The largest number of PASIDs that the guest may have at a time.</param>
    /// <returns>The container. Disposing the container ends the guest.</returns>
    /// <exception cref="IommuException">
    /// NoPasid: fewer than <paramref name="quota"/> PASIDs are left. NoMemory: no memory is left for the guest's second stage. Nothing changed.
    /// </exception>
    public VfioContainer CreateContainer(string name, uint quota)
    {
        VfioContainer container = new(name, quota, this, _platform.Memory);
        _containers.Add(container);
        return container;
    }

    /// <summary>Attaches a domain for a device's requests without PASID.</summary>
    /// <param name="device">The device. No other domain is attached for such requests.</param>
    /// <param name="domain">The domain.</param>
    /// <param name="cancellationToken">Cancels the wait. An attachment that completes after the cancellation is disposed.</param>
    /// <returns>The attachment. Disposing the attachment detaches the domain.</returns>
    /// <exception cref="IommuException">Busy: a domain is already attached. NotSupported: the unit cannot walk the tables. Nothing changed.</exception>
    public static ValueTask<DomainAttachment> AttachAsync(IommuDevice device, DmaDomain domain, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(domain);
        return DomainAttachment.BeginAsync(domain, device).OrDisposed(cancellationToken);
    }

    /// <summary>
    /// Ends all guests, bonds and attachments, removes all functions and stops the units. A failure raises <see cref="TearDownFailed"/> and is not thrown, so
    /// that it does not replace the exception that caused the disposal. A second disposal waits for the first.
    /// </summary>
    public ValueTask DisposeAsync() => _end.RunAsync(TearDownAsync);

    /// <inheritdoc/>
    void IPlatformObserver.FunctionRemoved(IPciFunction function)
    {
        // The unit drops the requests of the function, and its page requests get no response. The owners of the bonds dispose them.
        if (Find(function) is { } device)
            _ = device.IsolateAsync().AsTask();
    }

    internal void Remove(VfioContainer container) => _containers.Remove(container);

    private static async ValueTask<IommuSubsystem> StartAllAsync(IPlatform platform, IommuOptions options)
    {
        ArgumentNullException.ThrowIfNull(platform);
        IommuSubsystem subsystem = new(platform, options);
        try
        {
            await subsystem.StartUnitsAsync();
            return subsystem;
        }
        catch
        {
            await subsystem.DisposeAsync();
            throw;
        }
    }

    private async ValueTask StartUnitsAsync()
    {
        foreach (VtdDriver unit in _units)
        {
            await unit.StartAsync();
            if (unit.CreatePasidAllocator(numberSpace: _platform) is { } allocator)
                Pasids.RegisterAllocator(allocator);
        }
    }

    private async ValueTask TearDownAsync()
    {
        await _tearDown.DisposeAllAsync(_containers);
        await _tearDown.DisposeAllAsync(_units.SelectMany(unit => unit.Devices));
        foreach (VtdDriver unit in _units)
            await _tearDown.RunAsync(unit, unit.StopAsync);
        _removals.Dispose();
        PageRequests.Stop();
        Pasids.Dispose();
    }

    private async ValueTask<IDmaDevice> OpenAsync(IPciFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (Find(function) is not null)
            throw new IommuException(IommuError.Busy, $"{function.RequesterId} already has a user. Dispose its device first.");
        return await IommuDmaDevice.OpenAsync(this, _platform, await AddAsync(function));
    }

    private async ValueTask<IommuDevice> AddAsync(IPciFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (Find(function) is { IsDisposing: false } known)
            return known;
        VtdDriver unit = UnitOf(function);
        if (unit.Find(function.RequesterId) is not null)
            throw new IommuException(IommuError.Busy, $"{function.RequesterId} is the requester id of another function. Dispose its device first.");
        IommuDevice device = new(unit, function);
        try
        {
            unit.Contexts.Reserve(function.RequesterId);
        }
        catch
        {
            device.FreeTables();
            throw;
        }

        unit.Add(device);
        await device.ConnectAsync();
        return device;
    }

    // A domain may be attached behind any unit, so it has only the page sizes of all units.
    private int CommonLargePages() => _units.Aggregate(3, (common, unit) => common & unit.Capabilities.SecondStageLargePages);

    private IommuDevice? Find(IPciFunction function) => _units.SelectMany(unit => unit.Devices).FirstOrDefault(device => device.Function == function);

    private VtdDriver UnitOf(IPciFunction function)
    {
        for (int unit = 0; unit < _units.Count; unit++)
        {
            if (_platform.Units[unit].Functions.Contains(function))
                return _units[unit];
        }

        throw new ArgumentException($"{function.RequesterId} is behind none of the units {string.Join(", ", _units)}.", nameof(function));
    }
}
