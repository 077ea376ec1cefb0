using System.Diagnostics.CodeAnalysis;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A virtual machine's part of the IOMMU (Linux vfio_container): a set of PASIDs with a quota and this container as owner, the guest's memory as devices see
/// it, and the devices. The guest names only ids of its own. Each call checks that an id belongs to the guest and holds it, in one step.
/// </summary>
/// <remarks>
/// A PASID of another guest and a PASID that does not exist have the same result. The container runs in steps of the machine's scheduler and is not
/// thread-safe.
/// </remarks>
public sealed class VfioContainer : IAsyncDisposable
{
    private readonly IommuSubsystem _subsystem;
    private readonly GuestPasids _pasids;
    private readonly GuestInvalidations _invalidations;
    private readonly SingleRun _end = new();

    internal VfioContainer(string name, uint quota, IommuSubsystem subsystem, IPhysicalMemory memory)
    {
        Name = name;
        _subsystem = subsystem;
        Domain = subsystem.CreateDomain(name);
        try
        {
            _pasids = new GuestPasids(this, subsystem.SvaSet, quota);
        }
        catch
        {
            Domain.Free();
            throw;
        }

        Assigned = new GuestDevices(this);
        Memory = new GuestMemory(memory, Domain);
        _invalidations = new GuestInvalidations(this);
    }

    /// <summary>The display name.</summary>
    public string Name { get; }

    /// <summary>The guest's PASIDs: membership and holds, without data. It proves that an id belongs to the guest.</summary>
    [OwnerSet]
    public IoAsidSet Set => _pasids.Set;

    /// <summary>The guest's physical memory.</summary>
    public GuestMemory Memory { get; }

    /// <summary>The guest's devices.</summary>
    public IReadOnlyCollection<GuestDevice> Devices => Assigned.All;

    /// <summary>Gets a value indicating whether the guest has ended or is ending.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The counts of the guest.</summary>
    public GuestStatistics Statistics => Counts.ToStatistics();

    internal GuestDevices Assigned { get; }

    internal DmaDomain Domain { get; }

    internal GuestCounts Counts { get; } = new();

    /// <summary>The subscribed virtual unit. Without one, page requests are refused.</summary>
    internal IGuestUnit? Unit { get; private set; }

    /// <summary>The machine's units. The guest's unit has only capabilities that all of them have.</summary>
    internal IReadOnlyList<VtdDriver> Units => _subsystem.Units;

    /// <summary>The guest's live bindings at present.</summary>
    internal IReadOnlyList<GuestSvaBinding> Bindings => _pasids.Bindings;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>
    /// Subscribes the guest's virtual unit to page requests and to signals of invalidations. Without a virtual unit, page requests are refused.
    /// </summary>
    /// <param name="unit">The virtual unit.</param>
    /// <returns>The subscription. Disposing it ends the notifications.</returns>
    /// <exception cref="IommuException">Busy: another unit is subscribed.</exception>
    public IDisposable Subscribe(IGuestUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        if (Unit is not null)
            throw new IommuException(IommuError.Busy, $"{Name} already has a virtual unit. Dispose its subscription first.");
        Unit = unit;
        return new UnitSubscription(this);
    }

    /// <summary>Tries to allocate a PASID with the lowest private id that the guest does not use.</summary>
    /// <param name="pasid">The PASID in the guest.</param>
    /// <param name="failure">The reason for a failure. It distinguishes the guest's quota from the machine's capacity. SetClosed: the guest has ended.</param>
    /// <returns>true if the PASID is allocated; false if not. Nothing changed then.</returns>
    public bool TryAllocate(out PrivateIoAsid pasid, out IoAsidAllocationFailure failure)
    {
        pasid = _pasids.Next();
        return TryAllocate(pasid, out failure);
    }

    /// <summary>Tries to allocate a PASID with a private id that the guest chose.</summary>
    /// <param name="pasid">The PASID in the guest, 1 to 2²⁰-1.</param>
    /// <param name="failure">
    /// The reason for a failure. RangeExhausted: the guest already has the PASID, or the PASID is out of range. SetClosed: the guest has ended.
    /// </param>
    /// <returns>true if the PASID is allocated; false if not. Nothing changed then.</returns>
    public bool TryAllocate([GuestControlled] PrivateIoAsid pasid, out IoAsidAllocationFailure failure) =>
        _pasids.TryAllocate(pasid, Assigned.HighestPasid, out failure);

    /// <summary>Allocates a PASID like <see cref="TryAllocate(out PrivateIoAsid, out IoAsidAllocationFailure)"/>, and throws if that fails.</summary>
    /// <returns>The PASID in the guest.</returns>
    /// <exception cref="IommuException">NoPasid: the quota is exhausted, or no number is left. Exited: the guest has ended. Nothing changed.</exception>
    public PrivateIoAsid Allocate()
    {
        RequireAlive();
        return TryAllocate(out PrivateIoAsid pasid, out IoAsidAllocationFailure failure)
            ? pasid
            : throw new IommuException(IommuError.NoPasid, $"No PASID is free for {Name}: {failure}.");
    }

