namespace IoAsid.Typed.Allocation;

/// <summary>
/// The faults of one call into a custom allocator, kept until its lock is released. A call has two at most: a number that cannot be used, and its return that failed.
/// </summary>
internal struct AllocatorFaults
{
    private Fault? _first;
    private Fault? _second;

    public void Add(IoAsidFaultKind kind, uint? number, Exception? thrown = null)
    {
        Fault added = new(kind, number, thrown);
        if (_first is null)
            _first = added;
        else
            _second = added;
    }

    public readonly void Report(IoAsidSpace space)
    {
        Report(space, _first);
        Report(space, _second);
    }

    private static void Report(IoAsidSpace space, Fault? fault)
    {
        if (fault is { } one)
            space.Report(one.Kind, one.Number, one.Thrown);
    }

    private readonly record struct Fault(IoAsidFaultKind Kind, uint? Number, Exception? Thrown);
}
