using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The operating system's side of a machine's remapping units: drives them, owns the PASIDs, and has the flows on top. The sets are the tree that this project
/// is about: <see cref="SvaBindings"/> is what the page request handler reads, <see cref="AuxiliaryDomains"/> is what it never finds.
/// </summary>
/// <remarks>Runs in steps of the machine's scheduler; not thread-safe. Code between two awaits is one step.</remarks>
public sealed class IommuSubsystem : IAsyncDisposable
{
    private readonly IPlatform _platform;
    private readonly List<VtdDriver> _units = [];
    private readonly Dictionary<IPciFunction, IommuDevice> _devices = [];
    private readonly IDisposable _removals;
    private readonly AsyncLock _disposing = new();
    private bool _isDisposed;

    private IommuSubsystem(IPlatform platform, IommuOptions options)
    {
        _platform = platform;
        Frames = new FrameAllocator(platform.Memory, platform.Ram);
        Pasids = options.Pasids is { } pasids ? new IoAsidSpace(pasids) : new IoAsidSpace();
        SvaSet = Pasids.CreateSet<SvaBinding>("sva");
        AuxiliarySet = Pasids.CreateSet<AuxiliaryDomain>("aux");
        PageRequests = new PageRequestHandler(platform.Scheduler, SvaSet, options.PageRequestTimeout);
        Sva = new SharedVirtualAddressing(SvaSet, PageRequests);
        foreach (IIommuUnit unit in platform.Units)
            _units.Add(new VtdDriver(platform, unit, Frames, options, PageRequests));
        _removals = platform.ObserveRemoval(OnRemoved);
    }

    /// <summary>The machine's free memory.</summary>
    public FrameAllocator Frames { get; }

    /// <summary>The one number space of PASIDs: shared work queues cross devices, so one for all.</summary>
    public IoAsidSpace Pasids { get; }

    /// <summary>What is bound by shared virtual addressing, native and of guests. To be read: what is in it is bound and unbound by this class.</summary>
    public IoAsidReader<SvaBinding> SvaBindings => SvaSet;

    /// <summary>The auxiliary domains that are attached. Page requests never find these.</summary>
    public IoAsidReader<AuxiliaryDomain> AuxiliaryDomains => AuxiliarySet;

    /// <summary>Answers page requests.</summary>
    public PageRequestHandler PageRequests { get; }

    /// <summary>Binds processes to devices.</summary>
    public SharedVirtualAddressing Sva { get; }

    /// <summary>The units.</summary>
    public IReadOnlyList<VtdDriver> Units => _units;

    internal IoAsidSet<SvaBinding> SvaSet { get; }

    internal IoAsidSet<AuxiliaryDomain> AuxiliarySet { get; }

    /// <summary>Switches all units of a machine on.</summary>
    /// <param name="platform">The machine.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>The running subsystem. Functions are refused everything until they are added.</returns>
    /// <exception cref="IommuException">A unit lacks what is needed, or there is no memory.</exception>
    public static async ValueTask<IommuSubsystem> StartAsync(IPlatform platform, IommuOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(platform);
        IommuSubsystem subsystem = new(platform, options ?? new IommuOptions());
        foreach (VtdDriver unit in subsystem._units)
        {
            await unit.StartAsync();
            if (unit.CreatePasidAllocator(numberSpace: platform) is { } allocator)
                subsystem.Pasids.RegisterAllocator(allocator);
        }

        return subsystem;
    }

    /// <summary>Takes a function under control: it gets tables of its own, and reaches nothing until something is attached.</summary>
    /// <param name="function">The function, plugged in behind one of the units.</param>
    /// <returns>The device; the same one if it was added before.</returns>
    /// <exception cref="ArgumentException">The function is behind none of the units.</exception>
    /// <exception cref="IommuException">There is no memory for its tables, or a function that was pulled out and not given up has its requester id.</exception>
    public async ValueTask<IommuDevice> AddAsync(IPciFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (_devices.TryGetValue(function, out IommuDevice? known))
            return known;
        VtdDriver unit = UnitOf(function);
        if (unit.Find(function.RequesterId) is not null)
            throw new IommuException(IommuError.Busy, $"{function.RequesterId} is the requester id of another function. Give that one up first.");
        IommuDevice device = new(unit, function);
        try
        {
            device.Unit.Contexts.Reserve(function.RequesterId);
        }
        catch
        {
            device.FreeTables();
            throw;
        }

        _devices.Add(function, device);
        device.Unit.Add(device);
        await device.ConnectAsync();
        return device;
    }

