namespace IoAsid.Typed.Iommu;

/// <summary>A batch in the queue.</summary>
/// <param name="slot">The index of the batch's status word.</param>
/// <param name="start">The position of the first descriptor, counted from the creation of the queue.</param>
/// <param name="end">The position after the wait descriptor.</param>
internal sealed class SubmittedBatch(int slot, long start, long end)
{
    public int Slot { get; } = slot;

    public long Start { get; } = start;

    public long End { get; } = end;

    /// <summary>
    /// The status that software determined. It precedes the status word, because the unit continues after a refused descriptor and executes the wait.
    /// </summary>
    public BatchStatus Verdict { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether a time-out aborted a part of the batch before its wait was fetched. The status write of the wait then does not
    /// complete the batch.
    /// </summary>
    public bool IsPartlyAborted { get; set; }
}
