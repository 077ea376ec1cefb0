namespace IoAsid.Typed.Iommu;

/// <summary>What was counted of a guest.</summary>
/// <param name="Refused">How often the guest named a PASID or a requester that it does not have.</param>
/// <param name="Invalidations">Invalidation descriptors that were carried out.</param>
/// <param name="InvalidationErrors">Invalidation descriptors that were refused.</param>
/// <param name="Forwarded">Groups of page requests that were handed to the guest.</param>
/// <param name="AnsweredTooLate">Answers of the guest that came after another one, and were dropped.</param>
/// <param name="AnswersRefused">Answers to groups that the guest does not have, or with a wrong PASID.</param>
public sealed record GuestStatistics(
    long Refused, long Invalidations, long InvalidationErrors, long Forwarded, long AnsweredTooLate, long AnswersRefused);
