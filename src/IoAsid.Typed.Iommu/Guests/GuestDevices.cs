using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>The devices of a guest by their requester ids in the guest.</summary>
/// <remarks>The table changes within one step of the machine, so no lock guards it.</remarks>
internal sealed class GuestDevices(VfioContainer container)
{
    private readonly Dictionary<RequesterId, GuestDevice> _devices = [];

    /// <summary>The devices.</summary>
    public IReadOnlyCollection<GuestDevice> All => _devices.Values;

    /// <summary>The highest PASID that each device can send.</summary>
    public Pasid HighestPasid => All.Select(device => device.Device.MaximumPasid).Append(Pasid.Maximum).Min();

    /// <summary>Adds a device whose features are enabled.</summary>
    /// <exception cref="IommuException">Busy: the guest already has the device, or another device with that requester id. Nothing changed.</exception>
    public GuestDevice Add(IommuDevice device, IAsyncDisposable features, RequesterId virtualRequester, Func<Pasid, ValueTask> stop)
    {
        if (_devices.ContainsKey(virtualRequester) || Find(device) is not null)
            throw new IommuException(IommuError.Busy, $"{container.Name} already has {device}, or another device as {virtualRequester}. Dispose that one first.");
        GuestDevice assigned = new(container, device, features, virtualRequester, stop);
        _devices.Add(virtualRequester, assigned);
        return assigned;
    }

    /// <summary>Removes a device whose disposal has completed its unbinds.</summary>
    public void Remove(GuestDevice device) => _devices.Remove(device.VirtualRequester);

    /// <summary>Returns the guest's view of a device, or null if the device is not assigned to the guest.</summary>
    public GuestDevice? Find(IommuDevice device)
    {
        foreach (GuestDevice assigned in _devices.Values)
        {
            if (assigned.Device == device)
                return assigned;
        }

        return null;
    }

    /// <summary>Returns the device with a requester id of the guest, or null if it does not exist. The counter of refused ids then increases.</summary>
    public GuestDevice? Find([GuestControlled] RequesterId virtualRequester)
    {
        if (_devices.TryGetValue(virtualRequester, out GuestDevice? device))
            return device;
        container.Counts.Refused++;
        return null;
    }
}
