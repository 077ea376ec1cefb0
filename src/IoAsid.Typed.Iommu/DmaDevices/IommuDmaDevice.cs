using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>A function of a machine that one driver owns. It has an address space for requests without PASID, and further ones for PASIDs.</summary>
internal sealed class IommuDmaDevice : IDmaDevice
{
    private readonly IommuSubsystem _subsystem;
    private readonly IPlatform _platform;
    private readonly IommuDevice _device;
#pragma warning disable CA2213 // CloseAsync disposes it with the others.
    private readonly IommuDmaAddressSpace _main;
#pragma warning restore CA2213
    private readonly List<IommuDmaAddressSpace> _spaces = [];
    private readonly SingleRun _end = new();
    private IommuDeviceInterrupts? _interrupts;

    private IommuDmaDevice(IommuSubsystem subsystem, IPlatform platform, IommuDevice device, DmaDomain domain)
    {
        _subsystem = subsystem;
        _platform = platform;
        _device = device;
        _main = Add(domain);
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

    public Pasid MaximumPasid => _device.PasidEnabled ? _device.MaximumPasid : default;

    /// <summary>Opens a function for one driver. Its domain has the first kind of tables that the unit can walk.</summary>
    public static async ValueTask<IDmaDevice> OpenAsync(IommuSubsystem subsystem, IPlatform platform, IommuDevice device)
    {
        try
        {
            if (device.MaximumPasid != default)
                _ = await device.EnablePasidsAsync();
            DmaDomain domain = CreateDomain(subsystem, device);
            await AttachAsync(device, domain);
            device.Function.BusMasterEnabled = false;
            return new IommuDmaDevice(subsystem, platform, device, domain);
        }
        catch
        {
            await device.DisposeAsync();
            throw;
        }
    }

    public ValueTask<IDmaMemory> AllocateAsync(long length, CancellationToken cancellationToken = default) => _main.AllocateAsync(length, cancellationToken);

    public IDmaAddressSpace CreateAddressSpace()
    {
        ThrowIfDisposed();
        ThrowIfNoPasids();
        try
        {
            return Add(CreateDomain(_subsystem, _device));
        }
        catch (IommuException failure) when (failure.Error == IommuError.NoMemory)
        {
            throw NoMemoryForTables(failure);
        }
    }

    public ValueTask<IDmaAttachment> AttachAsync(IDmaAddressSpace space, Pasid pasid, CancellationToken cancellationToken = default)
    {
        IommuDmaAddressSpace own = Check(space, pasid);
        return AttachAsync(own, pasid, binding: null).OrDisposed(cancellationToken);
    }

    /// <summary>Attaches an address space to the PASID of an id. The attachment binds the id.</summary>
    public ValueTask<IDmaAttachment> AttachAsync<TData>(IDmaAddressSpace space, IoAsidHandle<TData> id, CancellationToken cancellationToken)
        where TData : class
    {
        Pasid pasid = id.Id.ToPasid();
        IommuDmaAddressSpace own = Check(space, pasid);
        return AttachAsync(own, pasid, id.Bind(_device)).OrDisposed(cancellationToken);
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

    /// <summary>Removes an address space that has ended.</summary>
    internal void Remove(IommuDmaAddressSpace space) => _spaces.Remove(space);

    /// <summary>Returns true if the device belongs to a subsystem.</summary>
    internal bool IsOf(IommuSubsystem subsystem) => _subsystem == subsystem;

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_end.HasBegun, this);

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

    private IommuDmaAddressSpace Add(DmaDomain domain)
    {
        IommuDmaAddressSpace space = new(this, domain, _platform.Memory, _subsystem.Frames);
        _spaces.Add(space);
        return space;
    }

    private IommuDmaAddressSpace Check(IDmaAddressSpace space, Pasid pasid)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (space is not IommuDmaAddressSpace own || own.Device != this)
            throw new ArgumentException($"The address space does not belong to {Name}. Create it by CreateAddressSpace of this device.", nameof(space));
        own.ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfEqual(pasid, IommuDevice.RequestsWithoutPasid);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pasid, MaximumPasid);
        if (_device.AttachedPasids.Contains(pasid))
            throw new InvalidOperationException($"PASID {pasid} of {Name} is attached already. Dispose its attachment first.");
        return own;
    }

    private async ValueTask<IDmaAttachment> AttachAsync(IommuDmaAddressSpace space, Pasid pasid, [TakesOwnership] IoAsidBinding? binding)
    {
        try
        {
            return await IommuDmaAttachment.BeginAsync(space, new DomainUse(_device, pasid, IsNested: false), binding);
        }
        catch (IommuException failure) when (failure.Error == IommuError.NoMemory)
        {
            throw NoMemoryForTables(failure);
        }
    }

    // The main address space is attached without a PASID, so it ends with the device.
    private async ValueTask CloseAsync()
    {
        _device.Function.BusMasterEnabled = false;
        _interrupts?.Dispose();
        await _device.DisposeAsync();
        await _device.Unit.TearDown.DisposeAllAsync(_spaces);
    }

    private DmaMemoryException NoMemoryForTables(IommuException failure) => new($"No memory is left for tables of {Name}. Dispose memory of the device.", failure);

    private void ThrowIfNoPasids()
    {
        if (MaximumPasid == default)
            throw new NotSupportedException($"{Name}, or the unit {_device.Unit}, has no PASIDs.");
    }
}
