namespace IoAsid.Typed.Iommu;

/// <summary>A reference that can be taken once.</summary>
internal struct SingleUse<T>(T held)
    where T : class
{
    private T? _held = held;

    /// <summary>Returns the reference in the first call, and null in each later call.</summary>
    public T? Take()
    {
        T? taken = _held;
        _held = null;
        return taken;
    }
}
