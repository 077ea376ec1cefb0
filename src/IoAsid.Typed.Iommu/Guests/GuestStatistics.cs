namespace IoAsid.Typed.Iommu;

/// <summary>The counts of a guest.</summary>
/// <param name="Refused">The number of PASIDs and requester ids named by the guest that it does not have.</param>
/// <param name="Invalidations">The number of invalidation descriptors that were executed.</param>
/// <param name="InvalidationErrors">The number of invalidation descriptors that were refused.</param>
/// <param name="Forwarded">The number of groups of page requests that were forwarded to the guest.</param>
/// <param name="LateResponses">The number of responses of the guest that were dropped because the group had a response before.</param>
/// <param name="RefusedResponses">The number of responses for a group that the guest does not have, or with a wrong PASID.</param>
public sealed record GuestStatistics(
    long Refused, long Invalidations, long InvalidationErrors, long Forwarded, long LateResponses, long RefusedResponses);
