namespace IoAsid.Typed.Iommu;

/// <summary>A batch in the queue.</summary>
/// <param name="Slot">Which status word is its.</param>
/// <param name="Start">The position of its first descriptor, counted from when the queue was made.</param>
/// <param name="End">The position after its wait descriptor.</param>
internal sealed record SubmittedBatch(int Slot, long Start, long End);