    /// <summary>Makes a process: an address space with nothing in it.</summary>
    /// <param name="name">What it is called, for people.</param>
    /// <param name="levels">How many levels its page tables have, 4 or 5.</param>
    /// <exception cref="IommuException">There is no memory for its top table.</exception>
    public ProcessAddressSpace CreateProcess(string name, int levels = 4) => new(_platform.Memory, Frames, name, levels);

    /// <summary>Makes a domain that its owner fills.</summary>
    /// <param name="name">What it is called, for people.</param>
    /// <param name="width">How wide its addresses are. Every unit it is attached to must support that.</param>
    /// <exception cref="IommuException">There is no memory for its top table.</exception>
    public DmaDomain CreateDomain(string name, AddressWidth width = AddressWidth.Bits48) =>
        new(name, new SecondStageTables(_platform.Memory, Frames, width, CommonLargePages()));

    /// <summary>Makes a domain that devices reach by a PASID of its own.</summary>
    /// <param name="name">What it is called, for people.</param>
    /// <param name="width">How wide its addresses are.</param>
    /// <exception cref="IommuException">There is no memory for its top table.</exception>
    public AuxiliaryDomain CreateAuxiliaryDomain(string name, AddressWidth width = AddressWidth.Bits48) =>
        new(CreateDomain(name, width), AuxiliarySet, PageRequests);

    /// <summary>Makes what a virtual machine has of the IOMMU.</summary>
    /// <param name="name">What it is called, for people.</param>
    /// <param name="quota">How many PASIDs the guest may have at a time.</param>
    /// <exception cref="IoAsidQuotaException">Fewer are left. Nothing changed.</exception>
    /// <exception cref="IommuException">There is no memory for the guest's second stage.</exception>
    public VfioContainer CreateContainer(string name, uint quota) => new(name, quota, this, _platform.Memory);

    /// <summary>Has a device's requests without PASID go through a domain.</summary>
    /// <param name="device">The device; nothing is attached for such requests.</param>
    /// <param name="domain">The domain.</param>
    /// <returns>Disposing it detaches.</returns>
    /// <exception cref="IommuException">Busy: a domain is attached already. NotSupported: the unit cannot walk the tables. Nothing changed.</exception>
    public static ValueTask<DomainAttachment> AttachAsync(IommuDevice device, DmaDomain domain)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(domain);
        return DomainAttachment.BeginAsync(domain, device);
    }

    /// <summary>Gives a function up, with PASIDs, device TLB and page requests switched off. Nothing may be attached to it.</summary>
    /// <param name="device">The device. Nothing can be done with it any more; adding the function again makes another.</param>
    /// <exception cref="IommuException">Something is attached still, or the device is being reset.</exception>
    public async ValueTask RemoveAsync(IommuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.AttachedPasids.Count > 0)
            throw new IommuException(IommuError.Busy, $"PASIDs {string.Join(", ", device.AttachedPasids)} of {device} are attached. Unbind and detach them first.");
        if (device.State == DeviceState.Resetting)
            throw new IommuException(IommuError.Busy, $"{device} is being reset. Give it up when that is done.");
        if (!_devices.Remove(device.Function))
            return;
        await device.DisconnectAsync();
        device.Unit.Remove(device);
    }

    /// <summary>Gives up all functions and switches the units off. Nothing may be attached. A second time does nothing.</summary>
    /// <exception cref="IommuException">Something is attached still.</exception>
    public async ValueTask DisposeAsync()
    {
        using AsyncLock.Releaser turn = await _disposing.EnterAsync();
        if (_isDisposed)
            return;
        foreach (IommuDevice device in _devices.Values.ToList())
            await RemoveAsync(device);
        foreach (VtdDriver unit in _units)
            await unit.StopAsync();
        _removals.Dispose();
        PageRequests.Stop();
        Pasids.Dispose();
        _isDisposed = true;
    }

    // A domain may be attached behind any unit, so it has only pages that all of them know.
    private int CommonLargePages() => _units.Aggregate(3, (common, unit) => common & unit.Capabilities.SecondStageLargePages);

    private VtdDriver UnitOf(IPciFunction function)
    {
        for (int unit = 0; unit < _units.Count; unit++)
        {
            if (_platform.Units[unit].Functions.Contains(function))
                return _units[unit];
        }

        throw new ArgumentException($"{function.RequesterId} is behind none of the units {string.Join(", ", _units)}.", nameof(function));
    }

    // Its requests are dropped, its page requests answered by nobody any more, its bonds ended by their owners.
    private void OnRemoved(IPciFunction function)
    {
        if (_devices.TryGetValue(function, out IommuDevice? device))
            _ = device.IsolateAsync().AsTask();
    }
}
