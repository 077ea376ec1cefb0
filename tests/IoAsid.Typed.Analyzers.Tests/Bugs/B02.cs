// The context of an address space is stored, and released later, without a reference on the address space.
sealed class Contexts(IoAsidReader<SvaBinding> sva)
{
    private SvaBinding? _current;

    public void Attach(RawIoAsid pasid) => _current = sva.Find(pasid).Data; // IOASID2004

    public void Detach() => _current?.Serve();
}
