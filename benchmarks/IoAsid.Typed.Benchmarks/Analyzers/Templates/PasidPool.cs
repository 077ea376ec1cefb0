namespace Drivers.__File__;

/// <summary>The ids that __Device__ allocates, and their owners.</summary>
public sealed class __Device__Pool : IDisposable
{
    private readonly IoAsidSet<GuestSvaBinding> _set;
    private readonly DeviceDrain _drain = new();
    private readonly Dictionary<RawIoAsid, IoAsidHandle<GuestSvaBinding>> _handles = [];
    private readonly Dictionary<RawIoAsid, List<IoAsidBinding>> _bindings = [];
    private readonly IoAsidObserverRegistration _registration;
    private int _live;

    public __Device__Pool(IoAsidSet<SvaBinding> sva, object owner, uint quota)
    {
        _set = sva.CreateSubset<GuestSvaBinding>("__Device__", owner, quota);
        _registration = _set.Observe(OnEvent, IoAsidObserverPriority.Device);
    }

    public int Live => Volatile.Read(ref _live);

    public void Dispose()
    {
        _registration.Dispose();
        _set.FreeAll();
        _set.Close();
    }

    private void OnEvent(IoAsidEvent told)
    {
        switch (told.Kind)
        {
            case IoAsidEventKind.Allocated:
                Interlocked.Increment(ref _live);
                break;
            case IoAsidEventKind.Reclaimed:
                Interlocked.Decrement(ref _live);
                break;
        }
    }
//+
    public RawIoAsid Open__M__(string machine, PrivateIoAsid guest)
    {
        IoAsidHandle<GuestSvaBinding> handle = _set.Allocate(new GuestSvaBinding(machine), __N1__, __N1__ + 0x__X1__);
        handle.AttachPrivateId(guest);
        _handles.Add(handle.Id, handle);
        return handle.Id;
    }
//+
    public bool TryOpen__M__(string machine, out RawIoAsid id)
    {
        if (_set.TryAllocate(new GuestSvaBinding(machine), out IoAsidHandle<GuestSvaBinding> handle, out IoAsidAllocationFailure failure))
        {
            _handles[handle.Id] = handle;
            id = handle.Id;
            return true;
        }

        id = default;
        return failure is IoAsidAllocationFailure.None;
    }
//+
    public void Bind__M__(RawIoAsid id, RequesterId requester)
    {
        if (!_handles.TryGetValue(id, out IoAsidHandle<GuestSvaBinding> handle))
            throw new KeyNotFoundException($"{id} is not ours.");

        handle.Data?.AddBond(requester);
        IoAsidBinding binding = handle.Bind(requester);
        if (!_bindings.TryGetValue(id, out List<IoAsidBinding>? list))
            _bindings[id] = list = [];

        list.Add(binding);
    }
//+
    public async Task Close__M__Async(RawIoAsid id, CancellationToken cancellation)
    {
        if (!_handles.Remove(id, out IoAsidHandle<GuestSvaBinding> handle))
            return;

        Task done = handle.FreeAsync(cancellation);
        if (_bindings.Remove(id, out List<IoAsidBinding>? bindings))
        {
            foreach (IoAsidBinding binding in bindings)
                binding.Complete(_drain.Drain(binding));
        }

        await done.ConfigureAwait(false);
    }
//+
    public IoAsidFreeResult Release__M__(RawIoAsid id) =>
        _handles.Remove(id, out IoAsidHandle<GuestSvaBinding> handle) ? handle.Free() : IoAsidFreeResult.AlreadyFreed;
//+
    public bool Owns__M__(PrivateIoAsid guest, Action<RawIoAsid> use)
    {
        if (!_set.TryHold(guest, out IoAsidReference<GuestSvaBinding>? mine))
            return false;

        try
        {
            use(mine.Id);
            return mine.Data.Users < __N2__;
        }
        finally
        {
            mine.Dispose();
        }
    }
//+
    public (long Live, long Pending, string Text) Count__M__()
    {
        IoAsidSetStatistics statistics = _set.GetStatistics();
        string text = statistics.Pending > __N1__ ? "draining" : statistics.Live == 0 ? "idle" : "busy";
        return (statistics.Live, statistics.Pending, text);
    }
//+
    private readonly SortedDictionary<uint, (uint First, uint Last)> _ranges__M__ = [];

    private bool Reserve__M__(uint first, uint last)
    {
        foreach ((uint from, uint to) in _ranges__M__.Values)
        {
            if (first <= to && from <= last)
                return false;
        }

        _ranges__M__.Add(first, (first, Math.Min(last, first + __N3__)));
        return true;
    }
}
