// The domain of a device is replaced although the device has no domain.
sealed class Replace
{
    public static void Run(SvaBinding next)
    {
        IoAsidHandle<SvaBinding> attached = default;
        attached.SetData(next); // IOASID3002
    }
}
