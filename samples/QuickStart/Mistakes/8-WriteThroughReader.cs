// Change an id through a reader. Changes go through the handle of the allocation.
using IoAsid.Typed;
using QuickStart.RunTime;

internal static class Bindings
{
    public static void Replace(IoAsidReader<SvaBinding> sva, IoAsidHandle<GuestSvaBinding> handle, GuestSvaBinding moved)
    {
#if MISTAKE
        sva.SetData(handle.Id, moved);
#else
        handle.SetData(moved);
#endif
    }
}
