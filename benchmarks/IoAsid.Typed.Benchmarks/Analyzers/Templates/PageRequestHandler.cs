namespace Drivers.__File__;

/// <summary>The handler of the page requests of __Device__ units.</summary>
public sealed class __Device__PageRequests(IoAsidReader<SvaBinding> sva, int depth)
{
    private readonly Queue<PageRequest> _waiting = new();
    private readonly Dictionary<int, List<PageRequest>> _groups = [];
    private readonly ConcurrentDictionary<RequesterId, int> _refused = [];
    private long _served;
    private long _overflows;

    public long Served => Interlocked.Read(ref _served);

    public long Overflows => Interlocked.Read(ref _overflows);
//+
    public PageResponse Serve__M__(PageRequest request)
    {
        using IoAsidHold<SvaBinding> hold = sva.Hold(request.Pasid);
        if (!hold.IsHeld || !hold.Data.HasBond(request.Requester))
            return PageResponse.InvalidRequest;

        Interlocked.Increment(ref _served);
        return hold.Data switch
        {
            NativeSvaBinding native => native.HandleFault(request),
            GuestSvaBinding guest => guest.Forward(request),
            _ => throw new InvalidOperationException("A binding of an unknown kind."),
        };
    }
//+
    public bool Enqueue__M__(PageRequest request)
    {
        lock (_waiting)
        {
            if (_waiting.Count >= depth * __N1__)
            {
                _overflows++;
                return false;
            }

            _waiting.Enqueue(request);
            return true;
        }
    }
//+
    private void Collect__M__(PageRequest request, Action<int, PageResponse> respond)
    {
        if (!_groups.TryGetValue(request.Group, out List<PageRequest>? group))
            _groups[request.Group] = group = new List<PageRequest>(__N1__);

        group.Add(request);
        if (!request.IsLast && group.Count < __N2__)
            return;

        PageResponse worst = PageResponse.Success;
        foreach (PageRequest member in group)
        {
            PageResponse one = Answer__M__(member);
            if (one > worst)
                worst = one;
        }

        _groups.Remove(request.Group);
        respond(request.Group, worst);
    }

    private PageResponse Answer__M__(PageRequest request)
    {
        IoAsidLookup<SvaBinding> lookup = sva.Find(request.Pasid, request.Requester, static (data, requester) => data.HasBond(requester));
        if (!lookup.IsFound)
        {
            _refused.AddOrUpdate(request.Requester, 1, static (_, count) => count + 1);
            return lookup.Status == IoAsidLookupStatus.FreePending ? PageResponse.Failure : PageResponse.InvalidRequest;
        }

        return lookup.Data is NativeSvaBinding { Root: not 0 } native ? native.HandleFault(request) : PageResponse.Success;
    }
//+
    public async Task<PageResponse> ServeLater__M__Async(PageRequest request, TimeSpan patience, CancellationToken cancellation)
    {
        if (!sva.TryHold(request.Pasid, out IoAsidReference<SvaBinding>? reference))
            return PageResponse.InvalidRequest;

        using (reference)
        {
            await Task.Delay(patience, cancellation).ConfigureAwait(false);
            if (reference.Data is GuestSvaBinding guest && guest.HasBond(request.Requester))
                return guest.Forward(request);

            return reference.Data is NativeSvaBinding native ? native.HandleFault(request) : PageResponse.Failure;
        }
    }
//+
    public string Describe__M__(RawIoAsid pasid) => sva.Find(pasid) switch
    {
        { IsFound: true, Data: GuestSvaBinding guest } => $"guest {guest.Machine}, {guest.Users} of __N1__ devices",
        { IsFound: true, Data: NativeSvaBinding native } => $"native, tables at 0x{native.Root:x}",
        { Status: IoAsidLookupStatus.FreePending } => "being freed",
        { Status: var status } => $"nothing ({status})",
    };
//+
    public int Discard__M__(Predicate<PageRequest> unwanted)
    {
        int discarded = 0;
        lock (_waiting)
        {
            for (int left = _waiting.Count; left > 0; left--)
            {
                PageRequest request = _waiting.Dequeue();
                if (unwanted(request) || request.Address < __X1__)
                    discarded++;
                else
                    _waiting.Enqueue(request);
            }
        }

        return discarded;
    }
//+
    public IEnumerable<(RawIoAsid Pasid, int Users)> Busy__M__()
    {
        foreach ((RawIoAsid id, IoAsidLookup<SvaBinding> lookup) in sva.Entries())
        {
            if (lookup.IsFound && lookup.Data.Users > __N3__)
                yield return (id, lookup.Data.Users);
        }
    }
//+
    private static ulong AddressOf__M__(ulong low, ulong high)
    {
        ulong address = (low >> 12) << 12;
        address |= (high & 0x__X2__) << 32;
        return (address & (1UL << 47)) != 0 ? address | 0xFFFF_0000_0000_0000UL : address;
    }
}
