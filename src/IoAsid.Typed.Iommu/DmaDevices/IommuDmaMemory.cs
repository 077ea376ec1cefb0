using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>Frames of a machine that are mapped to one range of device addresses.</summary>
internal sealed class IommuDmaMemory(IommuDmaAddressSpace space, IPhysicalMemory memory, AddressRange range) : IDmaMemory
{
    private const ulong PartLength = (ulong)FrameAllocator.LongestRun * AddressRange.PageSize;

    // Each part but the last has PartLength bytes.
    private readonly List<(AddressRange Range, ulong Physical)> _parts = [];
    private readonly SingleRun _end = new();

    public AddressRange Range => range;

    public ulong Address => range.Start;

    public long Length => (long)range.Length;

    /// <summary>The parts of the range, each with the physical address of its first byte.</summary>
    public IReadOnlyList<(AddressRange Range, ulong Physical)> Parts => _parts;

    /// <summary>Allocates the frames.</summary>
    /// <exception cref="IommuException">Not enough frames are free. <see cref="FreeFrames"/> frees those that were allocated.</exception>
    public void AllocateFrames(FrameAllocator frames)
    {
        for (ulong offset = 0; offset < range.Length; offset += PartLength)
        {
            AddressRange part = new(range.Start + offset, Math.Min(PartLength, range.Length - offset));
            _parts.Add((part, frames.AllocateContiguous((int)part.Pages)));
        }
    }

    public void FreeFrames(FrameAllocator frames)
    {
        foreach ((AddressRange part, ulong physical) in _parts)
            frames.Free(physical, (int)part.Pages);
        _parts.Clear();
    }

    public void Read(long offset, Span<byte> destination)
    {
        ThrowIfOutside(offset, destination.Length);
        while (!destination.IsEmpty)
        {
            ulong physical = Locate(offset, destination.Length, out int length);
            memory.Read(physical, destination[..length]);
            destination = destination[length..];
            offset += length;
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        ThrowIfOutside(offset, source.Length);
        while (!source.IsEmpty)
        {
            ulong physical = Locate(offset, source.Length, out int length);
            memory.Write(physical, source[..length]);
            source = source[length..];
            offset += length;
        }
    }

    public ValueTask DisposeAsync() => _end.RunAsync(() => space.UnmapAsync(this));

    private void ThrowIfOutside(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_parts.Count == 0, this);
        if (offset < 0 || offset > Length - length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"The memory has 0x{Length:X} bytes. {length} bytes at this offset are not inside the memory.");
    }

    private ulong Locate(long offset, int wanted, out int length)
    {
        (AddressRange part, ulong physical) = _parts[(int)((ulong)offset / PartLength)];
        ulong inside = (ulong)offset % PartLength;
        length = (int)Math.Min((ulong)wanted, part.Length - inside);
        return physical + inside;
    }
}
