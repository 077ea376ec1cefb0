using IoAsid.Typed;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;
using IoAsid.Typed.Vtd;

namespace VfioGuest;

/// <summary>
/// A virtual machine. <see cref="StartAsync"/> and <see cref="TerminateAsync"/> are the work of the hypervisor. All other members are the guest's own system, which knows
/// guest-physical memory, its own PASIDs and its own name for the engine.
/// </summary>
internal sealed class GuestSystem : IGuestUnit
{
    public static readonly RequesterId Engine = new(1, 31, 0);

    private const ulong RamBase = 0x10_0000;
    private const int RamFrames = 256;
    private const uint Quota = 8;

    private readonly IommuSubsystem _host;
    private readonly Func<GuestPageRequestGroup, Task> _serve;
    private readonly ulong _hostRam;
    private readonly Dictionary<PrivateIoAsid, ProcessAddressSpace> _processes = [];
    private readonly Queue<GuestPageRequestGroup> _waiting = [];

    private GuestSystem(IommuSubsystem host, VfioContainer container, Func<GuestPageRequestGroup, Task>? serve)
    {
        _host = host;
        _serve = serve ?? ServeAsync;
        _hostRam = host.Frames.AllocateContiguous(RamFrames);
        Container = container;
        Processor = new GuestProcessor(container);
        container.Subscribe(this);
    }

    public VfioContainer Container { get; }

    public GuestProcessor Processor { get; }

    public GuestDevice Device { get; private set; } = null!;

    public FrameAllocator Frames { get; private set; } = null!;

    /// <summary>Gets or sets a value indicating whether the guest delays its page requests.</summary>
    public bool IsBusy { get; set; }

    /// <summary>The group of page requests that has waited longest.</summary>
    public GuestPageRequestGroup? Waiting => _waiting.TryPeek(out GuestPageRequestGroup? group) ? group : null;

    /// <summary>Starts a guest.</summary>
    /// <param name="host">The host.</param>
    /// <param name="engine">The engine that the guest gets.</param>
    /// <param name="name">The display name.</param>
    /// <param name="serve">Serves the guest's page requests; null for the guest's own system.</param>
    public static async Task<GuestSystem> StartAsync(IommuSubsystem host, DmaEngineDriver engine, string name, Func<GuestPageRequestGroup, Task>? serve = null)
    {
        GuestSystem guest = new(host, host.CreateContainer(name, Quota), serve);
        AddressRange ram = new(RamBase, RamFrames * (ulong)AddressRange.PageSize);
        await guest.Container.Memory.MapAsync(ram, guest._hostRam);
        guest.Frames = new FrameAllocator(guest.Container.Memory, [new MemoryRange(ram.Start, ram.Length)]);
        // The guest cannot stop the engine; the host does.
        guest.Device = await guest.Container.AssignAsync(engine.Device, Engine, pasid => engine.StopAsync(pasid, abort: true));
        return guest;
    }

    public async Task<GuestProcess> CreateProcessAsync(string name)
    {
        ProcessAddressSpace memory = new(Container.Memory, Frames, name);
        PrivateIoAsid pasid = Container.Allocate();
        await Container.BindAsync(pasid, Engine, new GuestPageTable(memory.Root));
        _processes.Add(pasid, memory);
        return new GuestProcess(this, pasid, memory);
    }

    public void Receive(GuestPageRequestGroup group)
    {
        if (IsBusy)
            _waiting.Enqueue(group);
        else
            _ = _serve(group);
    }

    public void SignalInvalidation()
    {
        // This guest waits for each invalidation.
    }

    /// <summary>Serves the waiting groups, and later groups at once.</summary>
    public async Task ResumeAsync()
    {
        IsBusy = false;
        while (_waiting.TryDequeue(out GuestPageRequestGroup? group))
            await _serve(group);
    }

    public async Task TerminateAsync()
    {
        // Frees and drains everything, including unfinished operations of the guest. After that no device reaches the memory of the guest.
        await Container.DisposeAsync();
        Processor.Dispose();
        _host.Frames.Free(_hostRam, RamFrames);
    }

    private async Task ServeAsync([Answers] GuestPageRequestGroup group) =>
        group.Respond(await BringInAsync(_processes[group.Pasid], group.Requests) ? PageResponse.Success : PageResponse.InvalidRequest);

    private static async Task<bool> BringInAsync(ProcessAddressSpace process, IReadOnlyList<PageRequest> requests)
    {
        foreach (PageRequest request in requests)
        {
            if (await process.HandleFaultAsync(request.Address, request.Rights) != PageFaultOutcome.Handled)
                return false;
        }

        return true;
    }
}
