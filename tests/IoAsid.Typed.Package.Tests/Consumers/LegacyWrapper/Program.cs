using IoAsid.Typed;

_ = LegacyTable.Find(null, new RawIoAsid(7)); // IOASID1001

internal static class LegacyTable
{
    [UntypedIoAsidLookup]
    public static object? Find(IoAsidSet? set, RawIoAsid pasid) => null;
}
