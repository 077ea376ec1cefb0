// Use a guest's own number as the number of the hardware.
using IoAsid.Typed;
using QuickStart.RunTime;

internal static class Guests
{
    public static bool Owns(IoAsidSet ids, PrivateIoAsid guestPasid)
    {
#if MISTAKE
        return ids.Contains(guestPasid);
#else
        return ids.TryResolve(guestPasid, out _);
#endif
    }
}
