using IoAsid.Typed;

using IoAsidSpace space = new();
RawIoAsid pasid = space.CreateSet<Process>("sva").Allocate(new Process("editor")).Id;
_ = LegacyTable.Find(null, pasid); // IOASID1001

internal static class LegacyTable
{
    [UntypedIoAsidLookup]
    public static object? Find(IoAsidSet? set, RawIoAsid pasid) => null;
}

internal sealed record Process(string Name);
