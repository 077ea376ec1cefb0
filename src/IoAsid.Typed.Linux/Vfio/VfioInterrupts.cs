using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>The enabled interrupts of a kind. Disposing them disables them.</summary>
public sealed class VfioInterrupts : IDisposable
{
    private readonly VfioDevice _device;
    private readonly FileHandle[] _files;
    private readonly Readiness[] _readiness;
    private int _disposed;

    private VfioInterrupts(VfioDevice device, VfioInterruptKind kind, int count)
    {
        _device = device;
        Kind = kind;
        _files = new FileHandle[count];
        _readiness = new Readiness[count];
        for (int i = 0; i < count; i++)
        {
            _files[i] = new(device.Owner.Calls);
            _readiness[i] = new(device.Owner.Events, "interrupt");
        }
    }

    /// <summary>The kind.</summary>
    public VfioInterruptKind Kind { get; }

    /// <summary>The number of vectors.</summary>
    public int Count => _files.Length;

    /// <summary>Waits until a vector has been raised since the last wait. One wait for a vector at a time.</summary>
    /// <param name="vector">The vector, from 0.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>How often the vector was raised.</returns>
    /// <exception cref="ObjectDisposedException">The interrupts were disposed, before or during the wait.</exception>
    /// <exception cref="InvalidOperationException">Something else waits for the vector.</exception>
    public async ValueTask<long> WaitAsync(int vector = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(vector);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(vector, Count);
        while (true)
        {
            if (TryTake(vector) is > 0 and long raised)
                return raised;

            await _readiness[vector].WaitAsync(_files[vector], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets a pin (INTx) raise the next interrupt. The kernel masks it when it is raised.</summary>
    /// <exception cref="SystemCallException">The kind cannot be masked.</exception>
    public unsafe void Unmask()
    {
        VfioIrqSet argument = new()
        {
            Argsz = (uint)sizeof(VfioIrqSet), Index = (uint)Kind, Count = 1, Flags = VfioIrqSet.DataNone | VfioIrqSet.ActionUnmask,
        };
        using HandleUse use = _device.UseFile();
        SystemCall.Run(_device.Owner.Calls, ((VfioDeviceHandle)_device.Handle).Device.Descriptor, KernelRequest.DeviceSetIrqs, ref argument, $"{Kind} of {_device}");
    }

    /// <summary>Disables the interrupts. Further calls do nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        if (!_device.IsDisposed)
        {
            using HandleUse use = _device.UseFile();
            _ = _device.SetInterrupts(Kind, []);
        }

        CloseFiles();
    }

    internal static VfioInterrupts Enable(VfioDevice device, VfioInterruptKind kind, int count)
    {
#pragma warning disable CA2000 // The caller owns it.
        VfioInterrupts result = new(device, kind, count);
#pragma warning restore CA2000
        try
        {
            using HandleUse use = device.UseFile();
            int[] descriptors = new int[count];
            for (int i = 0; i < count; i++)
            {
                result._files[i].Take(device.Owner.Calls.CreateEventFile(initial: 0, FileFlags.NonBlocking | FileFlags.CloseOnExec), "eventfd");
                descriptors[i] = result._files[i].Descriptor;
            }

            Errno error = device.SetInterrupts(kind, descriptors);
            return error == Errno.None ? result : throw new SystemCallException(KernelRequest.DeviceSetIrqs.Name, error, $"{count} {kind} of {device}");
        }
        catch
        {
            result.CloseFiles();
            throw;
        }
    }

    private unsafe long TryTake(int vector)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        using HandleUse use = new(_files[vector]);
        long raised = 0;
        nint read = _device.Owner.Calls.Read(_files[vector].Descriptor, &raised, sizeof(long));
        if (read is not -(nint)Errno.TryAgain and not -(nint)Errno.Interrupted)
            SystemCall.ThrowIfFailed(read, "read of an eventfd");

        return read == sizeof(long) ? raised : 0;
    }

    private void CloseFiles()
    {
        foreach (Readiness readiness in _readiness)
            readiness.Close();

        foreach (FileHandle file in _files)
            file.Dispose();
    }
}
