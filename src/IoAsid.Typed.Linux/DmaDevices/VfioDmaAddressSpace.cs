using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux;

/// <summary>An address space of a device file, into which the memory of the driver is mapped. With PASIDs, it has a page table that takes them.</summary>
internal sealed class VfioDmaAddressSpace : IDmaAddressSpace, IDisposable
{
    private readonly Ioas _ioas;
    private readonly PagingHwpt? _table;
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private readonly HashSet<VfioDmaMemory> _memory = [];
    private readonly HashSet<VfioDmaAttachment> _attachments = [];
    private bool _isDisposed;

    /// <summary>Creates an address space, with a page table for PASIDs if the device has PASIDs.</summary>
    public VfioDmaAddressSpace(VfioDmaDevice device, VfioDevice file)
    {
        Device = device;
        _ioas = file.Owner.AllocateIoas();
        try
        {
            if (file.Hardware.PasidBits > 0)
                _table = file.AllocateHwpt(_ioas, new HwptOptions { TakesPasids = true });
        }
        catch
        {
            _ioas.Dispose();
            throw;
        }
    }

    public VfioDmaDevice Device { get; }

    /// <summary>The ranges of addresses that can be mapped.</summary>
    public IReadOnlyList<IovaRange> Ranges => _ioas.GetRanges().Allowed;

    public ValueTask<IDmaMemory> AllocateAsync(long length, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        lock (_gate)
        {
            ThrowIfDisposed();
            VfioDmaMemory memory = Allocate(length);
            _memory.Add(memory);
            return new(memory);
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Detaches PASIDs first: no DMA meets memory that is unmapped.</summary>
    public void Dispose()
    {
        VfioDmaMemory[] memory;
        VfioDmaAttachment[] attachments;
        lock (_gate)
        {
            _isDisposed = true;
            memory = [.. _memory];
            attachments = [.. _attachments];
        }

        foreach (VfioDmaAttachment attachment in attachments)
            attachment.Dispose();
        foreach (VfioDmaMemory one in memory)
            one.Dispose();
        _table?.Dispose();
        _ioas.Dispose();
        Device.Remove(this);
    }

    /// <summary>Lets the kernel choose addresses only in these ranges.</summary>
    public void AllowRanges(params ReadOnlySpan<IovaRange> ranges) => _ioas.AllowRanges(ranges);

    /// <summary>Attaches the device for its requests without PASID.</summary>
    public DeviceAttachment AttachDevice(VfioDevice file) => _table is null ? file.Attach(_ioas) : file.Attach(_table);

    /// <summary>Attaches a PASID by <paramref name="attach"/>, which gets the page table.</summary>
    public VfioDmaAttachment Attach(Func<PagingHwpt, Attachment> attach)
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            VfioDmaAttachment attachment = new(this, attach(_table!));
            _attachments.Add(attachment);
            return attachment;
        }
    }

    internal void Remove(VfioDmaMemory memory)
    {
        lock (_gate)
            _memory.Remove(memory);
    }

    internal void Remove(VfioDmaAttachment attachment)
    {
        lock (_gate)
            _attachments.Remove(attachment);
    }

    private void ThrowIfDisposed()
    {
        Device.ThrowIfDisposed();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
    }

    private VfioDmaMemory Allocate(long length)
    {
        DmaMemory? memory = null;
        try
        {
            memory = DmaMemory.Allocate(_ioas.Owner.Calls, length);
            VfioDmaMemory mapped = new(this, memory, _ioas.Map(memory));
            memory = null;
            return mapped;
        }
        catch (SystemCallException failure)
        {
            throw Device.Exhausted($"{length} bytes of memory with addresses of {Device.AddressBits} bits", failure);
        }
        finally
        {
            memory?.Dispose();
        }
    }
}
