namespace IoAsid.Typed.Iommu;

/// <summary>Something that is given up once, however often it is asked for.</summary>
internal struct HeldOnce<T>(T held)
    where T : class
{
    private T? _held = held;

    /// <summary>What is held, the first time; then null.</summary>
    public T? Take()
    {
        T? taken = _held;
        _held = null;
        return taken;
    }
}
