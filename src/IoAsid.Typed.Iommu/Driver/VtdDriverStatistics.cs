namespace IoAsid.Typed.Iommu;

/// <summary>The counts of a unit's driver.</summary>
/// <param name="Invalidations">The number of submitted batches of invalidations, including repeated ones.</param>
/// <param name="InvalidationTimeouts">The number of invalidation time-outs of devices.</param>
/// <param name="InvalidationQueueErrors">The number of descriptors that the unit refused.</param>
/// <param name="PageRequestOverflows">The number of overflows of the page request queue.</param>
/// <param name="FaultOverflows">The number of overflows of the fault recording registers.</param>
public sealed record VtdDriverStatistics(
    long Invalidations, long InvalidationTimeouts, long InvalidationQueueErrors, long PageRequestOverflows, long FaultOverflows);
