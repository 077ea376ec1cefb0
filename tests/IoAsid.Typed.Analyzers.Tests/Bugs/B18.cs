// The drain is left out where the entry is clear already.
sealed class ClearedEntry(Drain drain)
{
    public void Release(IoAsidBinding device, bool isClear) => device.Complete(isClear ? true : drain.Certified(device)); // CS1503
}
