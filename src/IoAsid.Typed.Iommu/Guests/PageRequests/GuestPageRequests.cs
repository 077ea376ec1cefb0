namespace IoAsid.Typed.Iommu;

/// <summary>The groups of one device that a guest has and has not answered, by numbers that only the guest's answer gives free.</summary>
internal sealed class GuestPageRequests(VfioContainer container, GuestDevice device)
{
    private const int Indices = 512;

    private readonly Dictionary<int, GuestPageRequestGroup> _groups = [];
    private int _next;

    public GuestDevice Device => device;

    /// <summary>Hands a group to the guest; refuses it if the guest takes no more.</summary>
    public void Forward([Answers] PageRequestGroup group, GuestSvaBinding binding)
    {
        if (container.Unit is not { } unit || !TryFindIndex(out int index))
        {
            group.Respond(PageResponse.InvalidRequest);
            return;
        }

        GuestPageRequestGroup guests = new(this, group, binding, index);
        _groups[index] = guests;
        container.Counts.Forwarded++;
        try
        {
            unit.Receive(guests);
        }
        catch
        {
            Remove(guests);
            throw;
        }
    }

    public void CountLate() => container.Counts.AnsweredTooLate++;

    /// <summary>Takes the guest's answer.</summary>
    public GuestAnswer Respond([GuestControlled] PrivateIoAsid pasid, [GuestControlled] int index, PageResponse response) =>
        Find(pasid, index)?.Respond(response) switch
        {
            true => GuestAnswer.Sent,
            false => GuestAnswer.TooLate,
            null => GuestAnswer.Refused,
        };

    /// <summary>Answers everything the guest has, in its place.</summary>
    public void Refuse()
    {
        foreach (GuestPageRequestGroup group in _groups.Values.ToList())
        {
            if (!group.IsAnswered)
                group.Respond(PageResponse.InvalidRequest);
        }
    }

    /// <summary>Removes a group that the guest has answered: the number is free.</summary>
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

    // In turn, so that a number rests. What the host answered and the guest never did is given up only for want of others.
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
