// Only one path releases the reference taken at the bind. Another writer replaces the only copy of an id.
sealed class Leaks(IoAsidSet<SvaBinding> sva)
{
    public bool Bind(RawIoAsid pasid, bool ready)
    {
        if (!sva.TryHold(pasid, out IoAsidReference<SvaBinding>? mine)) // IOASID2001
            return false;

        if (!ready)
            return false;

        mine.Dispose();
        return true;
    }

    public void Replace(SvaBinding binding)
    {
        sva.Allocate(binding); // IOASID2006
    }
}
