using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux;

/// <summary>A device file of VFIO, as one driver owns it: behind an address space for requests without PASID, with further ones for PASIDs.</summary>
internal sealed class VfioDmaDevice : IDmaDevice
{
    private readonly VfioDevice _device;
    private readonly VfioDmaAddressSpace _main;
    private readonly MappedRegisters _registers;
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private readonly List<VfioDmaAddressSpace> _spaces = [];
    private VfioDeviceInterrupts? _interrupts;
    private bool _isDisposed;

    /// <summary>Opens a device that is bound to <c>vfio-pci</c>.</summary>
    public VfioDmaDevice(Iommufd iommufd, PciAddress address)
    {
        List<IDisposable> opened = [];
        try
        {
            _device = Add(opened, VfioDevice.Open(iommufd, address));
            _device.Configuration.BusMasterEnabled = false;
            _device.Configuration.MemorySpaceEnabled = true;
            _main = Add(opened, new VfioDmaAddressSpace(this, _device));
            Add(opened, _main.AttachDevice(_device));
            _registers = _device.MapRegisters(VfioRegionIndex.Bar0);
        }
        catch
        {
            for (int last = opened.Count - 1; last >= 0; last--)
                opened[last].Dispose();
            throw;
        }
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
            lock (_gate)
            {
                IovaRange[] ranges = RangesOf(value);
                _main.AllowRanges(ranges);
                foreach (VfioDmaAddressSpace space in _spaces)
                    space.AllowRanges(ranges);
                field = value;
            }
        }
    } = IDmaDevice.MaximumAddressBits;

    public Pasid MaximumPasid => IommufdPasidConversion.Highest(_device.Hardware.PasidBits);

    public ValueTask<IDmaMemory> AllocateAsync(long length, CancellationToken cancellationToken = default) => _main.AllocateAsync(length, cancellationToken);

    public IDmaAddressSpace CreateAddressSpace()
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            _device.ThrowIfNoPasids();
            VfioDmaAddressSpace space = Create();
            _spaces.Add(space);
            return space;
        }
    }

    public ValueTask<IDmaAttachment> AttachAsync(IDmaAddressSpace space, Pasid pasid, CancellationToken cancellationToken = default)
    {
        VfioDmaAddressSpace own = Check(space);
        _device.ThrowIfNoPasids();
        ArgumentOutOfRangeException.ThrowIfEqual(pasid, IommufdPasidConversion.None);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pasid, MaximumPasid);
        return new(Attach(own, table => _device.Attach(pasid, table)));
    }

    /// <summary>Attaches an address space to the PASID of an id. The attachment binds the id.</summary>
    public IDmaAttachment Attach<TData>(IDmaAddressSpace space, IoAsidHandle<TData> id)
        where TData : class => Attach(Check(space), table => _device.Attach(id, table));

    public IDeviceInterrupts EnableInterrupts(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (_gate)
        {
            ThrowIfDisposed();
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
        VfioDmaAddressSpace[] spaces;
        lock (_gate)
        {
            if (_isDisposed)
                return ValueTask.CompletedTask;
            _isDisposed = true;
            spaces = [.. _spaces];
        }

        // The device detaches first: no DMA meets memory that is unmapped.
        _device.Configuration.BusMasterEnabled = false;
        _interrupts?.Dispose();
        _registers.Dispose();
        _device.Dispose();
        foreach (VfioDmaAddressSpace space in spaces)
            space.Dispose();
        _main.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Removes an address space that was disposed.</summary>
    internal void Remove(VfioDmaAddressSpace space)
    {
        lock (_gate)
            _spaces.Remove(space);
    }

    /// <summary>Returns true if the device belongs to an iommufd.</summary>
    internal bool IsOf(Iommufd iommufd) => _device.Owner == iommufd;

    internal DmaMemoryException Exhausted(string subject, SystemCallException failure) => new($"{subject} cannot be allocated for {Name}: {failure.Message}", failure);

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed), this);

    private static T Add<T>(List<IDisposable> opened, T one)
        where T : IDisposable
    {
        opened.Add(one);
        return one;
    }

    private VfioDmaAddressSpace Create()
    {
        VfioDmaAddressSpace? created = null;
        try
        {
            created = new(this, _device);
            if (AddressBits != IDmaDevice.MaximumAddressBits)
                created.AllowRanges(RangesOf(AddressBits));
            VfioDmaAddressSpace space = created;
            created = null;
            return space;
        }
        catch (SystemCallException failure) when (failure.Error == Errno.NoMemory)
        {
            throw Exhausted("An address space", failure);
        }
        finally
        {
            created?.Dispose();
        }
    }

    private VfioDmaAttachment Attach(VfioDmaAddressSpace space, Func<PagingHwpt, Attachment> attach)
    {
        try
        {
            return space.Attach(attach);
        }
        catch (SystemCallException failure) when (failure.Error == Errno.NoMemory)
        {
            throw Exhausted("A PASID entry", failure);
        }
    }

    private VfioDmaAddressSpace Check(IDmaAddressSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return space is VfioDmaAddressSpace own && own.Device == this
            ? own
            : throw new ArgumentException($"The address space does not belong to {Name}. Create it by CreateAddressSpace of this device.", nameof(space));
    }

    // The ranges of the main address space leave out what the device reserves. An address space without an attachment does not know that yet.
    private IovaRange[] RangesOf(int addressBits)
    {
        ulong last = ulong.MaxValue >> IDmaDevice.MaximumAddressBits - addressBits;
        return [.. _main.Ranges.Where(range => range.Start <= last).Select(range => new IovaRange(range.Start, Math.Min(range.Last, last)))];
    }
}
