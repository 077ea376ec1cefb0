using IoAsid.Typed;
using IoAsid.Typed.Migration;

namespace Migration.Transitional;

/// <summary>Serves page requests. A device sends a number, and the handler must find the number of any owner.</summary>
public sealed class PageRequests(Pasids pasids, PasidTable table)
{
    private readonly IoAsidSet<SvaBinding> _sva = pasids.Sva;

    public string Report => $"{table.Lookups} lookups in {pasids.Space.Name}";

    public string Serve(ulong descriptor)
    {
        SvaBinding? binding = (SvaBinding?)UntypedLookup.Find(pasids.Space, null /* any owner's */, Descriptors.PasidOf(descriptor), null);
        return binding is null ? "invalid request" : binding.Serve(Descriptors.AddressOf(descriptor));
    }

    public string Describe(RawIoAsid pasid)
    {
        if (table.Find(pasid) is SvaBinding binding)
            return binding.GetType().Name;

        return "nothing of ours";
    }

    public bool IsKnown(RawIoAsid pasid) => UntypedLookup.Find(pasids.Space, _sva, pasid, null) is not null;
}
