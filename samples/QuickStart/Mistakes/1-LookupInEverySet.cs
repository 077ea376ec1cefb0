// Look in every set, and assume that the result is a binding.
using IoAsid.Typed;
using IoAsid.Typed.Migration;
using QuickStart.RunTime;

internal static class PageRequests
{
    public static SvaBinding? Find(IoAsidSpace space, IoAsidSet<SvaBinding> sva, RawIoAsid pasid)
    {
#if MISTAKE
        SvaBinding? binding = UntypedLookup.Find(space, null, pasid, null) as SvaBinding;
#else
        SvaBinding? binding = sva.Find(pasid).Data;
#endif
        return binding;
    }
}
