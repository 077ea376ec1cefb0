using System.Diagnostics.CodeAnalysis;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A device as one guest sees it: with a requester id of the guest's own (the role of a device model, VDCM, in Linux). What it was told of PASIDs it holds until
/// that is cleaned up: no two lives of a number may overlap in a device that several guests share.
/// </summary>
/// <remarks>Comes from <see cref="VfioContainer.AssignAsync(IommuDevice, RequesterId, Func{Pasid, ValueTask}, CancellationToken)"/>. Runs in steps of the machine's scheduler; not thread-safe.</remarks>
public sealed class GuestDevice : IAsyncDisposable
{
    private readonly VfioContainer _container;
    private readonly Func<Pasid, ValueTask> _stop;
    private readonly Dictionary<PrivateIoAsid, IoAsidReference> _contexts = [];
    private readonly List<Task> _cleanings = [];
    private readonly IoAsidObserverRegistration _registration;
    private readonly DeviceFeatures _features;
    private readonly SingleRun _end = new();

    internal GuestDevice(VfioContainer container, DeviceFeatures features, RequesterId virtualRequester, Func<Pasid, ValueTask> stop)
    {
        _container = container;
        _stop = stop;
        _features = features;
        Device = features.Device;
        VirtualRequester = virtualRequester;
        PageRequests = new GuestPageRequests(container, this);
        Device.Dependents.Add(this);
        _registration = container.Set.Observe(OnEdge, IoAsidObserverPriority.Device);
    }

    /// <summary>The device.</summary>
    public IommuDevice Device { get; }

    /// <summary>Its requester id in the guest.</summary>
    public RequesterId VirtualRequester { get; }

    /// <summary>How many PASIDs it was told of and not yet cleaned of.</summary>
    public int Contexts => _contexts.Count;

    internal GuestPageRequests PageRequests { get; }

    /// <summary>Whether it was taken away from the guest.</summary>
    internal bool IsUnassigned { get; private set; }

    /// <inheritdoc/>
    public override string ToString() => $"{Device} ({VirtualRequester} in {_container})";

    /// <summary>What to tell the device where the guest tells it a PASID. The number stays what it is until the device is cleaned of it.</summary>
    /// <param name="guestPasid">What the guest says.</param>
    /// <param name="pasid">The number for the device.</param>
    /// <returns>False if the guest has no such PASID.</returns>
    public bool TryResolve([GuestControlled] PrivateIoAsid guestPasid, out Pasid pasid)
    {
        pasid = default;
        if (IsUnassigned || !TryHold(guestPasid, out IoAsidReference? held))
            return false;
        pasid = held.Id.ToPasid();
        return true;
    }

    /// <summary>Cleans the device of a PASID: it is stopped, and the hold ends.</summary>
    /// <param name="guestPasid">What the guest calls it.</param>
    /// <param name="cancellationToken">Cancels the wait. The cleaning goes on.</param>
    /// <returns>Completes when the device does not use it; at once if the device was not told of it.</returns>
    public ValueTask CleanAsync([GuestControlled] PrivateIoAsid guestPasid, CancellationToken cancellationToken = default) =>
        CleanAsync(guestPasid).UnlessCancelled(cancellationToken);

    /// <summary>Takes the device from the guest: unbinds all its PASIDs there. A second disposal waits for the first.</summary>
    /// <exception cref="IommuException">The unit does not work.</exception>
    public ValueTask DisposeAsync() => _end.RunAsync(UnassignAsync);

    /// <summary>Whether the guest may submit work: the portal is the guest's as long as the PASID is bound to this device.</summary>
    internal bool MaySubmit(Pasid pasid) => _container.TryFind(pasid, out GuestSvaBinding? binding) && binding.IsOpenOn(this);

    /// <summary>Has the device stop using a PASID, whatever the guest does. A device that does not is cut off from memory.</summary>
    internal async ValueTask StopAsync(Pasid pasid)
    {
        try
        {
            await _stop(pasid);
        }
#pragma warning disable CA1031 // Whatever went wrong in a device model: the device may still use the PASID.
        catch (Exception)
#pragma warning restore CA1031
        {
            await Device.IsolateAsync();
        }
    }

    private async ValueTask UnassignAsync()
    {
        IsUnassigned = true;
        Device.Dependents.Remove(this);
        _registration.Dispose();
        PageRequests.Refuse();
        foreach (PrivateIoAsid guestPasid in _contexts.Keys.ToList())
            await CleanAsync(guestPasid);
        await Task.WhenAll(_cleanings);
        foreach (GuestSvaBinding binding in _container.Bindings)
        {
            if (binding.Find(this) is { } bond)
                await bond.DisposeAsync();
        }

        await _container.WaitForEndingsAsync();
        _container.Assigned.Remove(this);
        await _features.DisposeAsync();
    }

    private ValueTask CleanAsync([GuestControlled] PrivateIoAsid guestPasid) =>
        _contexts.Remove(guestPasid, out IoAsidReference? held) ? CleanAsync(held) : ValueTask.CompletedTask;

    private bool TryHold([GuestControlled] PrivateIoAsid guestPasid, [NotNullWhen(true)] out IoAsidReference? held)
    {
        if (_contexts.TryGetValue(guestPasid, out held))
            return true;
        if (!_container.Set.TryHold(guestPasid, out held))
            return false;
        _contexts.Add(guestPasid, held);
        return true;
    }

    private void OnEdge(IoAsidEvent edge)
    {
        _cleanings.RemoveAll(cleaning => cleaning.IsCompletedSuccessfully);
        if (edge is { Kind: IoAsidEventKind.Freed, PrivateId: { } guestPasid })
            _cleanings.Add(CleanAsync(guestPasid).AsTask());
    }

    private async ValueTask CleanAsync([TakesOwnership] IoAsidReference held)
    {
        await StopAsync(held.Id.ToPasid());
        held.Dispose();
    }
}
