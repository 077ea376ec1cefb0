namespace Corpus;

/// <summary>The ids of one virtual machine: allocated, bound, freed and waited for.</summary>
public sealed class PasidPool : IAsyncDisposable
{
    private readonly IoAsidSet<GuestSvaBinding> _set;
    private readonly DeviceDrain _drain;
    private readonly IoAsidObserverRegistration _registration;
    private readonly ConcurrentDictionary<RawIoAsid, Entry> _entries = new();
    private long _live;

    public PasidPool(IoAsidSet<SvaBinding> sva, object owner, uint quota, DeviceDrain drain)
    {
        _set = sva.CreateSubset<GuestSvaBinding>("pool", owner, quota);
        _drain = drain;
        _registration = _set.Observe(Count, IoAsidObserverPriority.Device);
    }

    public long Live => Interlocked.Read(ref _live);

    public IoAsidSet Set => _set;

    public RawIoAsid Open(string machine, PrivateIoAsid guest)
    {
        IoAsidHandle<GuestSvaBinding> handle = _set.Allocate(new GuestSvaBinding(machine));
        handle.AttachPrivateId(guest);
        _entries[handle.Id] = new Entry(handle);
        return handle.Id;
    }

    public bool TryOpen(string machine, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (_set.TryAllocate(new GuestSvaBinding(machine), out IoAsidHandle<GuestSvaBinding> handle, out IoAsidAllocationFailure failure))
        {
            _entries[handle.Id] = new Entry(handle);
            return true;
        }

        problem = failure switch
        {
            IoAsidAllocationFailure.QuotaExhausted => $"{machine} has no quota left",
            IoAsidAllocationFailure.SetClosed => $"{machine} is closing",
            _ => $"no PASID: {failure}",
        };
        return false;
    }

    public bool Bind(RawIoAsid id, RequesterId device)
    {
        if (!_entries.TryGetValue(id, out Entry? entry))
            return false;

        entry.Handle.Data?.AddBond(device);
        entry.Bindings.Add(entry.Handle.Bind(device));
        return true;
    }

    public async Task<IoAsidFreeResult> CloseAsync(RawIoAsid id, CancellationToken cancellation)
    {
        if (!_entries.TryRemove(id, out Entry? entry))
            return IoAsidFreeResult.AlreadyFreed;

        Task reclaimed = entry.Handle.FreeAsync(cancellation);
        foreach (IoAsidBinding binding in entry.Bindings)
            binding.Complete(await _drain.DrainAsync(binding, cancellation).ConfigureAwait(false));

        await reclaimed.ConfigureAwait(false);
        return IoAsidFreeResult.Reclaimed;
    }

    public void Replace(RawIoAsid id, GuestSvaBinding next)
    {
        if (_set.TryGetHandle(id, out IoAsidHandle<GuestSvaBinding> handle))
            handle.SetData(next);
    }

    public async ValueTask DisposeAsync()
    {
        _set.Close();
        await Task.WhenAll(_entries.Keys.Select(id => CloseAsync(id, CancellationToken.None))).ConfigureAwait(false);
        _registration.Dispose();
    }

    private void Count(IoAsidEvent told) => Interlocked.Add(ref _live, told.Kind switch
    {
        IoAsidEventKind.Allocated => 1,
        IoAsidEventKind.Reclaimed => -1,
        _ => 0,
    });

    private sealed record Entry(IoAsidHandle<GuestSvaBinding> Handle)
    {
        public ConcurrentBag<IoAsidBinding> Bindings { get; } = [];
    }
}
