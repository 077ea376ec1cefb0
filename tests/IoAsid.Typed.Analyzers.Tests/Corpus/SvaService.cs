namespace Corpus;

/// <summary>One PASID per process on all devices, and one bond with a count of users per device.</summary>
public sealed class SvaService(IoAsidSet<SvaBinding> sva, DeviceDrain drain)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<object, Process> _processes = new(ReferenceEqualityComparer.Instance);

    private sealed class Process(IoAsidHandle<NativeSvaBinding> handle)
    {
        public IoAsidHandle<NativeSvaBinding> Handle { get; } = handle;

        public Dictionary<RequesterId, IoAsidBinding> Bonds { get; } = [];
    }

    public RawIoAsid Bind(object process, ulong root, RequesterId device)
    {
        lock (_gate)
        {
            if (!_processes.TryGetValue(process, out Process? known))
            {
                IoAsidSet<NativeSvaBinding> own = sva.TryFindSubset(process, out IoAsidSet<NativeSvaBinding>? found)
                    ? found
                    : sva.CreateSubset<NativeSvaBinding>("process", process);
                _processes.Add(process, known = new Process(own.Allocate(new NativeSvaBinding(process, root))));
            }

            if (!known.Bonds.ContainsKey(device))
            {
                known.Handle.Data?.AddBond(device);
                known.Bonds.Add(device, known.Handle.Bind(device));
            }

            return known.Handle.Id;
        }
    }

    public bool Unbind(object process, RequesterId device)
    {
        IoAsidBinding? binding;
        lock (_gate)
        {
            if (!_processes.TryGetValue(process, out Process? known) || !known.Bonds.Remove(device, out binding))
                return false;

            known.Handle.Data?.RemoveBond(device);
            if (known.Bonds.Count == 0 && _processes.Remove(process))
                known.Handle.Free();
        }

        binding.Complete(drain.Drain(binding));
        return true;
    }

    /// <summary>Ends a process whose devices are still bound: frees the id, then drains, then waits for the number.</summary>
    public async Task ExitAsync(object process, CancellationToken cancellation)
    {
        Process? gone;
        lock (_gate)
        {
            if (!_processes.Remove(process, out gone))
                return;
        }

        Task reclaimed = gone.Handle.FreeAsync(cancellation);
        await Task.WhenAll(gone.Bonds.Values.Select(CompleteAsync)).ConfigureAwait(false);
        await reclaimed.ConfigureAwait(false);

        async Task CompleteAsync(IoAsidBinding binding) =>
            binding.Complete(await drain.DrainAsync(binding, cancellation).ConfigureAwait(false));
    }

    public bool IsBound(object process) => sva.TryFindSubset<NativeSvaBinding>(process, out _);
}
