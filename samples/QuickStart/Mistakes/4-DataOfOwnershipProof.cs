// Read the data through the proof of ownership. VFIO needs the proof and has no access to the data.
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
