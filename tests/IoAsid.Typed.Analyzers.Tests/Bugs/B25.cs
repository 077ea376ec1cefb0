// The code compares the result of a lookup to null to test if a number is in use. An error pointer is not null, and an id without data returns null.
sealed class VirtualCommands(IoAsidReader<SvaBinding> sva)
{
    public bool IsInUse(RawIoAsid pasid) => sva.Find(pasid) != null; // CS0019
}
