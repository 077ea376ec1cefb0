using IoAsid.Typed;

namespace Migration.Converged;

/// <summary>Answers page requests of all owners: it reads through the root of its data type, and keeps the id while it serves.</summary>
public sealed class PageRequests(IoAsidReader<SvaBinding> sva)
{
    public string Serve(RawIoAsid pasid)
    {
        using IoAsidHold<SvaBinding> hold = sva.Hold(pasid);
        return hold.IsHeld ? hold.Data.Serve() : "invalid request";
    }

    public string Describe(RawIoAsid pasid) =>
        sva.TryFind(pasid, out SvaBinding? binding) ? binding.GetType().Name : "nothing of ours";

    public bool IsKnown(RawIoAsid pasid) => sva.Contains(pasid);
}
