// Numbers are used again at once, while faults of the old process are still in the ring: a receipt without a drain.
sealed class ImmediateReuse
{
    public static void Release(IoAsidBinding device) => device.Complete(new DrainReceipt(device)); // CS1729
}
