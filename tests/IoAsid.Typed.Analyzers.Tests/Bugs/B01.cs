// The id of an address space is freed when its process exits, while a device is still bound to the id. The drain comes last.
sealed class ProcessExit(IoAsidSet<SvaBinding> sva, Drain drain)
{
    void BindAndExit(SvaBinding binding)
    {
        IoAsidHandle<SvaBinding> pasid = sva.Allocate(binding);
        IoAsidBinding device = pasid.Bind();
        pasid.Free(); // IOASID2005
        device.Complete(drain.Certified(device));
    }
}
