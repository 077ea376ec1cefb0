using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>Page requests that a guest responds to. They contain only ids of the guest, and none of the host.</summary>
[AnsweredOnce]
public sealed class GuestPageRequestGroup
{
    private readonly PageRequestGroup _group;
    private readonly GuestPageRequests _owner;

    internal GuestPageRequestGroup(GuestPageRequests owner, PageRequestGroup group, GuestSvaBinding binding, int index)
    {
        _owner = owner;
        _group = group;
        Requester = owner.Device.VirtualRequester;
        Pasid = binding.GuestPasid;
        Index = index;
    }

    /// <summary>The requester id of the device in the guest.</summary>
    public RequesterId Requester { get; }

    /// <summary>The PASID in the guest.</summary>
    public PrivateIoAsid Pasid { get; }

    /// <summary>
    /// The group index in the guest, 0 to 511. It is not the device's group index. A device uses an index again after the host's response, and a late response
    /// of the guest must not reach the next group.
    /// </summary>
    public int Index { get; }

    /// <summary>The requests, with addresses of the guest's process.</summary>
    public IReadOnlyList<PageRequest> Requests => _group.Requests;

    /// <summary>
    /// Gets a value indicating whether the group has a response: from the guest, or from the host after a timeout, an unbind, a removal or the end of the
    /// guest.
    /// </summary>
    public bool IsAnswered => _group.IsAnswered;

    /// <summary>Responds to the group, if it has no response yet.</summary>
    /// <param name="response">The response. Only the host may send <see cref="PageResponse.ResponseFailure"/>, so it is replaced by Invalid Request.</param>
    /// <returns>true if this response was sent; false if the group had a response before.</returns>
    [Answers]
    public bool Respond(PageResponse response)
    {
        _owner.Remove(this);
        bool isFirst = _group.Respond(response == PageResponse.Success ? PageResponse.Success : PageResponse.InvalidRequest);
        if (!isFirst)
            _owner.CountLate();
        return isFirst;
    }

    /// <inheritdoc/>
    public override string ToString() => $"page request group {Index} of {Requester} for the guest's PASID {Pasid}";
}
