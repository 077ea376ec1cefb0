using System.Diagnostics.CodeAnalysis;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A virtual machine's part of the IOMMU (Linux vfio_container): a set of PASIDs with a quota, whose owner it is; the guest's memory as devices see it; the devices.
/// The guest names its own ids only, and each call finds out whose they are and holds them in one step.
/// </summary>
/// <remarks>
/// A PASID that belongs to another guest and one that does not exist have the same answer. Runs in steps of the machine's scheduler; not thread-safe.
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

    /// <summary>The guest's PASIDs: membership and holds, without data. It proves that an id is the guest's.</summary>
    [OwnerSet]
    public IoAsidSet Set => _pasids.Set;

    /// <summary>The guest's physical memory.</summary>
    public GuestMemory Memory { get; }

    /// <summary>The guest's devices.</summary>
    public IReadOnlyCollection<GuestDevice> Devices => Assigned.All;

    /// <summary>Gets a value indicating whether the guest has ended or is ending.</summary>
    public bool IsDead { get; private set; }

    /// <summary>The counts of the guest.</summary>
    public GuestStatistics Statistics => Counts.ToStatistics();

    internal GuestDevices Assigned { get; }

    internal DmaDomain Domain { get; }

    internal GuestCounts Counts { get; } = new();

    /// <summary>The virtual unit that was subscribed; null refuses page requests.</summary>
    internal IGuestUnit? Unit { get; private set; }

    /// <summary>The machine's units; the guest's unit promises no more than each of them can do.</summary>
    internal IReadOnlyList<VtdDriver> Units => _subsystem.Units;

    /// <summary>The guest's live bindings, as they are now.</summary>
    internal IReadOnlyList<GuestSvaBinding> Bindings => _pasids.Bindings;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Sends page requests and signals of invalidations to the guest's virtual unit. Without one, page requests are refused.</summary>
    /// <param name="unit">The virtual unit.</param>
    /// <returns>Disposing it ends that.</returns>
    /// <exception cref="IommuException">Busy: another unit is subscribed.</exception>
    public IDisposable Subscribe(IGuestUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        if (Unit is not null)
            throw new IommuException(IommuError.Busy, $"{Name} has a virtual unit already. Dispose its subscription first.");
        Unit = unit;
        return new UnitSubscription(this);
    }

    /// <summary>Tries to give the guest a PASID with the lowest number that it does not have.</summary>
    /// <param name="pasid">The number in the guest.</param>
    /// <param name="failure">The reason of a failure: the guest's quota and the machine's want are told apart. SetClosed: the guest has ended.</param>
    /// <returns>True if the guest has the PASID; false if not. Nothing changed then.</returns>
    public bool TryAllocate(out PrivateIoAsid pasid, out IoAsidAllocationFailure failure)
    {
        pasid = _pasids.Next();
        return TryAllocate(pasid, out failure);
    }

    /// <summary>Tries to give the guest a PASID under a number that the guest chose.</summary>
    /// <param name="pasid">The number in the guest: 1 to 2²⁰-1.</param>
    /// <param name="failure">The reason of a failure. RangeExhausted: the guest has the number already, or it is no PASID. SetClosed: the guest has ended.</param>
    /// <returns>True if the guest has the PASID; false if not. Nothing changed then.</returns>
    public bool TryAllocate([GuestControlled] PrivateIoAsid pasid, out IoAsidAllocationFailure failure) =>
        _pasids.TryAllocate(pasid, Assigned.HighestPasid, out failure);

    /// <summary>As <see cref="TryAllocate(out PrivateIoAsid, out IoAsidAllocationFailure)"/>, with an exception that tells the reason.</summary>
    /// <returns>The number in the guest.</returns>
    /// <exception cref="IommuException">NoPasid: the quota is used up, or no number is left. Exited: the guest has ended. Nothing changed.</exception>
    public PrivateIoAsid Allocate()
    {
        RequireAlive();
        return TryAllocate(out PrivateIoAsid pasid, out IoAsidAllocationFailure failure)
            ? pasid
            : throw new IommuException(IommuError.NoPasid, $"There is no PASID for {Name}: {failure}.");
    }

    /// <summary>
    /// Frees a PASID of the guest permanently, bound or not. It never fails, and a second call does nothing. What is bound is torn down from here on, processor first,
    /// then devices, then tables; the number is used again only after that.
    /// </summary>
    /// <param name="pasid">The number in the guest.</param>
    /// <returns>Whether the number is back already. Not the guest's: <see cref="IoAsidFreeResult.AlreadyFreed"/>.</returns>
    public IoAsidFreeResult Free([GuestControlled] PrivateIoAsid pasid) => _pasids.Free(pasid);

    /// <summary>Tries to prove that a PASID is the guest's and to hold it, in one step.</summary>
    /// <param name="pasid">The number in the guest.</param>
    /// <param name="held">The hold, to be released once. It tells the number, and gives no data.</param>
    /// <returns>True if it is held; false if the guest has no such PASID, which is counted.</returns>
    public bool TryHold([GuestControlled] PrivateIoAsid pasid, [NotNullWhen(true)] out IoAsidReference? held) => _pasids.TryHold(pasid, out held);

    /// <summary>
    /// Gives the guest a device. Several guests may have one: its PASIDs keep them apart.
    /// </summary>
    /// <param name="device">The device. Shared virtual addressing is enabled on it.</param>
    /// <param name="virtualRequester">Its requester id in the guest.</param>
    /// <param name="stop">
    /// Stops the device from using a PASID, whatever the guest does, and completes when it has. A device that does not stop is isolated.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait. A device that is assigned all the same is disposed.</param>
    /// <returns>The device as the guest sees it. Its disposal takes it from the guest.</returns>
    /// <exception cref="IommuException">
    /// Busy: the guest has the device, or another under that requester id. NotSupported: no nested translation, or a capability is missing. Exited: the guest has ended.
    /// Nothing changed.
    /// </exception>
    public ValueTask<GuestDevice> AssignAsync(
        IommuDevice device, RequesterId virtualRequester, Func<Pasid, ValueTask> stop, CancellationToken cancellationToken = default) =>
        AssignAsync(device, virtualRequester, stop).OrDisposed(cancellationToken);

    /// <summary>
    /// Binds a process of the guest to a device: requests with the PASID go through the guest's tables, and from there through the container's domain.
    /// </summary>
    /// <param name="pasid">The PASID in the guest.</param>
    /// <param name="virtualRequester">The requester id of the device in the guest.</param>
    /// <param name="table">The guest's tables. The same for all devices of the PASID.</param>
    /// <param name="cancellationToken">Cancels the wait. A bond that is made all the same is disposed.</param>
    /// <returns>The bond. Its disposal is the unbind.</returns>
    /// <exception cref="IommuException">
    /// NotFound: the guest has no such PASID or device. Busy: it is bound there already, or elsewhere to another table. NotSupported: the unit cannot walk the
    /// table. PasidTooWide: the device cannot send the PASID. NoMemory: no memory for host tables. DeviceGone: the device was pulled out. Nothing changed.
    /// </exception>
    public ValueTask<GuestSvaBond> BindAsync(
        [GuestControlled] PrivateIoAsid pasid, RequesterId virtualRequester, GuestPageTable table, CancellationToken cancellationToken = default) =>
        BindAsync(pasid, virtualRequester, table).OrDisposed(cancellationToken);

    /// <summary>Returns the bond that a guest names in an unbind.</summary>
    /// <param name="pasid">The PASID in the guest.</param>
    /// <param name="virtualRequester">The requester id of the device in the guest.</param>
    /// <returns>The bond; null if the guest has no such PASID or device, or the two are not bound.</returns>
    public GuestSvaBond? FindBond([GuestControlled] PrivateIoAsid pasid, [GuestControlled] RequesterId virtualRequester)
    {
        using IoAsidReference<GuestSvaBinding>? held = Hold(pasid);
        return held is not null && Assigned.Find(virtualRequester) is { } device ? held.Data.Find(device) : null;
    }

    /// <summary>Takes the guest's answer to a group of page requests. The first of all answers is sent, others are dropped.</summary>
    /// <param name="virtualRequester">The requester id of the device in the guest.</param>
    /// <param name="pasid">The PASID in the guest.</param>
    /// <param name="index">The group's number as the guest was given it.</param>
    /// <param name="response">The answer.</param>
    /// <returns>What happened to the answer.</returns>
    public GuestAnswer Respond([GuestControlled] RequesterId virtualRequester, [GuestControlled] PrivateIoAsid pasid, [GuestControlled] int index, PageResponse response)
    {
        GuestAnswer answer = Assigned.Find(virtualRequester)?.PageRequests.Respond(pasid, index, response) ?? GuestAnswer.Refused;
        if (answer == GuestAnswer.Refused)
            Counts.AnswersRefused++;
        return answer;
    }

    /// <summary>
    /// Carries out a descriptor of the guest's invalidation queue, in the order of the calls: ids are translated, and what is wider than the guest is narrowed to its own.
    /// </summary>
    /// <param name="descriptor">The descriptor, as the guest wrote it. A wait's status address is guest-physical.</param>
    /// <param name="cancellationToken">Cancels the wait. The invalidation goes on.</param>
    /// <returns>
    /// Completes when the host's invalidation has. <see cref="InvalidationQueueError.None"/>, or the error that the guest's queue stops with: a PASID or requester that is not
    /// the guest's is a field that means nothing.
    /// </returns>
    public ValueTask<InvalidationQueueError> InvalidateAsync([GuestControlled] InvalidationDescriptor descriptor, CancellationToken cancellationToken = default) =>
        _invalidations.RunAsync(descriptor).UnlessCancelled(cancellationToken);

    /// <summary>
    /// Ends the guest, whatever it was doing: its page requests are refused, its PASIDs freed, torn down and drained; then its devices and its memory are given back. A second
    /// disposal waits for the first.
    /// </summary>
    /// <returns>Completes when no hardware uses anything of the guest.</returns>
    /// <exception cref="IommuException">A unit does not work: what it may still use is not used again.</exception>
    public ValueTask DisposeAsync() => _end.RunAsync(TerminateAsync);

    /// <summary>Tries to find the binding behind a number that hardware uses, if it is this guest's.</summary>
    internal bool TryFind(Pasid pasid, [NotNullWhen(true)] out GuestSvaBinding? binding) => _pasids.TryFind(pasid, out binding);

    internal IoAsidReference<GuestSvaBinding>? Hold([GuestControlled] PrivateIoAsid pasid) => _pasids.Hold(pasid);

    internal ValueTask WaitForEndingsAsync() => _pasids.WaitForEndingsAsync();

    private async ValueTask<GuestDevice> AssignAsync(IommuDevice device, RequesterId virtualRequester, Func<Pasid, ValueTask> stop)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(stop);
        RequireAlive();
        RequireNested(device.Unit);
        DeviceFeatures features = await device.EnableSharedVirtualAddressingAsync();
        try
        {
            RequireAlive();
            return Assigned.Add(features, virtualRequester, stop);
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

    // In the first step nothing new begins, and no request waits for the guest.
    private async ValueTask TerminateAsync()
    {
        IsDead = true;
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
            throw new IommuException(IommuError.NotSupported, $"The unit {unit} has no nested translation (ECAP.NEST) over {Domain.AddressWidth}.");
    }

    private void RequireWalkable(VtdDriver unit, GuestPageTable table)
    {
        bool levels = table.Levels == 4 || (table.Levels == 5 && unit.Capabilities.FiveLevelPaging);
        bool root = table.Root % AddressRange.PageSize == 0 && table.Root >> AddressWidths.Bits(Domain.AddressWidth) == 0;
        if (!levels || !root)
            throw new IommuException(IommuError.NotSupported, $"{unit} cannot walk {table}: 4 levels, or 5 where supported, at a page within {Domain.AddressWidth}.");
    }

    private void RequireAlive()
    {
        if (IsDead)
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
