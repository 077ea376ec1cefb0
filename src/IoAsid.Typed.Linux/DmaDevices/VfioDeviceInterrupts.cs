using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux;

/// <summary>The enabled vectors of a device file.</summary>
internal sealed class VfioDeviceInterrupts(VfioInterrupts interrupts) : IDeviceInterrupts
{
    public int Count => interrupts.Count;

    public bool IsDisposed { get; private set; }

    public async ValueTask<bool> WaitAsync(int vector, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return await interrupts.WaitAsync(vector, limit.Token).ConfigureAwait(false) > 0;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose()
    {
        IsDisposed = true;
        interrupts.Dispose();
    }
}
