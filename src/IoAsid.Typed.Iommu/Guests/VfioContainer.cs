using System.Diagnostics.CodeAnalysis;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// What a virtual machine has of the IOMMU (Linux vfio_container): a set of PASIDs with a quota, whose owner it is; the guest's memory as devices see it; the devices.
/// The guest speaks of its own ids only, and each call finds out whose they are and holds them in one step.
/// </summary>
/// <remarks>
/// To name a PASID that is another's and one that does not exist has the same answer. Runs in steps of the machine's scheduler; not thread-safe.
/// </remarks>
public sealed partial class VfioContainer : IAsyncDisposable
{
    // Requests without PASID are looked up under 0, and guests reserve it, too.
    // 0 is for requests without PASID.
    private const uint LowestNumber = 1;

    [OwnerSet]
    private readonly IoAsidSet<GuestSvaBinding> _set;

    private readonly PageRequestHandler _pageRequests;
    private readonly Dictionary<(RawIoAsid Id, uint Generation), GuestSvaBinding> _bindings = [];
    private readonly List<Task> _endings = [];
    private readonly IoAsidObserverRegistration _registration;
    private readonly GuestInvalidations _invalidations;

    internal VfioContainer(string name, uint quota, IommuSubsystem subsystem, IPhysicalMemory memory)
    {
        Name = name;
        _pageRequests = subsystem.PageRequests;
        Units = subsystem.Units;
        Domain = subsystem.CreateDomain(name);
        try
        {
            _set = subsystem.SvaSet.CreateSubset<GuestSvaBinding>(name, owner: this, quota);
        }
        catch
        {
            Domain.Free();
            throw;
        }

        Memory = new GuestMemory(memory, Domain);
        _invalidations = new GuestInvalidations(this);
        _registration = _set.Observe(OnEdge, IoAsidObserverPriority.Iommu);
    }

    /// <summary>The guest's unit signals that a wait for invalidations is done (IF of the wait descriptor): time for its interrupt.</summary>
    public event EventHandler? InvalidationSignaled;

    /// <summary>What it is called, for people.</summary>
    public string Name { get; }

    /// <summary>The guest's PASIDs: membership and holds, without data. What proves that an id is the guest's.</summary>
    [OwnerSet]
    public IoAsidSet Set => _set;

    /// <summary>The guest's physical memory.</summary>
    public GuestMemory Memory { get; }

    /// <summary>The guest's devices.</summary>
    public IReadOnlyCollection<GuestDevice> Devices => _devices.Values;

    /// <summary>Where the guest takes page requests; null refuses them.</summary>
    public IGuestPageRequestSink? PageRequestSink { get; set; }

    /// <summary>Whether the guest has died.</summary>
    public bool IsDead { get; private set; }

    /// <summary>What was counted.</summary>
    public GuestStatistics Statistics => Counts.ToStatistics();

    internal DmaDomain Domain { get; }

    internal GuestCounts Counts { get; } = new();

    /// <summary>The machine's units; the guest's unit promises no more than each of them can do.</summary>
    internal IReadOnlyList<VtdDriver> Units { get; }

    /// <summary>The guest's live bindings, as they are now.</summary>
    internal IReadOnlyList<GuestSvaBinding> Bindings => [.. _bindings.Values];

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Gives the guest a PASID with the lowest number that it has not.</summary>
    /// <param name="pasid">What the guest calls it.</param>
    /// <param name="failure">Why there is none: the guest's quota and the machine's want are told apart.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryAllocate(out PrivateIoAsid pasid, out IoAsidAllocationFailure failure)
    {
        pasid = NextPasid();
        return TryAllocate(pasid, out failure);
    }

    /// <summary>Gives the guest a PASID under a number that the guest chose.</summary>
    /// <param name="pasid">What the guest calls it: 1 to 2²⁰-1.</param>
    /// <param name="failure">Why there is none.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="IommuException">Busy: the guest has that number already. PasidTooWide: it is none. Exited: the guest is dead. Nothing changed.</exception>
    public bool TryAllocate([GuestControlled] PrivateIoAsid pasid, out IoAsidAllocationFailure failure)
    {
        RequireAlive();
        if (pasid.Value is < LowestNumber or >= Pasid.Count)
            throw new IommuException(IommuError.PasidTooWide, $"PASIDs of a guest are {LowestNumber} to {Pasid.Maximum}; {pasid} is none.");
        if (_set.TryResolve(pasid, out _))
            throw new IommuException(IommuError.Busy, $"{Name} has the PASID {pasid} already. Free it first.");
        GuestSvaBinding binding = new(this, _pageRequests);
        if (!_set.TryAllocate(binding, LowestNumber, _set.Space.HighestUpTo(HighestPasid()), out IoAsidHandle<GuestSvaBinding> handle, out failure))
            return false;
        handle.AttachPrivateId(pasid);
        binding.GuestPasid = pasid;
        binding.Handle = handle;
        _bindings.Add((handle.Id, handle.Generation), binding);
        return true;
    }

