namespace IoAsid.Typed.Iommu;

/// <summary>What a unit's driver has counted.</summary>
/// <param name="Invalidations">Batches of invalidations submitted, repeated ones included.</param>
/// <param name="InvalidationTimeouts">How often a device let an invalidation pass.</param>
/// <param name="InvalidationQueueErrors">How often the unit refused a descriptor.</param>
/// <param name="PageRequestOverflows">How often the page request ring was full.</param>
/// <param name="FaultOverflows">How often a fault found no register.</param>
public sealed record VtdDriverStatistics(
    long Invalidations, long InvalidationTimeouts, long InvalidationQueueErrors, long PageRequestOverflows, long FaultOverflows);
