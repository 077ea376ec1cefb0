// The drain is omitted if the entry is already clear.
sealed class ClearedEntry(Drain drain)
{
    public void Release(IoAsidBinding device, bool isClear) => device.Complete(isClear ? true : drain.Certified(device)); // CS1503
}