    /// <summary>As <see cref="TryAllocate(out PrivateIoAsid, out IoAsidAllocationFailure)"/>, with an exception that tells the reason.</summary>
    /// <returns>What the guest calls it.</returns>
    /// <exception cref="IommuException">NoPasid: the quota is used up, or no number is left. Exited: the guest is dead. Nothing changed.</exception>
    public PrivateIoAsid Allocate() => TryAllocate(out PrivateIoAsid pasid, out IoAsidAllocationFailure failure)
        ? pasid
        : throw new IommuException(IommuError.NoPasid, $"There is no PASID for {Name}: {failure}.");

    /// <summary>
    /// Takes a PASID from the guest, for ever, bound or not: it never fails, and the second time nothing happens. What is bound is torn down from here on, processor first,
    /// then devices, then tables; the number is used again only after that.
    /// </summary>
    /// <param name="pasid">What the guest calls it.</param>
    /// <returns>Whether the number is back already. Not the guest's: <see cref="IoAsidFreeResult.AlreadyFreed"/>.</returns>
    public IoAsidFreeResult Free([GuestControlled] PrivateIoAsid pasid)
    {
        IoAsidHandle<GuestSvaBinding> handle;
        using (IoAsidReference<GuestSvaBinding>? held = Hold(pasid))
        {
            if (held is null)
                return IoAsidFreeResult.AlreadyFreed;
            handle = held.Data.Handle;
        }

        return handle.Free();
    }

    /// <summary>Proves that a PASID is the guest's and keeps it, in one step.</summary>
    /// <param name="pasid">What the guest calls it.</param>
    /// <param name="held">The hold, to be released once. It tells the number, and nothing of what is behind it.</param>
    /// <returns>False if the guest has no such PASID; that is counted.</returns>
    public bool TryHold([GuestControlled] PrivateIoAsid pasid, [NotNullWhen(true)] out IoAsidReference? held)
    {
        if (Set.TryHold(pasid, out held))
            return true;
        Counts.Refused++;
        return false;
    }

    /// <summary>
    /// Ends the guest, whatever it was doing: its page requests are refused, its PASIDs freed, torn down and drained; then its devices and its memory are given back.
    /// </summary>
    /// <returns>Complete when no hardware uses anything of the guest any more. A second call waits for the same.</returns>
    /// <exception cref="IommuException">A unit does not work any more: what it may still use is not used again.</exception>
    public async Task DieAsync()
    {
        IsDead = true;
        Revoke();
        await ReleaseAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(DieAsync());

    internal static IommuException NoSuchPasid([GuestControlled] PrivateIoAsid pasid) =>
        new(IommuError.NotFound, $"The guest has no PASID {pasid}, or not on that device.");

    /// <summary>The binding behind a number that hardware uses, if it is this guest's.</summary>
    internal bool TryFind(Pasid pasid, [NotNullWhen(true)] out GuestSvaBinding? binding) => _set.TryFind(pasid.ToRawIoAsid(), out binding);

    internal void SignalInvalidation() => InvalidationSignaled?.Invoke(this, EventArgs.Empty);

    /// <summary>As <see cref="TryHold"/>, with what is behind it.</summary>
    /// <returns>Null if the guest has no such PASID; that is counted.</returns>
    internal IoAsidReference<GuestSvaBinding>? Hold([GuestControlled] PrivateIoAsid pasid)
    {
        if (_set.TryHold(pasid, out IoAsidReference<GuestSvaBinding>? held))
            return held;
        Counts.Refused++;
        return null;
    }

    // In one step: nothing new begins, and nobody waits for the guest any more.
    private void Revoke()
    {
        _set.Close();
        _set.FreeAll();
    }

    // Each step may be done again, and waits for what another call has begun.
    private async Task ReleaseAsync()
    {
        await WaitForEndingsAsync();
        foreach (GuestDevice device in Devices.ToList())
            await device.EndAsync();
        _devices.Clear();
        _registration.Dispose();
        Memory.End();
        Domain.Free();
    }

    private async ValueTask WaitForEndingsAsync()
    {
        foreach (Task ending in _endings.ToList())
            await ending;
    }

    // The IOMMU's part of a free: it owns a binding for each device, and ends it when the device is drained.
    private void OnEdge(IoAsidEvent edge)
    {
        if (edge.Kind != IoAsidEventKind.Freed || !_bindings.Remove((edge.Id, edge.Generation), out GuestSvaBinding? binding))
            return;
        _endings.RemoveAll(ending => ending.IsCompletedSuccessfully);
        _endings.Add(binding.EndAsync());
    }

    private PrivateIoAsid NextPasid()
    {
        PrivateIoAsid pasid = new(LowestNumber);
        while (_set.TryResolve(pasid, out _))
            pasid = new PrivateIoAsid(pasid.Value + 1);
        return pasid;
    }

    private Pasid HighestPasid() => Devices.Select(device => device.Device.MaximumPasid).Append(Pasid.Maximum).Min();

    private void RequireAlive()
    {
        if (IsDead)
            throw new IommuException(IommuError.Exited, $"The guest {Name} has died.");
    }
}