    /// <summary>
    /// Frees a PASID of the guest permanently, bound or not. It never fails, and a second call does nothing. Free begins the tear-down of all bonds: first the
    /// processors, then the devices, then the tables. The number can be allocated again after that.
    /// </summary>
    /// <param name="pasid">The PASID in the guest.</param>
    /// <returns>The state of the number. <see cref="IoAsidFreeResult.AlreadyFreed"/> if the guest has no such PASID.</returns>
    public IoAsidFreeResult Free([GuestControlled] PrivateIoAsid pasid) => _pasids.Free(pasid);

    /// <summary>Tries to hold a PASID of the guest. The check that it belongs to the guest and the hold are one step.</summary>
    /// <param name="pasid">The PASID in the guest.</param>
    /// <param name="held">The hold, which must be released once. It has the number, and gives no access to data.</param>
    /// <returns>true if the PASID is held; false if the guest has no such PASID. The counter of refused ids then increases.</returns>
    public bool TryHold([GuestControlled] PrivateIoAsid pasid, [NotNullWhen(true)] out IoAsidReference? held) => _pasids.TryHold(pasid, out held);

    /// <summary>Assigns a device to the guest. Several guests can share a device, because their PASIDs separate them.</summary>
    /// <param name="device">The device. Shared virtual addressing is enabled on it.</param>
    /// <param name="virtualRequester">The requester id of the device in the guest.</param>
    /// <param name="stop">
    /// Stops the device from using a PASID, independent of the guest, and completes when the device has stopped. A device that does not stop is isolated.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait. A device that is assigned after the cancellation is disposed.</param>
    /// <returns>The device as the guest sees it. Disposing it removes the device from the guest.</returns>
    /// <exception cref="IommuException">
    /// Busy: the guest already has the device, or another device with that requester id. NotSupported: nested translation or another capability is missing. Exited: the
    /// guest has ended. Nothing changed.
    /// </exception>
    public ValueTask<GuestDevice> AssignAsync(
        IommuDevice device, RequesterId virtualRequester, Func<Pasid, ValueTask> stop, CancellationToken cancellationToken = default) =>
        AssignAsync(device, virtualRequester, stop).OrDisposed(cancellationToken);

    /// <summary>
    /// Binds a process of the guest to a device. Requests with the PASID are translated by the guest's tables and then by the container's domain.
    /// </summary>
    /// <param name="pasid">The PASID in the guest.</param>
    /// <param name="virtualRequester">The requester id of the device in the guest.</param>
    /// <param name="table">The guest's tables. They are the same for all devices of the PASID.</param>
    /// <param name="cancellationToken">Cancels the wait. A bond that completes after the cancellation is disposed.</param>
    /// <returns>The bond. Disposing it unbinds the process.</returns>
    /// <exception cref="IommuException">
    /// NotFound: the guest has no such PASID or device. Busy: the PASID is already bound to the device, or to another table. NotSupported: the unit cannot walk the
    /// table. PasidTooWide: the device cannot send the PASID. NoMemory: no memory is left for host tables. DeviceGone: the device was removed. Nothing changed.
    /// </exception>
    public ValueTask<GuestSvaBond> BindAsync(
        [GuestControlled] PrivateIoAsid pasid, RequesterId virtualRequester, GuestPageTable table, CancellationToken cancellationToken = default) =>
        BindAsync(pasid, virtualRequester, table).OrDisposed(cancellationToken);

    /// <summary>Returns the bond that a guest names in an unbind.</summary>
    /// <param name="pasid">The PASID in the guest.</param>
    /// <param name="virtualRequester">The requester id of the device in the guest.</param>
    /// <returns>The bond, or null if the guest has no such PASID or device, or the two are not bound.</returns>
    public GuestSvaBond? FindBond([GuestControlled] PrivateIoAsid pasid, [GuestControlled] RequesterId virtualRequester)
    {
        using IoAsidReference<GuestSvaBinding>? held = Hold(pasid);
        return held is not null && Assigned.Find(virtualRequester) is { } device ? held.Data.Find(device) : null;
    }

    /// <summary>Sends the guest's response to a group of page requests. The first response is sent, and later ones are dropped.</summary>
    /// <param name="virtualRequester">The requester id of the device in the guest.</param>
    /// <param name="pasid">The PASID in the guest.</param>
    /// <param name="index">The group index in the guest.</param>
    /// <param name="response">The response.</param>
    /// <returns>The result.</returns>
    public GuestResponseResult Respond([GuestControlled] RequesterId virtualRequester, [GuestControlled] PrivateIoAsid pasid, [GuestControlled] int index, PageResponse response)
    {
        GuestResponseResult result = Assigned.Find(virtualRequester)?.PageRequests.Respond(pasid, index, response) ?? GuestResponseResult.NoSuchGroup;
        if (result == GuestResponseResult.NoSuchGroup)
            Counts.RefusedResponses++;
        return result;
    }

