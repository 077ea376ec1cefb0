namespace IoAsid.Typed.Iommu;

/// <summary>The virtual unit of a guest, as the hypervisor plays it.</summary>
public interface IGuestUnit
{
    /// <summary>
    /// Takes a group of page requests. It is answered, at any later time, by <see cref="GuestPageRequestGroup.Respond"/> or by the guest's own ids
    /// (<see cref="VfioContainer.Respond(Hardware.RequesterId, PrivateIoAsid, int, PageResponse)"/>). An exception refuses it.
    /// </summary>
    /// <param name="group">The group, with the guest's ids only.</param>
    void Receive([Answers] GuestPageRequestGroup group);

    /// <summary>Signals that a wait for invalidations is complete (IF of the wait descriptor): time for the guest's interrupt.</summary>
    void SignalInvalidation();
}
