using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;

namespace AuxiliaryDomains;

/// <summary>Memory that the driver and a domain's devices share (dma_alloc_coherent).</summary>
internal sealed class DmaBuffer(IommuSubsystem iommu, IPhysicalMemory memory, DmaDomain domain, AddressRange window)
{
    private readonly int _frames = (int)(window.Length / AddressRange.PageSize);
    private ulong _physical;

    public ulong this[ulong address] => memory.ReadUInt64(_physical + (address - window.Start));

    public void Read(ulong address, Span<byte> bytes) => memory.Read(_physical + (address - window.Start), bytes);

    public void Write(ulong address, ReadOnlySpan<byte> bytes) => memory.Write(_physical + (address - window.Start), bytes);

    public ValueTask AllocateAsync()
    {
        _physical = iommu.Frames.AllocateContiguous(_frames);
        return domain.MapAsync(window, _physical, MemoryRights.ReadWrite);
    }

    public async ValueTask FreeAsync()
    {
        // After this returns, no device reaches the memory. Before that the memory must not be reused.
        await domain.UnmapAsync(window);
        iommu.Frames.Free(_physical, _frames);
    }
}
