using IoAsid.Typed;
using IoAsid.Typed.Iommu;
using IoAsid.Typed.Vtd;
using VfioGuest;

namespace UserPageRequests;

/// <summary>A guest of the emulated machine, with one process. The system of the guest brings its pages in.</summary>
internal sealed class EmulatedGuest : Guest
{
    private readonly GuestSystem _system;

    private EmulatedGuest(string name, GuestSystem system, GuestProcess process)
        : base(name)
    {
        _system = system;
        Process = process;
    }

    public GuestProcess Process { get; }

    /// <summary>Starts a guest. Its PASID becomes an id of the server's set, whose private id is the PASID in the guest.</summary>
    public static async Task<EmulatedGuest> StartAsync(IommuSubsystem host, DmaEngineDriver engine, IoAsidSet<Guest> guests, PageRequestServer server, string name)
    {
        IoAsidSet<EmulatedGuest> own = guests.CreateSubset<EmulatedGuest>(name, owner: name, quota: 1);
        GuestSystem system = await GuestSystem.StartAsync(host, engine, name, group => ReceiveAsync(own, server, group));
        EmulatedGuest guest = new(name, system, await system.CreateProcessAsync("process"));
        own.Allocate(guest).AttachPrivateId(guest.Process.Pasid);
        return guest;
    }

    public override async ValueTask<bool> TryBringInAsync(ulong address) =>
        await Process.Memory.HandleFaultAsync(address, MemoryRights.ReadWrite) == PageFaultOutcome.Handled;

    public Task TerminateAsync() => _system.TerminateAsync();

    // The host has passed the group on to this guest. The number in it is the guest's own.
    private static async Task ReceiveAsync(IoAsidSet<EmulatedGuest> guests, PageRequestServer server, [Answers] GuestPageRequestGroup group)
    {
        IoAsidReference<EmulatedGuest>? held = null;
        if (guests.TryResolve(group.Pasid, out RawIoAsid id))
            guests.TryHold(id, out held);
        using (held)
        {
            bool isServed = await server.ServeAsync(held?.Data, [.. group.Requests.Select(request => request.Address)]);
            group.Respond(isServed ? PageResponse.Success : PageResponse.InvalidRequest);
        }
    }
}
