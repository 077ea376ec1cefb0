namespace IoAsid.Typed.Iommu;

/// <summary>
/// The processors' part in guest SVA (the role of KVM in Linux): a translation of the guest's PASIDs to the host's, which ENQCMD goes through. A PASID is held from
/// when it is bound until its translation is taken away, which is the first thing to happen when it is freed or unbound.
/// </summary>
/// <remarks>Made before the guest runs. Runs in steps of the machine's scheduler; not thread-safe.</remarks>
public sealed class GuestProcessor : IDisposable
{
    private readonly VfioContainer _container;
    private readonly Dictionary<PrivateIoAsid, IoAsidReference> _translations = [];
    private readonly IoAsidObserverRegistration _registration;

    /// <summary>Processors for a guest.</summary>
    /// <param name="container">The guest's container.</param>
    public GuestProcessor(VfioContainer container)
    {
        ArgumentNullException.ThrowIfNull(container);
        _container = container;
        _registration = container.Set.Observe(OnEdge, IoAsidObserverPriority.Cpu);
    }

    /// <summary>The PASIDs of the guest that are translated.</summary>
    public IReadOnlyCollection<PrivateIoAsid> Translations => _translations.Keys;

    /// <summary>How many commands faulted.</summary>
    public long Faults { get; private set; }

    /// <summary>Executes the guest's ENQCMD.</summary>
    /// <param name="guestPasid">What the guest has in its IA32_PASID.</param>
    /// <param name="device">Whose portal it is.</param>
    /// <param name="portal">Which of the device's portals.</param>
    /// <param name="command">64 bytes.</param>
    /// <returns>What became of it.</returns>
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

    /// <summary>Takes all translations away and holds nothing any more, whatever the state of the PASIDs.</summary>
    public void Dispose()
    {
        _registration.Dispose();
        foreach (IoAsidReference held in _translations.Values)
            held.Dispose();
        _translations.Clear();
    }

    private void OnEdge(IoAsidEvent edge)
    {
        if (edge.PrivateId is not { } guestPasid)
            return;
        if (edge.Kind == IoAsidEventKind.Bound)
            Add(guestPasid, edge.Id);
        else if (edge.Kind is IoAsidEventKind.Unbound or IoAsidEventKind.Freed)
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
