namespace Corpus;

/// <summary>Domains of mediated devices: a reference is kept for as long as a device is attached.</summary>
public sealed class AuxiliaryDomains(IoAsidSpace space)
{
    private readonly IoAsidSet<AuxiliaryDomain> _aux = space.CreateSet<AuxiliaryDomain>("aux");
    private readonly Dictionary<int, IoAsidHandle<AuxiliaryDomain>> _domains = [];
    private readonly Dictionary<RequesterId, IoAsidReference<AuxiliaryDomain>> _attached = [];
    private IoAsidCapacityReservation? _reserved;

    public void Reserve(long count)
    {
        _reserved?.Dispose();
        _reserved = space.ReserveCapacity(count);
    }

    public bool Create(int number)
    {
        if (_domains.ContainsKey(number))
            return false;

        _domains[number] = _aux.Allocate(new AuxiliaryDomain(number));
        return true;
    }

    public bool Attach(RequesterId device, RawIoAsid pasid)
    {
        if (_attached.ContainsKey(device) || !_aux.TryHold(pasid, out IoAsidReference<AuxiliaryDomain>? reference))
            return false;

        _attached[device] = reference;
        return true;
    }

    public void Detach(RequesterId device)
    {
        if (_attached.Remove(device, out IoAsidReference<AuxiliaryDomain>? reference))
            reference.Dispose();
    }

    public AuxiliaryDomain? DomainOf(RequesterId device) =>
        _attached.TryGetValue(device, out IoAsidReference<AuxiliaryDomain>? reference) ? reference.Data : null;

    public IoAsidFreeResult Destroy(int number) =>
        _domains.Remove(number, out IoAsidHandle<AuxiliaryDomain> handle) ? handle.Free() : IoAsidFreeResult.AlreadyFreed;

    public IReadOnlyDictionary<int, bool> States() => _domains.ToDictionary(domain => domain.Key, domain => domain.Value.IsStale);
}
