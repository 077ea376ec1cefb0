namespace IoAsid.Typed.Allocation;

/// <summary>What came of an allocation: an id, or a reason.</summary>
internal readonly record struct Allocated(uint Id, uint Generation, IoAsidAllocationFailure Failure = IoAsidAllocationFailure.None, Exception? Cause = null)
{
    public static Allocated Failed(IoAsidAllocationFailure failure, Exception? cause = null) => new(0, 0, failure, cause);
}
