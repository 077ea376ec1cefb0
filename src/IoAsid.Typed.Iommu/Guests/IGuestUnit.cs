using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>The remapping unit that a hypervisor emulates for a guest.</summary>
public interface IGuestUnit
{
    /// <summary>
    /// Receives a group of page requests. Its response may follow later, by <see cref="GuestPageRequestGroup.Respond"/> or with the guest's own ids by <see
    /// cref="VfioContainer.Respond(Hardware.RequesterId, PrivateIoAsid, int, PageResponse)"/>. An exception refuses the group.
    /// </summary>
    /// <param name="group">The group. It contains only ids of the guest.</param>
    void Receive([Answers] GuestPageRequestGroup group);

    /// <summary>Signals that a wait for invalidations is complete (IF of the wait descriptor), so that the hypervisor raises the guest's interrupt.</summary>
    void SignalInvalidation();
}
