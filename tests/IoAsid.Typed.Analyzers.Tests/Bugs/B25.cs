// Whether a number is in use is asked by comparing what a lookup returned to null: an error pointer is not null, and an id without data is not in use.
sealed class VirtualCommands(IoAsidReader<SvaBinding> sva)
{
    public bool IsInUse(RawIoAsid pasid) => sva.Find(pasid) != null; // CS0019
}
