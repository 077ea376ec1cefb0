using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

// The guest's devices, and what is bound to them.
public sealed partial class VfioContainer
{
    private readonly Dictionary<RequesterId, GuestDevice> _devices = [];

    /// <summary>
    /// Gives the guest a device. Several guests may have one: its PASIDs keep them apart.
    /// </summary>
    /// <param name="device">The device. Shared virtual addressing is enabled on it.</param>
    /// <param name="virtualRequester">Its requester id in the guest.</param>
    /// <param name="stop">
    /// Has the device stop using a PASID, whatever the guest does; complete when it has. A device that does not stop is cut off from memory.
    /// </param>
    /// <returns>The device as the guest sees it.</returns>
    /// <exception cref="IommuException">
    /// Busy: the guest has the device, or another under that requester id. NotSupported: no nested translation, or a capability is missing. Exited: the guest is dead.
    /// Nothing changed.
    /// </exception>
    public async ValueTask<GuestDevice> AssignAsync(IommuDevice device, RequesterId virtualRequester, Func<Pasid, ValueTask> stop)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(stop);
        RequireAlive();
        RequireNested(device.Unit);
        await device.EnableSharedVirtualAddressingAsync();
        RequireAlive();
        if (_devices.ContainsKey(virtualRequester) || Find(device) is not null)
            throw new IommuException(IommuError.Busy, $"{Name} has {device} or another device as {virtualRequester} already. Unassign it first.");
        GuestDevice assigned = new(this, device, virtualRequester, stop);
        _devices.Add(virtualRequester, assigned);
        return assigned;
    }

    /// <summary>Takes a device from the guest: unbinds all its PASIDs there. A device that is not the guest's any more is left alone.</summary>
    /// <param name="device">The device as the guest sees it.</param>
    /// <exception cref="IommuException">The unit does not work any more.</exception>
    public async ValueTask UnassignAsync(GuestDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (_devices.GetValueOrDefault(device.VirtualRequester) != device)
            return;
        await device.EndAsync();
        foreach (GuestSvaBinding binding in Bindings)
            await binding.UnbindAsync(device);
        await WaitForEndingsAsync();
        // Somebody else may have taken it, and the guest may have another there by now.
        if (_devices.GetValueOrDefault(device.VirtualRequester) == device)
            _devices.Remove(device.VirtualRequester);
    }

    /// <summary>
    /// Binds a process of the guest to a device: requests with the PASID go through the guest's tables, and from there through the container's domain.
    /// </summary>
    /// <param name="pasid">What the guest calls the PASID.</param>
    /// <param name="virtualRequester">What the guest calls the device.</param>
    /// <param name="table">The guest's tables. The same for all devices of the PASID.</param>
    /// <exception cref="IommuException">
    /// NotFound: the guest has no such PASID or device. Busy: it is bound there already, or elsewhere to another table. NotSupported: the unit cannot walk the
    /// table. PasidTooWide: the device cannot send the PASID. NoMemory: no memory for host tables. DeviceGone: the device was pulled out. Nothing changed.
    /// </exception>
    public async ValueTask BindAsync([GuestControlled] PrivateIoAsid pasid, RequesterId virtualRequester, GuestPageTable table)
    {
        using IoAsidReference<GuestSvaBinding>? held = Hold(pasid);
        if (held is null || FindDevice(virtualRequester) is not { } device)
            throw NoSuchPasid(pasid);
        RequireWalkable(device.Device.Unit, table);
        await held.Data.BindAsync(device, table);
    }

    /// <summary>
    /// Unbinds: the guest's work is stopped, the translation goes, everything under way is drained. Unbinding what is not bound, or was freed before, finds nothing.
    /// </summary>
    /// <param name="pasid">What the guest calls the PASID.</param>
    /// <param name="virtualRequester">What the guest calls the device.</param>
    /// <returns>Whether there was something to unbind.</returns>
    /// <exception cref="IommuException">The unit does not work any more. The number is not used again.</exception>
    public async ValueTask<bool> UnbindAsync([GuestControlled] PrivateIoAsid pasid, RequesterId virtualRequester)
    {
        using IoAsidReference<GuestSvaBinding>? held = Hold(pasid);
        return held is not null && FindDevice(virtualRequester) is { } device && await held.Data.UnbindAsync(device);
    }

    /// <summary>Takes the guest's answer to a group of page requests. The first of all answers is sent, others are dropped.</summary>
    /// <param name="virtualRequester">What the guest calls the device.</param>
    /// <param name="pasid">What the guest calls the PASID.</param>
    /// <param name="index">The group's number as the guest was told.</param>
    /// <param name="response">The answer.</param>
    /// <returns>What became of it.</returns>
    public GuestAnswer Respond([GuestControlled] RequesterId virtualRequester, [GuestControlled] PrivateIoAsid pasid, [GuestControlled] int index, PageResponse response)
    {
        GuestAnswer answer = FindDevice(virtualRequester)?.PageRequests.Respond(pasid, index, response) ?? GuestAnswer.Refused;
        if (answer == GuestAnswer.Refused)
            Counts.AnswersRefused++;
        return answer;
    }

    /// <summary>
    /// Carries out a descriptor of the guest's invalidation queue, in the order of the calls: ids are translated, and what is wider than the guest is narrowed to its own.
    /// </summary>
    /// <param name="descriptor">The descriptor, as the guest wrote it. A wait's status address is guest-physical.</param>
    /// <returns>
    /// Complete when the host's invalidation is. <see cref="InvalidationQueueError.None"/>, or what the guest's queue stops with: a PASID or requester that is not the
    /// guest's is a field that means nothing.
    /// </returns>
    public ValueTask<InvalidationQueueError> InvalidateAsync([GuestControlled] InvalidationDescriptor descriptor) =>
        _invalidations.RunAsync(descriptor);

    /// <summary>The guest's view of a device, if the guest has it.</summary>
    internal GuestDevice? Find(IommuDevice device)
    {
        foreach (GuestDevice assigned in _devices.Values)
        {
            if (assigned.Device == device)
                return assigned;
        }

        return null;
    }

    /// <summary>The device under a requester id of the guest; if there is none that is counted.</summary>
    internal GuestDevice? FindDevice([GuestControlled] RequesterId virtualRequester)
    {
        foreach (GuestDevice device in Devices)
        {
            if (device.VirtualRequester == virtualRequester)
                return device;
        }

        Counts.Refused++;
        return null;
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
}
