using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>The page requests of one device: groups that are not whole yet, and whole ones that wait for an answer or are being served.</summary>
internal sealed class PageRequestAccounts(IScheduler scheduler)
{
    private readonly Dictionary<int, PageRequestGroup> _partial = [];
    private readonly List<PageRequestGroup> _waiting = [];
    private readonly List<PageRequestGroup> _inService = [];

    /// <summary>The group that a request belongs to, if requests of it came before.</summary>
    public PageRequestGroup? FindPartial(int index) => _partial.GetValueOrDefault(index);

    public void AddPartial(PageRequestGroup group) => _partial[group.Index] = group;

    public void RemovePartial(int index) => _partial.Remove(index);

    /// <summary>Requests were lost: what is not whole will never be.</summary>
    public void DiscardPartial() => _partial.Clear();

    public void Await(PageRequestGroup group) => _waiting.Add(group);

    public void Answered(PageRequestGroup group) => _waiting.Remove(group);

    public void BeginService(PageRequestGroup group) => _inService.Add(group);

    public void EndService(PageRequestGroup group) => _inService.Remove(group);

    /// <summary>Answers everything that waits, with Invalid Request; for one PASID or for all.</summary>
    public void Refuse(Pasid? pasid = null)
    {
        foreach (PageRequestGroup group in _waiting.Where(group => IsOf(group, pasid)).ToList())
            group.Respond(PageResponse.InvalidRequest);
        foreach (PageRequestGroup group in _partial.Values.Where(group => IsOf(group, pasid)).ToList())
            _partial.Remove(group.Index);
    }

    /// <summary>Answers each group that waits for a PASID, and waits until no group for it is being served.</summary>
    public async ValueTask QuiesceAsync(Pasid pasid)
    {
        Refuse(pasid);
        while (!await scheduler.WaitUntil(() => IsQuiet(pasid), TimeSpan.FromMinutes(1)))
        {
            // A page source may take longer: the page that it fills is still held.
        }
    }

    private bool IsQuiet(Pasid pasid) => !_inService.Exists(group => IsOf(group, pasid));

    private static bool IsOf(PageRequestGroup group, Pasid? pasid) => pasid is null || group.Pasid == pasid;
}
