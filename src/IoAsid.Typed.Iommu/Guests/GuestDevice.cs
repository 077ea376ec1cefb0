using System.Diagnostics.CodeAnalysis;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A device as one guest sees it, with a requester id of the guest (the device model in Linux, VDCM). It holds each PASID that the guest programmed into the
/// device until the device has stopped using the PASID, because a number must not be allocated again while a shared device uses it.
/// </summary>
/// <remarks>
/// <see cref="VfioContainer.AssignAsync(IommuDevice, RequesterId, Func{Pasid, ValueTask}, CancellationToken)"/> creates it. It runs in steps of the machine's
/// scheduler and is not thread-safe.
/// </remarks>
public sealed class GuestDevice : IAsyncDisposable
{
    private readonly VfioContainer _container;
    private readonly Func<Pasid, ValueTask> _stop;
    private readonly Dictionary<PrivateIoAsid, IoAsidReference> _contexts = [];
    private readonly List<Task> _clearings = [];
    private readonly IoAsidObserverRegistration _registration;
    private readonly IAsyncDisposable _features;
    private readonly SingleRun _end = new();

    internal GuestDevice(VfioContainer container, IommuDevice device, IAsyncDisposable features, RequesterId virtualRequester, Func<Pasid, ValueTask> stop)
    {
        _container = container;
        _stop = stop;
        _features = features;
        Device = device;
        VirtualRequester = virtualRequester;
        PageRequests = new GuestPageRequests(container, this);
        Device.Dependents.Add(this);
        _registration = container.Set.Observe(OnEvent, IoAsidObserverPriority.Device);
    }

    /// <summary>The device.</summary>
    public IommuDevice Device { get; }

    /// <summary>The requester id of the device in the guest.</summary>
    public RequesterId VirtualRequester { get; }

    /// <summary>The number of PASIDs that the guest programmed into the device and that are not cleared.</summary>
    public int Contexts => _contexts.Count;

    internal GuestPageRequests PageRequests { get; }

    /// <summary>Gets a value indicating whether the device no longer belongs to the guest.</summary>
    internal bool IsUnassigned { get; private set; }

    /// <inheritdoc/>
    public override string ToString() => $"{Device} ({VirtualRequester} in {_container})";

    /// <summary>Tries to translate a PASID that the guest programs into the device. The device may use the PASID until it is cleared.</summary>
    /// <param name="guestPasid">The PASID in the guest.</param>
    /// <param name="pasid">The PASID for the device.</param>
    /// <returns>true if the guest has the PASID; otherwise, false.</returns>
    public bool TryResolve([GuestControlled] PrivateIoAsid guestPasid, out Pasid pasid)
    {
        pasid = default;
        if (IsUnassigned || !TryHold(guestPasid, out IoAsidReference? held))
            return false;
        pasid = held.Id.ToPasid();
        return true;
    }

    /// <summary>Clears a PASID from the device: stops the device from using it, and releases it.</summary>
    /// <param name="guestPasid">The PASID in the guest.</param>
    /// <param name="cancellationToken">Cancels the wait. The clearing continues.</param>
    /// <returns>A task that completes when the device does not use the PASID. It completes synchronously if the PASID was not programmed.</returns>
    public ValueTask ClearContextAsync([GuestControlled] PrivateIoAsid guestPasid, CancellationToken cancellationToken = default) =>
        ClearContextAsync(guestPasid).UnlessCancelled(cancellationToken);

    /// <summary>Removes the device from the guest, and unbinds all PASIDs of the guest on the device. A second disposal waits for the first.</summary>
    /// <exception cref="IommuException">The unit does not work.</exception>
    public ValueTask DisposeAsync() => _end.RunAsync(UnassignAsync);

    /// <summary>Returns true if the guest may submit work for a PASID, because the PASID is bound to this device.</summary>
    internal bool MaySubmit(Pasid pasid) => _container.TryFind(pasid, out GuestSvaBinding? binding) && binding.IsOpenOn(this);

    /// <summary>Stops the device from using a PASID, independent of the guest. A device that does not stop is isolated.</summary>
    internal async ValueTask StopAsync(Pasid pasid)
    {
        try
        {
            await _stop(pasid);
        }
#pragma warning disable CA1031 // After any exception of a device model, the device may still use the PASID.
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
            await ClearContextAsync(guestPasid);
        await Task.WhenAll(_clearings);
        foreach (GuestSvaBinding binding in _container.Bindings)
        {
            if (binding.Find(this) is { } bond)
                await bond.DisposeAsync();
        }

        await _container.WaitForTearDownAsync();
        _container.Assigned.Remove(this);
        await _features.DisposeAsync();
    }

    private ValueTask ClearContextAsync([GuestControlled] PrivateIoAsid guestPasid) =>
        _contexts.Remove(guestPasid, out IoAsidReference? held) ? ClearContextAsync(held) : ValueTask.CompletedTask;

    private bool TryHold([GuestControlled] PrivateIoAsid guestPasid, [NotNullWhen(true)] out IoAsidReference? held)
    {
        if (_contexts.TryGetValue(guestPasid, out held))
            return true;
        if (!_container.Set.TryHold(guestPasid, out held))
            return false;
        _contexts.Add(guestPasid, held);
        return true;
    }

    private void OnEvent(IoAsidEvent freed)
    {
        _clearings.RemoveAll(clearing => clearing.IsCompletedSuccessfully);
        if (freed is { Kind: IoAsidEventKind.Freed, PrivateId: { } guestPasid })
            _clearings.Add(ClearContextAsync(guestPasid).AsTask());
    }

    private async ValueTask ClearContextAsync([TakesOwnership] IoAsidReference held)
    {
        await StopAsync(held.Id.ToPasid());
        held.Dispose();
    }
}
