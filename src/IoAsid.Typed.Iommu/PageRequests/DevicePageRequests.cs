using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>The page requests of one device: incomplete groups, groups that wait for a response, and groups that are being served.</summary>
internal sealed class DevicePageRequests(IScheduler scheduler)
{
    private readonly Dictionary<int, PageRequestGroup> _incomplete = [];
    private readonly List<PageRequestGroup> _waiting = [];
    private readonly List<PageRequestGroup> _served = [];

    /// <summary>Returns the incomplete group of an index, or null if no earlier request has this index.</summary>
    public PageRequestGroup? FindIncomplete(int index) => _incomplete.GetValueOrDefault(index);

    public void AddIncomplete(PageRequestGroup group) => _incomplete[group.Index] = group;

    public void RemoveIncomplete(int index) => _incomplete.Remove(index);

    /// <summary>Discards incomplete groups. Requests were lost, so these groups never become complete.</summary>
    public void DiscardIncomplete() => _incomplete.Clear();

    public void AddWaiting(PageRequestGroup group) => _waiting.Add(group);

    public void RemoveWaiting(PageRequestGroup group) => _waiting.Remove(group);

    public void BeginService(PageRequestGroup group) => _served.Add(group);

    public void EndService(PageRequestGroup group) => _served.Remove(group);

    /// <summary>Responds to all waiting groups with Invalid Request, and discards the incomplete ones, for one PASID or for all.</summary>
    public void Refuse(Pasid? pasid = null)
    {
        foreach (PageRequestGroup group in _waiting.Where(group => IsOf(group, pasid)).ToList())
            group.Respond(PageResponse.InvalidRequest);
        foreach (PageRequestGroup group in _incomplete.Values.Where(group => IsOf(group, pasid)).ToList())
            _incomplete.Remove(group.Index);
    }

    /// <summary>Refuses all groups of a PASID, and waits until no group of the PASID is being served.</summary>
    public async ValueTask QuiesceAsync(Pasid pasid)
    {
        Refuse(pasid);
        while (!await scheduler.WaitUntil(() => IsQuiet(pasid), TimeSpan.FromMinutes(1)))
        {
            // A page source may take longer. The wait continues, because the binding is held until the page is filled.
        }
    }

    private bool IsQuiet(Pasid pasid) => !_served.Exists(group => IsOf(group, pasid));

    private static bool IsOf(PageRequestGroup group, Pasid? pasid) => pasid is null || group.Pasid == pasid;
}
