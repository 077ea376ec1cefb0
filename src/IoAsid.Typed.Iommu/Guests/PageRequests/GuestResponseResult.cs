namespace IoAsid.Typed.Iommu;

/// <summary>The result of a guest's response to a group of page requests.</summary>
public enum GuestResponseResult
{
    /// <summary>The response was the first one, and was sent to the device.</summary>
    Sent,

    /// <summary>The host had responded before, after a timeout, an unbind or a removal. The response was not sent.</summary>
    TooLate,

    /// <summary>The guest has no such group, or the group has another PASID. Nothing changed.</summary>
    NoSuchGroup,
}
