using IoAsid.Typed;

namespace Migration.Converged;

/// <summary>Serves page requests of all owners: it reads through the root of its data type, and holds the id during the service.</summary>
public sealed class PageRequests(IoAsidReader<SvaBinding> sva)
{
    public string Serve(ulong descriptor)
    {
        using IoAsidHold<SvaBinding> hold = sva.Hold(Descriptors.PasidOf(descriptor));
        return hold.IsHeld ? hold.Data.Serve(Descriptors.AddressOf(descriptor)) : "invalid request";
    }

    public string Describe(RawIoAsid pasid) =>
        sva.TryFind(pasid, out SvaBinding? binding) ? binding.GetType().Name : "nothing of ours";

    public bool IsKnown(RawIoAsid pasid) => sva.Contains(pasid);
}
