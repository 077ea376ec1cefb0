// The domain of a device is replaced that has none.
sealed class Replace
{
    public static void Run(SvaBinding next)
    {
        IoAsidHandle<SvaBinding> attached = default;
        attached.SetData(next); // IOASID3002
    }
}
