namespace IoAsid.Typed.Iommu;

/// <summary>A batch in the queue.</summary>
/// <param name="slot">Which status word is its.</param>
/// <param name="start">The position of its first descriptor, counted from when the queue was made.</param>
/// <param name="end">The position after its wait descriptor.</param>
internal sealed class SubmittedBatch(int slot, long start, long end)
{
    public int Slot { get; } = slot;

    public long Start { get; } = start;

    public long End { get; } = end;

    /// <summary>
    /// What software found out about it. It counts before the status word: the unit goes on behind a descriptor that it refused, and reaches the wait.
    /// </summary>
    public BatchStatus Verdict { get; set; }

    /// <summary>Whether a time-out may have lost a part of it before its wait was fetched: when the wait is done, the batch is not.</summary>
    public bool IsTorn { get; set; }
}
