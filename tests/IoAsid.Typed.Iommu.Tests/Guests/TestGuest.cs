using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>What a guest does with page requests.</summary>
internal enum GuestManners
{
    Serves,
    Keeps,
    Throws,
}

/// <summary>
/// A virtual machine: memory behind a container, an operating system in it with processes whose tables lie in that memory, processors, and devices.
/// </summary>
internal sealed class TestGuest : IGuestUnit
{
    public const ulong RamBase = 0x10_0000;
    public const int RamFrames = 128;

    private const ulong RamBytes = RamFrames * (ulong)AddressRange.PageSize;

    private readonly IommuBench _bench;
    private readonly Dictionary<PrivateIoAsid, GuestProcess> _processes = [];

    private TestGuest(IommuBench bench, VfioContainer container, ulong hostRam)
    {
        _bench = bench;
        Container = container;
        HostRam = hostRam;
        container.Set.Observe(edge => FirstTold?.Invoke(edge), IoAsidObserverPriority.Cpu);
        Processor = new GuestProcessor(container);
        Subscription = container.Subscribe(this);
    }

    public VfioContainer Container { get; }

    public GuestProcessor Processor { get; }

    /// <summary>Ends the requests and signals of the virtual unit.</summary>
    public IDisposable Subscription { get; }

    /// <summary>The number of signals of complete invalidations.</summary>
    public int Signals { get; private set; }

    /// <summary>Where the guest's memory is in the host's.</summary>
    public ulong HostRam { get; }

    public FrameAllocator Frames { get; private set; } = null!;

    public List<GuestDevice> Devices { get; } = [];

    /// <summary>Told of every event before all others, the processors included.</summary>
    public Action<IoAsidEvent>? FirstTold { get; set; }

    public GuestManners Manners { get; set; }

    /// <summary>Groups that were received and not answered.</summary>
    public List<GuestPageRequestGroup> Kept { get; } = [];

    public static async Task<TestGuest> StartAsync(IommuBench bench, string name = "vm", uint quota = 16, int devices = 1)
    {
        ulong ram = bench.Subsystem.Frames.AllocateContiguous(RamFrames);
        VfioContainer? container = null;
        try
        {
            container = bench.Subsystem.CreateContainer(name, quota);
            TestGuest guest = new(bench, container, ram);
            await container.Memory.MapAsync(new AddressRange(RamBase, RamBytes), ram);
            guest.Frames = new FrameAllocator(container.Memory, [new MemoryRange(RamBase, RamBytes)]);
            for (int device = 0; device < devices; device++)
                await guest.AssignAsync(device);
            return guest;
        }
        catch
        {
            if (container is not null)
                await container.DisposeAsync();
            bench.Subsystem.Frames.Free(ram, RamFrames);
            throw;
        }
    }

    /// <summary>The requester id of a device in all guests: they are numbered from the top.</summary>
    public static RequesterId VirtualId(int device) => new(1, 31 - device, 0);

    public async Task AssignAsync(int device)
    {
        DmaEngineDriver driver = _bench.Drivers[device];
        Devices.Add(await Container.AssignAsync(driver.Device, VirtualId(device), pasid => driver.StopAsync(pasid, abort: true)));
    }

    public GuestProcess CreateProcess(string name = "guest process") => CreateProcess(Container.Allocate(), name);

    public GuestProcess CreateProcess(PrivateIoAsid pasid, string name = "guest process")
    {
        GuestProcess process = new(_bench, this, pasid, new ProcessAddressSpace(Container.Memory, Frames, name));
        _processes[pasid] = process;
        return process;
    }

    public async Task<GuestProcess> CreateBoundProcessAsync(int device = 0)
    {
        GuestProcess process = CreateProcess();
        await process.BindAsync(device);
        return process;
    }

    /// <summary>Unbinds as the hypervisor does when the guest names a bond.</summary>
    /// <returns>True if there was a bond.</returns>
    public async ValueTask<bool> UnbindAsync(PrivateIoAsid pasid, RequesterId virtualRequester)
    {
        if (Container.FindBond(pasid, virtualRequester) is not { } bond)
            return false;
        await bond.DisposeAsync();
        return true;
    }

    /// <summary>Ends the guest and gives its memory back.</summary>
    public async Task DieAsync()
    {
        await Container.DisposeAsync();
        _bench.Subsystem.Frames.Free(HostRam, RamFrames);
    }

    public void SignalInvalidation() => Signals++;

    public void Receive(GuestPageRequestGroup group)
    {
        if (Manners == GuestManners.Throws)
            throw new InvalidOperationException("The guest's queue is broken.");
        Kept.Add(group);
        if (Manners == GuestManners.Serves)
            _ = ServeAsync(group);
    }

    public async Task<GuestPageRequestGroup> WaitForGroupAsync()
    {
        Assert.True(await _bench.Machine.Scheduler.WaitUntil(() => Kept.Exists(group => !group.IsAnswered), TimeSpan.FromSeconds(1)));
        return Kept.Find(group => !group.IsAnswered)!;
    }

    private async Task ServeAsync(GuestPageRequestGroup group)
    {
        PageResponse response = PageResponse.Success;
        foreach (PageRequest request in group.Requests)
        {
            if (!_processes.TryGetValue(group.Pasid, out GuestProcess? process)
                || await process.Memory.HandleFaultAsync(request.Address, request.Rights) != PageFaultOutcome.Handled)
                response = PageResponse.InvalidRequest;
        }

        Kept.Remove(group);
        Container.Respond(group.Requester, group.Pasid, group.Index, response);
    }
}
