namespace IoAsid.Typed.Concurrency.Tests.Linearizability;

/// <summary>The target of one operation, and the key of its answer.</summary>
internal sealed record Step(int Key, int Set, int Number)
{
    public RawIoAsid Id => new((uint)Number);
}
