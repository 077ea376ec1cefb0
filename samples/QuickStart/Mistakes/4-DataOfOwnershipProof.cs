// Use the proof of ownership to get at the data. VFIO needs the first and never sees the second.
using IoAsid.Typed;
using QuickStart.RunTime;

internal static class Guests
{
    public static object? Check(IoAsidSet ids, RawIoAsid pasid)
    {
        if (!ids.TryHold(pasid, out IoAsidReference? mine))
            return null;

        using (mine)
        {
#if MISTAKE
            return mine.Data;
#else
            return mine.Id;
#endif
        }
    }
}
