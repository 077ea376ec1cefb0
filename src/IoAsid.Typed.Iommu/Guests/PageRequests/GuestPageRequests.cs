using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>The groups of one device that are forwarded to a guest. A group keeps its index until the guest responds.</summary>
internal sealed class GuestPageRequests(VfioContainer container, GuestDevice device)
{
    private const int Indices = 512;

    private readonly Dictionary<int, GuestPageRequestGroup> _groups = [];
    private int _next;

    public GuestDevice Device => device;

    /// <summary>Forwards a group to the guest. The group is refused if the guest has no virtual unit or no free index.</summary>
    public void Forward([Answers] PageRequestGroup group, GuestSvaBinding binding)
    {
        if (container.Unit is not { } unit || !TryFindIndex(out int index))
        {
            group.Respond(PageResponse.InvalidRequest);
            return;
        }

        GuestPageRequestGroup forwarded = new(this, group, binding, index);
        _groups[index] = forwarded;
        container.Counts.Forwarded++;
        try
        {
            unit.Receive(forwarded);
        }
        catch
        {
            Remove(forwarded);
            throw;
        }
    }

    public void CountLate() => container.Counts.LateResponses++;

    /// <summary>Sends the guest's response.</summary>
    public GuestResponseResult Respond([GuestControlled] PrivateIoAsid pasid, [GuestControlled] int index, PageResponse response) =>
        Find(pasid, index)?.Respond(response) switch
        {
            true => GuestResponseResult.Sent,
            false => GuestResponseResult.TooLate,
            null => GuestResponseResult.NoSuchGroup,
        };

    /// <summary>Refuses all groups of the device that have no response.</summary>
    public void Refuse()
    {
        foreach (GuestPageRequestGroup group in _groups.Values.ToList())
        {
            if (!group.IsAnswered)
                group.Respond(PageResponse.InvalidRequest);
        }
    }

    /// <summary>Removes a group after the guest's response, so that its index is free.</summary>
    public void Remove(GuestPageRequestGroup group)
    {
        if (_groups.GetValueOrDefault(group.Index) == group)
            _groups.Remove(group.Index);
    }

    private GuestPageRequestGroup? Find([GuestControlled] PrivateIoAsid pasid, [GuestControlled] int index)
    {
        GuestPageRequestGroup? group = _groups.GetValueOrDefault(index);
        return group?.Pasid == pasid ? group : null;
    }

    // Indices are used in turn, so that an index is not reused soon. The index of a group without a response of the guest is reused only if no other index is
    // free.
    private bool TryFindIndex(out int index)
    {
        index = FirstFrom(_next, candidate => !_groups.ContainsKey(candidate));
        if (index < 0)
            index = FirstFrom(_next, candidate => _groups[candidate].IsAnswered);
        _next = (index + 1) % Indices;
        return index >= 0;
    }

    private static int FirstFrom(int start, Func<int, bool> fits)
    {
        for (int step = 0; step < Indices; step++)
        {
            int candidate = (start + step) % Indices;
            if (fits(candidate))
                return candidate;
        }

        return -1;
    }
}
