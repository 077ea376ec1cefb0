using IoAsid.Typed;
using IoAsid.Typed.Migration;

internal static class PageRequestHandler
{
    public static string Serve(IoAsidSpace space, IoAsidSet<SvaBinding> sva, RawIoAsid pasid)
    {
        SvaBinding? binding = UntypedLookup.Find(space, null, pasid, null) as SvaBinding; // IOASID1001
        return binding?.AddressSpace ?? "invalid request";
    }

    public static string ServeOwn(IoAsidSpace space, IoAsidSet<SvaBinding> sva, RawIoAsid pasid)
    {
        SvaBinding? binding = UntypedLookup.Find(space, sva, pasid, null) as SvaBinding; // IOASID1002
        return binding?.AddressSpace ?? "invalid request";
    }
}
