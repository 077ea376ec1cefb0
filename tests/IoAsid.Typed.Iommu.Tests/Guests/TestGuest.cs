using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The reaction of a guest to page requests.</summary>
internal enum GuestBehaviour
{
    Serves,
    Ignores,
    Throws,
}

/// <summary>A virtual machine: memory of a container, an operating system with processes whose tables are in that memory, processors, and devices.</summary>
internal sealed class TestGuest : IGuestUnit
{
    public const ulong RamBase = 0x10_0000;
    public const int RamFrames = 128;

    private const ulong RamBytes = RamFrames * (ulong)AddressRange.PageSize;

    private readonly IommuFixture _fixture;
    private readonly Dictionary<PrivateIoAsid, GuestProcess> _processes = [];

    private TestGuest(IommuFixture fixture, VfioContainer container, ulong hostRam)
    {
        _fixture = fixture;
        Container = container;
        HostRam = hostRam;
        container.Set.Observe(change => BeforeObservers?.Invoke(change), IoAsidObserverPriority.Cpu);
        Processor = new GuestProcessor(container);
        Subscription = container.Subscribe(this);
    }

    public VfioContainer Container { get; }

    public GuestProcessor Processor { get; }

    /// <summary>The subscription of the virtual unit to page requests and signals.</summary>
    public IDisposable Subscription { get; }

    /// <summary>The number of signals of complete invalidations.</summary>
    public int Signals { get; private set; }

    /// <summary>The physical address of the guest's memory in the host.</summary>
    public ulong HostRam { get; }

    public FrameAllocator Frames { get; private set; } = null!;

    public List<GuestDevice> Devices { get; } = [];

    /// <summary>The action that is called for each event before all other observers, including the processors.</summary>
    public Action<IoAsidEvent>? BeforeObservers { get; set; }

    public GuestBehaviour Behaviour { get; set; }

    /// <summary>The groups that were received and have no response of the guest.</summary>
    public List<GuestPageRequestGroup> Unanswered { get; } = [];

    public static async Task<TestGuest> StartAsync(IommuFixture fixture, string name = "vm", uint quota = 16, int devices = 1)
    {
        ulong ram = fixture.Subsystem.Frames.AllocateContiguous(RamFrames);
        VfioContainer? container = null;
        try
        {
            container = fixture.Subsystem.CreateContainer(name, quota);
            TestGuest guest = new(fixture, container, ram);
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
            fixture.Subsystem.Frames.Free(ram, RamFrames);
            throw;
        }
    }

    /// <summary>Returns the requester id of a device in all guests. They are numbered from the top.</summary>
    public static RequesterId VirtualId(int device) => new(1, 31 - device, 0);

    public async Task AssignAsync(int device)
    {
        DmaEngineDriver driver = _fixture.Drivers[device];
        Devices.Add(await Container.AssignAsync(driver.Device, VirtualId(device), pasid => driver.StopAsync(pasid, abort: true)));
    }

    public GuestProcess CreateProcess(string name = "guest process") => CreateProcess(Container.Allocate(), name);

    public GuestProcess CreateProcess(PrivateIoAsid pasid, string name = "guest process")
    {
        GuestProcess process = new(_fixture, this, pasid, new ProcessAddressSpace(Container.Memory, Frames, name));
        _processes[pasid] = process;
        return process;
    }

    public async Task<GuestProcess> CreateBoundProcessAsync(int device = 0)
    {
        GuestProcess process = CreateProcess();
        await process.BindAsync(device);
        return process;
    }

    /// <summary>Unbinds the bond that the guest names, like the hypervisor.</summary>
    /// <returns>true if the bond existed; otherwise, false.</returns>
    public async ValueTask<bool> UnbindAsync(PrivateIoAsid pasid, RequesterId virtualRequester)
    {
        if (Container.FindBond(pasid, virtualRequester) is not { } bond)
            return false;
        await bond.DisposeAsync();
        return true;
    }

    /// <summary>Ends the guest and frees its memory.</summary>
    public async Task TerminateAsync()
    {
        await Container.DisposeAsync();
        _fixture.Subsystem.Frames.Free(HostRam, RamFrames);
    }

    public void SignalInvalidation() => Signals++;

    public void Receive(GuestPageRequestGroup group)
    {
        if (Behaviour == GuestBehaviour.Throws)
            throw new InvalidOperationException("The guest's queue failed.");
        Unanswered.Add(group);
        if (Behaviour == GuestBehaviour.Serves)
            _ = ServeAsync(group);
    }

    public async Task<GuestPageRequestGroup> WaitForGroupAsync()
    {
        Assert.True(await _fixture.Machine.Scheduler.WaitUntil(() => Unanswered.Exists(group => !group.IsAnswered), TimeSpan.FromSeconds(1)));
        return Unanswered.Find(group => !group.IsAnswered)!;
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

        Unanswered.Remove(group);
        Container.Respond(group.Requester, group.Pasid, group.Index, response);
    }
}
