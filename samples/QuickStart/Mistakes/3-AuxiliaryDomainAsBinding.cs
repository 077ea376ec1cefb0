// Use an auxiliary domain as a binding.
using IoAsid.Typed;
using QuickStart.RunTime;

internal static class PageRequests
{
    public static SvaBinding? Find(IoAsidSet<SvaBinding> sva, IoAsidSet<AuxiliaryDomain> aux, RawIoAsid pasid)
    {
#if MISTAKE
        SvaBinding? binding = aux.Find(pasid).Data;
#else
        SvaBinding? binding = sva.Find(pasid).Data;
#endif
        return binding;
    }
}
