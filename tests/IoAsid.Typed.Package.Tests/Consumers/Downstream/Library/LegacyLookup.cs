using IoAsid.Typed;
using IoAsid.Typed.Migration;

public static class LegacyLookup
{
    [UntypedIoAsidLookup]
    public static object? Find(IoAsidSpace space, RawIoAsid pasid) => UntypedLookup.Find(space, null, pasid, null); // IOASID1001
}
