using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>The interrupts of a function. Each enabled entry of its MSI-X table has an interrupt vector of the machine.</summary>
internal sealed class IommuDeviceInterrupts : IDeviceInterrupts
{
    private readonly IScheduler _scheduler;
    private readonly IPciFunction _function;
    private readonly List<IInterruptVector> _vectors = [];
    private readonly bool[] _raised;

    public IommuDeviceInterrupts(IPlatform platform, IPciFunction function, int count)
    {
        _scheduler = platform.Scheduler;
        _function = function;
        _raised = new bool[count];
        try
        {
            for (int entry = 0; entry < count; entry++)
                Enable(platform.Interrupts, entry);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Count => _raised.Length;

    public bool IsDisposed { get; private set; }

    public async ValueTask<bool> WaitAsync(int vector, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(vector);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(vector, Count);
        bool raised = await _scheduler.WaitUntil(() => _raised[vector] || IsDisposed, timeout, cancellationToken);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        _raised[vector] = false;
        return raised;
    }

    public void Dispose()
    {
        if (IsDisposed)
            return;
        IsDisposed = true;
        for (int entry = 0; entry < _vectors.Count; entry++)
        {
            _function.SetInterrupt(entry, null);
            _vectors[entry].Dispose();
        }
    }

    // The vector is allocated before the entry is set. If the function has no such entry, the vector is freed.
    private void Enable(IInterruptController controller, int entry)
    {
        IInterruptVector vector = controller.Allocate($"{_function.RequesterId} interrupt {entry}", () => _raised[entry] = true);
        try
        {
            _function.SetInterrupt(entry, vector.Message);
        }
        catch
        {
            vector.Dispose();
            throw;
        }

        _vectors.Add(vector);
    }
}
