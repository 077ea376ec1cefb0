// Complete a binding without a drain of the device.
using IoAsid.Typed;
using QuickStart.RunTime;

internal static class Devices
{
    public static void Unbind(IoAsidBinding binding, DeviceDrain drain)
    {
#if MISTAKE
        binding.Complete();
#else
        binding.Complete(drain.Drain(binding));
#endif
    }
}
