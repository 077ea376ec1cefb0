using IoAsid.Typed;
using IoAsid.Typed.Migration;

internal sealed class PageRequestHandler(IoAsidSpace space, IoAsidSet<SvaBinding> sva)
{
    public string Serve(RawIoAsid pasid)
    {
        SvaBinding? binding = UntypedLookup.Find(space, null, pasid, null) as SvaBinding; // IOASID1001
        return binding?.AddressSpace ?? "invalid request";
    }

    public string ServeOwn(RawIoAsid pasid)
    {
        SvaBinding? binding = UntypedLookup.Find(space, sva, pasid, null) as SvaBinding; // IOASID1002
        return binding?.AddressSpace ?? "invalid request";
    }
}
