using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>A domain of one driver's device, into which the memory of the driver is mapped.</summary>
internal sealed class IommuDmaAddressSpace(IommuDmaDevice device, DmaDomain domain, IPhysicalMemory physical, FrameAllocator frames) : IDmaAddressSpace
{
    private readonly DmaAddresses _addresses = new();
    private readonly HashSet<IommuDmaMemory> _memory = [];
    private readonly SingleRun _end = new();

    public IommuDmaDevice Device => device;

    public DmaDomain Domain => domain;

    /// <summary>The attachments to PASIDs, including those that are being created.</summary>
    public List<IommuDmaAttachment> Attachments { get; } = [];

    private ulong LastAddress => ulong.MaxValue >> IDmaDevice.MaximumAddressBits - Math.Min(device.AddressBits, domain.AddressWidth.Bits());

    public ValueTask<IDmaMemory> AllocateAsync(long length, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ThrowIfDisposed();
        return AllocateAsync((ulong)length).OrDisposed(cancellationToken);
    }

    public ValueTask DisposeAsync() => _end.RunAsync(CloseAsync);

    /// <summary>Unmaps memory, and then frees its frames and addresses. The only way in which memory of the device ends.</summary>
    internal async ValueTask UnmapAsync(IommuDmaMemory memory)
    {
        await domain.UnmapAsync(memory.Range);
        memory.FreeFrames(frames);
        _addresses.Free(memory.Range);
        _memory.Remove(memory);
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_end.HasBegun, this);

    private async ValueTask<IDmaMemory> AllocateAsync(ulong length)
    {
        ulong rounded = length + AddressRange.PageSize - 1 & ~(AddressRange.PageSize - 1UL);
        if (!_addresses.TryAllocate(rounded, LastAddress, out AddressRange range))
        {
            throw new DmaMemoryException(
                $"{device.Name} has no range of 0x{rounded:X} free addresses of {device.AddressBits} bits. Dispose memory of the device, or raise AddressBits.");
        }

        IommuDmaMemory memory = new(this, physical, range);
        _memory.Add(memory);
        try
        {
            memory.AllocateFrames(frames);
            foreach ((AddressRange part, ulong start) in memory.Parts)
                await domain.MapAsync(part, start, MemoryRights.ReadWrite);
        }
        catch (IommuException failure)
        {
            await memory.DisposeAsync();
            throw new DmaMemoryException($"No 0x{rounded:X} bytes of memory are left for {device.Name} and its page tables. Dispose memory of the device.", failure);
        }

        return memory;
    }

    // Memory that a unit may still translate to is never freed, because its unmapping fails.
    private async ValueTask CloseAsync()
    {
        foreach (IommuDmaAttachment attachment in Attachments.ToList())
            await attachment.DisposeAsync();
        foreach (IommuDmaMemory memory in _memory.ToList())
            await memory.DisposeAsync();
        domain.Free();
        device.Remove(this);
    }
}
