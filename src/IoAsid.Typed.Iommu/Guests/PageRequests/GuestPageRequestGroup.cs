using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>Page requests that a guest is to answer, in the guest's own ids: nothing of the host is to be seen here.</summary>
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

    /// <summary>Who asks, as the guest knows it.</summary>
    public RequesterId Requester { get; }

    /// <summary>For which PASID of the guest.</summary>
    public PrivateIoAsid Pasid { get; }

    /// <summary>
    /// The group's number, 0 to 511. Not the device's: a device uses a number again when the host answered, and the guest's late answer must not be taken for that
    /// of the next group.
    /// </summary>
    public int Index { get; }

    /// <summary>What is asked for: addresses of the guest's process.</summary>
    public IReadOnlyList<PageRequest> Requests => _group.Requests;

    /// <summary>Whether somebody answered: the guest, the clock, the unbind, the guest's death or the device's removal.</summary>
    public bool IsAnswered => _group.IsAnswered;

    /// <summary>Answers the group, if nobody did before.</summary>
    /// <param name="response">The answer. Only the host can have a device stop asking at all: a failure is passed on as Invalid Request.</param>
    /// <returns>Whether this was the first answer. False: it was too late, and nothing was sent.</returns>
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
