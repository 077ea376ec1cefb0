using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux;

/// <summary>A device file of VFIO, as one driver owns it: behind an address space of its own, into which the memory of the driver is mapped.</summary>
internal sealed class VfioDmaDevice : IDmaDevice
{
    private readonly VfioDevice _device;
    private readonly Ioas _ioas;
    private readonly MappedRegisters _registers;
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private readonly HashSet<VfioDmaMemory> _memory = [];
    private VfioDeviceInterrupts? _interrupts;
    private bool _isDisposed;

    private VfioDmaDevice(VfioDevice device, Ioas ioas, MappedRegisters registers)
    {
        _device = device;
        _ioas = ioas;
        _registers = registers;
    }

    public string Name => _device.Address.ToString();

    public IRegisterBlock Registers => _registers;

    public bool BusMasterEnabled
    {
        get => _device.Configuration.BusMasterEnabled;
        set => _device.Configuration.BusMasterEnabled = value;
    }

    public int AddressBits
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, IDmaDevice.MinimumAddressBits);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, IDmaDevice.MaximumAddressBits);
            _ioas.AllowRanges(RangesUpTo(ulong.MaxValue >> IDmaDevice.MaximumAddressBits - value));
            field = value;
        }
    } = IDmaDevice.MaximumAddressBits;

    /// <summary>Opens a device that is bound to <c>vfio-pci</c>.</summary>
    public static VfioDmaDevice Open(Iommufd iommufd, PciAddress address)
    {
        List<IDisposable> opened = [];
        try
        {
            VfioDevice device = Add(opened, VfioDevice.Open(iommufd, address));
            device.Configuration.BusMasterEnabled = false;
            device.Configuration.MemorySpaceEnabled = true;
            Ioas ioas = Add(opened, iommufd.AllocateIoas());
            Add(opened, device.Attach(ioas));
            return new VfioDmaDevice(device, ioas, device.MapRegisters(VfioRegionIndex.Bar0));
        }
        catch
        {
            for (int last = opened.Count - 1; last >= 0; last--)
                opened[last].Dispose();
            throw;
        }
    }

    public ValueTask<IDmaMemory> AllocateAsync(long length, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            VfioDmaMemory memory = Allocate(length);
            _memory.Add(memory);
            return new(memory);
        }
    }

    public IDeviceInterrupts EnableInterrupts(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_interrupts is { IsDisposed: false })
                throw new InvalidOperationException($"Interrupts of {Name} are already enabled. Dispose them first.");
            VfioInterruptKind kind = _device.GetInterruptCount(VfioInterruptKind.MsiX) > 0 ? VfioInterruptKind.MsiX : VfioInterruptKind.Msi;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _device.GetInterruptCount(kind));
#pragma warning disable CA2000 // The caller owns them.
            return _interrupts = new VfioDeviceInterrupts(_device.EnableInterrupts(kind, count));
#pragma warning restore CA2000
        }
    }

    public ValueTask DisposeAsync()
    {
        VfioDmaMemory[] left;
        lock (_gate)
        {
            if (_isDisposed)
                return ValueTask.CompletedTask;
            _isDisposed = true;
            left = [.. _memory];
        }

        // The device detaches first: no DMA meets memory that is unmapped.
        _device.Configuration.BusMasterEnabled = false;
        _interrupts?.Dispose();
        _registers.Dispose();
        _device.Dispose();
        foreach (VfioDmaMemory memory in left)
            memory.Dispose();
        _ioas.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Removes memory that was disposed.</summary>
    internal void Remove(VfioDmaMemory memory)
    {
        lock (_gate)
            _memory.Remove(memory);
    }

    private static T Add<T>(List<IDisposable> opened, T one)
        where T : IDisposable
    {
        opened.Add(one);
        return one;
    }

    private VfioDmaMemory Allocate(long length)
    {
        DmaMemory? memory = null;
        try
        {
            memory = DmaMemory.Allocate(_device.Owner.Calls, length);
            VfioDmaMemory mapped = new(this, memory, _ioas.Map(memory));
            memory = null;
            return mapped;
        }
        catch (SystemCallException failure)
        {
            throw Exhausted(length, failure);
        }
        finally
        {
            memory?.Dispose();
        }
    }

    private DmaMemoryException Exhausted(long length, SystemCallException failure) =>
        new($"{length} bytes of memory with addresses of {AddressBits} bits cannot be allocated for {Name}: {failure.Message}", failure);

    private IovaRange[] RangesUpTo(ulong last) =>
        [.. _ioas.GetRanges().Allowed.Where(range => range.Start <= last).Select(range => new IovaRange(range.Start, Math.Min(range.Last, last)))];
}
