// A pair that was never attached is detached, because the code does not test the result of the lookup.
sealed class Detach(IoAsidReader<SvaBinding> attached)
{
    public void Run(RawIoAsid pasid) => attached.Find(pasid).Data!.Serve(); // IOASID1005
}
