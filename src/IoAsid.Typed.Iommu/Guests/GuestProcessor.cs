namespace IoAsid.Typed.Iommu;

/// <summary>
/// The processors of a guest (KVM in Linux), which translate guest PASIDs to host PASIDs for ENQCMD. A bound PASID is held as long as it has a translation.
/// Free and unbind remove the translation before anything else.
/// </summary>
/// <remarks>The object is created before the guest runs. It runs in steps of the machine's scheduler and is not thread-safe.</remarks>
public sealed class GuestProcessor : IDisposable
{
    private readonly VfioContainer _container;
    private readonly Dictionary<PrivateIoAsid, IoAsidReference> _translations = [];
    private readonly IoAsidObserverRegistration _registration;

    /// <summary>Creates the processors of a guest.</summary>
    /// <param name="container">The container of the guest.</param>
    public GuestProcessor(VfioContainer container)
    {
        ArgumentNullException.ThrowIfNull(container);
        _container = container;
        _registration = container.Set.Observe(OnEvent, IoAsidObserverPriority.Cpu);
    }

    /// <summary>The PASIDs of the guest that have a translation.</summary>
    public IReadOnlyCollection<PrivateIoAsid> Translations => _translations.Keys;

    /// <summary>The number of commands that faulted.</summary>
    public long Faults { get; private set; }

    /// <summary>Executes the guest's ENQCMD.</summary>
    /// <param name="guestPasid">The PASID in the guest's IA32_PASID.</param>
    /// <param name="device">The device of the portal.</param>
    /// <param name="portal">The index of the device's portal.</param>
    /// <param name="command">The 64 bytes of the command.</param>
    /// <returns>The result.</returns>
    public GuestEnqueueResult TryEnqueue([GuestControlled] PrivateIoAsid guestPasid, GuestDevice device, int portal, ReadOnlySpan<byte> command)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (!_translations.TryGetValue(guestPasid, out IoAsidReference? held) || !device.MaySubmit(held.Id.ToPasid()))
        {
            Faults++;
            return GuestEnqueueResult.Fault;
        }

        return device.Device.Function.Portals[portal].TryEnqueue(command, held.Id.ToPasid()) ? GuestEnqueueResult.Accepted : GuestEnqueueResult.Retry;
    }

    /// <summary>Removes and releases all translations, in any state of the PASIDs.</summary>
    public void Dispose()
    {
        _registration.Dispose();
        foreach (IoAsidReference held in _translations.Values)
            held.Dispose();
        _translations.Clear();
    }

    private void OnEvent(IoAsidEvent change)
    {
        if (change.PrivateId is not { } guestPasid)
            return;
        if (change.Kind == IoAsidEventKind.Bound)
            Add(guestPasid, change.Id);
        else if (change.Kind is IoAsidEventKind.Unbound or IoAsidEventKind.Freed)
            Remove(guestPasid);
    }

    private void Add(PrivateIoAsid guestPasid, RawIoAsid id)
    {
        if (_container.Set.TryHold(id, out IoAsidReference? held))
            _translations.Add(guestPasid, held);
    }

    private void Remove(PrivateIoAsid guestPasid)
    {
        if (_translations.Remove(guestPasid, out IoAsidReference? held))
            held.Dispose();
    }
}
