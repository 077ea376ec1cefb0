// Look up through the space. A space has no lookup.
using IoAsid.Typed;
using QuickStart.RunTime;

internal static class PageRequests
{
    public static SvaBinding? Find(IoAsidSpace space, IoAsidSet<SvaBinding> sva, RawIoAsid pasid)
    {
#if MISTAKE
        return space.Find(pasid).Data;
#else
        return sva.Find(pasid).Data;
#endif
    }
}
