// A device leaves the fault queue before its entry is torn down and drained: its binding ends without a receipt.
sealed class QueueRemoval
{
    public static void Remove(IoAsidBinding device) => device.Complete(); // CS7036
}
