// A pair that was never attached is detached: nobody asks whether the lookup found anything.
sealed class Detach(IoAsidReader<SvaBinding> attached)
{
    public void Run(RawIoAsid pasid) => attached.Find(pasid).Data!.Serve(); // IOASID1005
}
