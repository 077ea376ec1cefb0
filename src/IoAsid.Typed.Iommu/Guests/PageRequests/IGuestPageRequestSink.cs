namespace IoAsid.Typed.Iommu;

/// <summary>Where a guest takes page requests of its devices: the page request queue of its virtual unit.</summary>
public interface IGuestPageRequestSink
{
    /// <summary>
    /// Takes a group. It is to be answered, at any later time, by <see cref="GuestPageRequestGroup.Respond"/> or by the guest's own ids
    /// (<see cref="VfioContainer.Respond(Hardware.RequesterId, PrivateIoAsid, int, PageResponse)"/>). Throwing refuses it.
    /// </summary>
    /// <param name="group">The group, with the guest's ids only.</param>
    void Receive([Answers] GuestPageRequestGroup group);
}
