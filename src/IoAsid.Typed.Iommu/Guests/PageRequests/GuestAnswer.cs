namespace IoAsid.Typed.Iommu;

/// <summary>What became of a guest's answer to a group of page requests.</summary>
public enum GuestAnswer
{
    /// <summary>It was the first, and was sent to the device.</summary>
    Sent,

    /// <summary>The host had answered before: time-out, unbind or removal. It was dropped.</summary>
    TooLate,

    /// <summary>The guest has no such group, or it is for another PASID. Nothing happened.</summary>
    Refused,
}
