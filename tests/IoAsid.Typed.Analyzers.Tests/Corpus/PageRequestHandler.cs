namespace Corpus;

/// <summary>Answers page requests of all owners, synchronously, in groups, and later.</summary>
public sealed class PageRequestHandler(IoAsidReader<SvaBinding> sva)
{
    private readonly Dictionary<ushort, List<PageRequest>> _groups = [];
    private readonly ConcurrentDictionary<IoAsidLookupStatus, int> _refusals = new();

    public PageResponse Serve(PageRequest request)
    {
        using IoAsidHold<SvaBinding> hold = sva.Hold(request.Pasid);
        if (!hold.IsHeld)
        {
            _refusals.AddOrUpdate(hold.Status, 1, static (_, count) => count + 1);
            return PageResponse.InvalidRequest;
        }

        if (!hold.Data.HasBond(request.Requester))
            return PageResponse.InvalidRequest;

        return hold.Data switch
        {
            NativeSvaBinding native => native.HandleFault(request),
            GuestSvaBinding guest => guest.Forward(request),
            _ => throw new UnreachableException(),
        };
    }

    public PageResponse ServeInBlock(PageRequest request)
    {
        using (IoAsidHold<SvaBinding> hold = sva.Hold(request.Pasid))
        {
            if (hold.IsHeld && hold.Data is NativeSvaBinding native)
                return native.HandleFault(request);
        }

        return PageResponse.InvalidRequest;
    }

    public PageResponse ServeByHand(PageRequest request)
    {
        IoAsidHold<SvaBinding> hold = sva.Hold(request.Pasid);
        try
        {
            if (!hold.IsHeld)
                return PageResponse.InvalidRequest;

            return hold.Data is GuestSvaBinding guest ? guest.Forward(request) : PageResponse.Success;
        }
        finally
        {
            hold.Dispose();
        }
    }

    public async Task<PageResponse> ServeLaterAsync(PageRequest request, TimeSpan patience, CancellationToken cancellation)
    {
        if (!sva.TryHold(request.Pasid, out IoAsidReference<SvaBinding>? reference))
            return PageResponse.InvalidRequest;

        using (reference)
        {
            await Task.Delay(patience, cancellation).ConfigureAwait(false);
            switch (reference.Data)
            {
                case NativeSvaBinding native:
                    return native.HandleFault(request);
                case GuestSvaBinding guest:
                    return guest.Forward(request);
                default:
                    return PageResponse.Failure;
            }
        }
    }

    public bool TryAnswerQuickly(PageRequest request, out PageResponse response)
    {
        IoAsidLookup<SvaBinding> lookup = sva.Find(request.Pasid, request.Requester, static (data, requester) => data.HasBond(requester));
        if (!lookup.IsFound)
        {
            response = lookup.Status == IoAsidLookupStatus.FreePending ? PageResponse.Failure : PageResponse.InvalidRequest;
            return false;
        }

        response = lookup.Data.Users > 0 ? PageResponse.Success : PageResponse.Failure;
        return true;
    }

    public void Collect(PageRequest request, Action<ushort, PageResponse> respond)
    {
        if (!_groups.TryGetValue(request.Group, out List<PageRequest>? group))
            _groups[request.Group] = group = [];

        group.Add(request);
        if (!request.IsLast)
            return;

        _groups.Remove(request.Group);
        respond(request.Group, group.Select(Serve).Max());
    }

    public string Describe(RawIoAsid pasid) => sva.Find(pasid) switch
    {
        { IsFound: true, Data: GuestSvaBinding { Machine: var machine } } => $"guest of {machine}",
        { IsFound: true, Data: NativeSvaBinding native } => $"native, {native.Users} users",
        { Status: var status } => status.ToString(),
    };

    public IEnumerable<string> DescribeAll()
    {
        foreach ((RawIoAsid id, IoAsidLookup<SvaBinding> lookup) in sva.Entries())
            yield return lookup.IsFound ? $"{id}: {lookup.Data.Users}" : $"{id}: {lookup.Status}";
    }

    public bool Knows(PageRequest request)
    {
        Debug.Assert(request.Address % 4096 == 0, "Page requests are about pages.");
        return sva.Contains(request.Pasid);
    }

    public int UsersOf(RawIoAsid pasid) => sva.TryFind(pasid, out SvaBinding? binding) ? binding.Users : 0;

    public int UsersOfAll(IEnumerable<RawIoAsid> pasids) =>
        (from pasid in pasids select sva.Find(pasid).Data?.Users ?? 0).Sum();
}
