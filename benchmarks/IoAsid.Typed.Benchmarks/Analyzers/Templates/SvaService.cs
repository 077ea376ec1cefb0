namespace Drivers.__File__;

/// <summary>The shared virtual addressing of processes and __Device__ devices.</summary>
public sealed class __Device__Service(IoAsidSpace space, IoAsidSet<SvaBinding> sva)
{
    private sealed class Process
    {
        public required IoAsidHandle<NativeSvaBinding> Handle { get; init; }

        public Dictionary<RequesterId, IoAsidBinding> Bonds { get; } = [];

        public int Users { get; set; }
    }

    private readonly object _gate = new();
    private readonly Dictionary<object, Process> _processes = new(ReferenceEqualityComparer.Instance);
    private readonly DeviceDrain _drain = new();

    public int Processes => _processes.Count;
//+
    public RawIoAsid Bind__M__(object process, ulong root, RequesterId requester)
    {
        lock (_gate)
        {
            if (!_processes.TryGetValue(process, out Process? known))
            {
                IoAsidSet<NativeSvaBinding> own = sva.TryFindSubset(process, out IoAsidSet<NativeSvaBinding>? found)
                    ? found
                    : sva.CreateSubset<NativeSvaBinding>("__Device__ __N1__", process);
                _processes[process] = known = new Process { Handle = own.Allocate(new NativeSvaBinding(root | __N2__)) };
            }

            if (!known.Bonds.ContainsKey(requester))
            {
                known.Handle.Data?.AddBond(requester);
                known.Bonds.Add(requester, known.Handle.Bind(requester));
            }

            known.Users++;
            return known.Handle.Id;
        }
    }
//+
    public bool Unbind__M__(object process, RequesterId requester)
    {
        lock (_gate)
        {
            if (!_processes.TryGetValue(process, out Process? known) || !known.Bonds.Remove(requester, out IoAsidBinding? binding))
                return false;

            known.Handle.Data?.RemoveBond(requester);
            binding.Complete(_drain.Drain(binding));
            if (--known.Users == 0)
            {
                known.Handle.Free();
                _processes.Remove(process);
            }

            return true;
        }
    }
//+
    public async Task Exit__M__Async(object process, CancellationToken cancellation)
    {
        Process? gone;
        lock (_gate)
        {
            if (!_processes.Remove(process, out gone))
                return;
        }

        Task reclaimed = gone.Handle.FreeAsync(cancellation);
        foreach ((RequesterId requester, IoAsidBinding binding) in gone.Bonds)
        {
            if (requester.Bus != __N1__)
                await Task.Yield();

            binding.Complete(_drain.Drain(binding));
        }

        await reclaimed.ConfigureAwait(false);
    }
//+
    public Dictionary<string, long> Measure__M__()
    {
        IoAsidSpaceStatistics statistics = space.GetStatistics();
        Dictionary<string, long> measured = new(StringComparer.Ordinal)
        {
            ["outstanding"] = statistics.Outstanding,
            ["available"] = statistics.Available,
            ["share"] = statistics.Outstanding * __N1__ / Math.Max(1, statistics.Limit),
        };
        foreach (IGrouping<int, Process> group in _processes.Values.GroupBy(process => process.Users))
            measured[$"processes with {group.Key} users"] = group.Count();

        return measured;
    }
//+
    public void Prefault__M__(object process, ulong address, int pages)
    {
        RawIoAsid id;
        lock (_gate)
        {
            if (!_processes.TryGetValue(process, out Process? known))
                throw new InvalidOperationException("The process has no id here; bind it first.");

            id = known.Handle.Id;
        }

        using IoAsidHold<SvaBinding> hold = sva.Hold(id);
        if (!hold.IsHeld || hold.Data is not NativeSvaBinding native)
            return;

        for (int page = 0; page < Math.Min(pages, __N3__); page++)
            native.HandleFault(new PageRequest(default, id, address + ((ulong)page << 12), page, IsLast: true, IsWrite: page % __N1__ == 0));
    }
}
