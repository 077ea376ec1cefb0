using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>A function of a machine that one driver owns. It has a domain of its own, into which the memory of the driver is mapped.</summary>
internal sealed class IommuDmaDevice : IDmaDevice
{
    private readonly IPlatform _platform;
    private readonly FrameAllocator _frames;
    private readonly IommuDevice _device;
    private readonly DmaDomain _domain;
    private readonly DmaAddresses _addresses = new();
    private readonly HashSet<IommuDmaMemory> _memory = [];
    private readonly SingleRun _end = new();
    private IommuDeviceInterrupts? _interrupts;

    private IommuDmaDevice(IPlatform platform, FrameAllocator frames, IommuDevice device, DmaDomain domain)
    {
        _platform = platform;
        _frames = frames;
        _device = device;
        _domain = domain;
    }

    public string Name => _device.ToString();

    public IRegisterBlock Registers => _device.Function.Registers;

    public bool BusMasterEnabled
    {
        get => _device.Function.BusMasterEnabled;
        set
        {
            ThrowIfDisposed();
            _device.Function.BusMasterEnabled = value;
        }
    }

    public int AddressBits
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, IDmaDevice.MinimumAddressBits);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, IDmaDevice.MaximumAddressBits);
            field = value;
        }
    } = IDmaDevice.MaximumAddressBits;

    private ulong LastAddress => ulong.MaxValue >> IDmaDevice.MaximumAddressBits - Math.Min(AddressBits, _domain.AddressWidth.Bits());

    /// <summary>Opens a function for one driver. Its domain has the first kind of tables that the unit can walk.</summary>
    public static async ValueTask<IDmaDevice> OpenAsync(IommuSubsystem subsystem, IPlatform platform, IommuDevice device)
    {
        try
        {
            DmaDomain domain = CreateDomain(subsystem, device);
            await AttachAsync(device, domain);
            device.Function.BusMasterEnabled = false;
            return new IommuDmaDevice(platform, subsystem.Frames, device, domain);
        }
        catch
        {
            await device.DisposeAsync();
            throw;
        }
    }

    public ValueTask<IDmaMemory> AllocateAsync(long length, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ThrowIfDisposed();
        return AllocateAsync((ulong)length).OrDisposed(cancellationToken);
    }

    public IDeviceInterrupts EnableInterrupts(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ThrowIfDisposed();
        if (_interrupts is { IsDisposed: false })
            throw new InvalidOperationException($"Interrupts of {Name} are already enabled. Dispose them first.");
        return _interrupts = new IommuDeviceInterrupts(_platform, _device.Function, count);
    }

    public ValueTask DisposeAsync() => _end.RunAsync(CloseAsync);

    /// <summary>Unmaps memory, and then frees its frames and addresses. The only way in which memory of the device ends.</summary>
    internal async ValueTask UnmapAsync(IommuDmaMemory memory)
    {
        await _domain.UnmapAsync(memory.Range);
        memory.FreeFrames(_frames);
        _addresses.Free(memory.Range);
        _memory.Remove(memory);
    }

    private static DmaDomain CreateDomain(IommuSubsystem subsystem, IommuDevice device)
    {
        foreach ((DomainKind kind, AddressWidth width) in (ReadOnlySpan<(DomainKind, AddressWidth)>)
            [(DomainKind.SecondStage, AddressWidth.Bits48), (DomainKind.SecondStage, AddressWidth.Bits39), (DomainKind.FirstStage, AddressWidth.Bits48)])
        {
            DmaDomain domain = subsystem.CreateDomain($"memory of {device}", width, kind);
            if (domain.IsSupportedBy(device.Unit.Capabilities))
                return domain;
            domain.Free();
        }

        throw new IommuException(IommuError.NotSupported, $"The unit {device.Unit} can walk neither second-stage tables of 39 or 48 bits nor first-stage tables of 48 bits.");
    }

    private static async ValueTask AttachAsync(IommuDevice device, DmaDomain domain)
    {
        try
        {
            _ = await IommuSubsystem.AttachAsync(device, domain);
        }
        catch when (domain.Uses == 0)
        {
            domain.Free();
            throw;
        }
    }

    private async ValueTask<IDmaMemory> AllocateAsync(ulong length)
    {
        ulong rounded = length + AddressRange.PageSize - 1 & ~(AddressRange.PageSize - 1UL);
        if (!_addresses.TryAllocate(rounded, LastAddress, out AddressRange range))
            throw new DmaMemoryException($"{Name} has no range of 0x{rounded:X} free addresses of {AddressBits} bits. Dispose memory of the device, or raise AddressBits.");
        IommuDmaMemory memory = new(this, _platform.Memory, range);
        _memory.Add(memory);
        try
        {
            memory.AllocateFrames(_frames);
            foreach ((AddressRange part, ulong physical) in memory.Parts)
                await _domain.MapAsync(part, physical, MemoryRights.ReadWrite);
        }
        catch (IommuException failure)
        {
            await memory.DisposeAsync();
            throw new DmaMemoryException($"No 0x{rounded:X} bytes of memory are left for {Name} and its page tables. Dispose memory of the device.", failure);
        }

        return memory;
    }

    // Memory that a unit may still translate to is never freed.
    private async ValueTask CloseAsync()
    {
        _device.Function.BusMasterEnabled = false;
        _interrupts?.Dispose();
        await _device.DisposeAsync();
        if (_domain.Uses > 0)
            return;
        foreach (IommuDmaMemory memory in _memory.ToList())
            await memory.DisposeAsync();
        _domain.Free();
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_end.HasBegun, this);
}
