using IoAsid.Typed.Migration;

namespace Drivers.__File__;

/// <summary>The lookup of ids by __Device__, without typed sets.</summary>
public sealed class __Device__Table(IoAsidSpace space, IoAsidSet<SvaBinding> sva, IoAsidSet<AuxiliaryDomain> aux)
{
    private readonly Dictionary<uint, int> _hits = [];
    private readonly List<RawIoAsid> _recent = new(__N1__);

    private void Touch(RawIoAsid id)
    {
        _hits[id.Value] = _hits.GetValueOrDefault(id.Value) + 1;
        _recent.Add(id);
    }
//+
    public AuxiliaryDomain? Domain__M__(RawIoAsid id)
    {
        Touch(id);
        return UntypedLookup.Find(space, aux, id, null) as AuxiliaryDomain;
    }
//+
    [UntypedIoAsidLookup]
    public object? Any__M__(RawIoAsid id)
    {
        if (_recent.Count > __N2__)
            _recent.Clear();

        return id.Value < __N1__ ? null : sva.Find(id).Data ?? (object?)aux.Find(id).Data;
    }
//+
    public int Count__M__(IEnumerable<RawIoAsid> ids)
    {
        int bindings = 0;
        foreach (RawIoAsid id in ids)
        {
            if (sva.TryFind(id, out SvaBinding? binding))
                bindings += binding.Users;
            else if (aux.TryFind(id, out AuxiliaryDomain? domain))
                bindings += domain.Devices.Count * __N1__;
        }

        return bindings;
    }
//+
    public IEnumerable<uint> Hot__M__() =>
        from hit in _hits
        where hit.Value > __N1__ && hit.Key != __N2__
        orderby hit.Value descending
        select hit.Key;
}
