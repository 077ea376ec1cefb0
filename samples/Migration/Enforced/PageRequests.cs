using IoAsid.Typed;

namespace Migration.Enforced;

/// <summary>Serves page requests. A device sends a number, and the handler must find the number of any owner.</summary>
public sealed class PageRequests(Pasids pasids, PasidTable table)
{
    private readonly IoAsidSet<SvaBinding> _sva = pasids.Sva;

    public string Report => $"{table.Lookups} lookups in {pasids.Space.Name}";

    public string Serve(ulong descriptor)
    {
        /* any owner's */
        SvaBinding? binding = _sva.Find(Descriptors.PasidOf(descriptor)).Data;
        return binding is null ? "invalid request" : binding.Serve(Descriptors.AddressOf(descriptor));
    }

    public string Describe(RawIoAsid pasid)
    {
        if (_sva.TryFind(pasid, out SvaBinding? binding))
            return binding.GetType().Name;

        return "nothing of ours";
    }

    public bool IsKnown(RawIoAsid pasid) => _sva.Find(pasid).Data is not null;
}