    /// <summary>
    /// Executes a descriptor of the guest's invalidation queue, in the order of the calls. Ids are translated, and a granularity that exceeds the guest is
    /// narrowed to the guest's own ids.
    /// </summary>
    /// <param name="descriptor">The descriptor as the guest wrote it. The status address of a wait is guest-physical.</param>
    /// <param name="cancellationToken">Cancels the wait. The invalidation continues.</param>
    /// <returns>
    /// A task that completes when the host's invalidation is complete, with <see cref="InvalidationQueueError.None"/> or the error that stops the guest's queue. A PASID
    /// or requester id that the guest does not have is an invalid field.
    /// </returns>
    public ValueTask<InvalidationQueueError> InvalidateAsync([GuestControlled] InvalidationDescriptor descriptor, CancellationToken cancellationToken = default) =>
        _invalidations.RunAsync(descriptor).UnlessCancelled(cancellationToken);

    /// <summary>
    /// Ends the guest, in any state. Its page requests are refused, and its PASIDs are freed, torn down and drained. Then its devices and its memory are
    /// released. A second disposal waits for the first.
    /// </summary>
    /// <returns>A task that completes when no hardware uses an id or memory of the guest.</returns>
    /// <exception cref="IommuException">A unit does not work. Ids and memory that it may still use are not used again.</exception>
    public ValueTask DisposeAsync() => _end.RunAsync(TerminateAsync);

    /// <summary>Tries to find the binding of a PASID that hardware reported, if the PASID belongs to this guest.</summary>
    internal bool TryFind(Pasid pasid, [NotNullWhen(true)] out GuestSvaBinding? binding) => _pasids.TryFind(pasid, out binding);

    internal IoAsidReference<GuestSvaBinding>? Hold([GuestControlled] PrivateIoAsid pasid) => _pasids.Hold(pasid);

    internal ValueTask WaitForTearDownAsync() => _pasids.WaitForTearDownAsync();

    private async ValueTask<GuestDevice> AssignAsync(IommuDevice device, RequesterId virtualRequester, Func<Pasid, ValueTask> stop)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(stop);
        RequireAlive();
        RequireNested(device.Unit);
        IAsyncDisposable features = await device.EnableSharedVirtualAddressingAsync();
        try
        {
            RequireAlive();
            return Assigned.Add(device, features, virtualRequester, stop);
        }
        catch
        {
            await features.DisposeAsync();
            throw;
        }
    }

    private async ValueTask<GuestSvaBond> BindAsync([GuestControlled] PrivateIoAsid pasid, RequesterId virtualRequester, GuestPageTable table)
    {
        using IoAsidReference<GuestSvaBinding>? held = Hold(pasid);
        if (held is null || Assigned.Find(virtualRequester) is not { } device)
            throw GuestPasids.NoSuchPasid(pasid);
        RequireWalkable(device.Device.Unit, table);
        return await held.Data.BindAsync(device, table);
    }

    // The first step refuses new allocations and bonds, and responds to all page requests of the guest.
    private async ValueTask TerminateAsync()
    {
        HasEnded = true;
        _pasids.Revoke();
        foreach (GuestDevice device in Devices.ToList())
            await device.DisposeAsync();
        _pasids.Dispose();
        await Memory.EndAsync();
        Domain.Free();
        _subsystem.Remove(this);
    }

    private void RequireNested(VtdDriver unit)
    {
        if (!unit.Capabilities.Nested || !unit.Capabilities.Supports(Domain.AddressWidth))
            throw new IommuException(IommuError.NotSupported, $"The unit {unit} has no nested translation (ECAP.NEST) with a second stage of {Domain.AddressWidth}.");
    }

    private void RequireWalkable(VtdDriver unit, GuestPageTable table)
    {
        bool levels = table.Levels == 4 || (table.Levels == 5 && unit.Capabilities.FiveLevelPaging);
        bool root = table.Root % AddressRange.PageSize == 0 && table.Root >> Domain.AddressWidth.Bits() == 0;
        if (!levels || !root)
            throw new IommuException(IommuError.NotSupported, $"{unit} cannot walk {table}. Use 4 levels, or 5 where supported, and a page-aligned root within {Domain.AddressWidth}.");
    }

    private void RequireAlive()
    {
        if (HasEnded)
            throw new IommuException(IommuError.Exited, $"The guest {Name} has ended.");
    }

    private sealed class UnitSubscription(VfioContainer container) : IDisposable
    {
        private SingleUse<VfioContainer> _held = new(container);

        public void Dispose()
        {
            if (_held.Take() is { } owner)
                owner.Unit = null;
        }
    }
}
