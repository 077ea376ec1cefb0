using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// An allocator of physical memory in frames of 4 KiB. It allocates the lowest free frames first, filled with zeros. Frames of the first MiB are never
/// allocated, so 0 is not the address of a frame. The allocation of a single frame takes constant time. The allocator has one bit for each frame of the blocks
/// of 16 MiB that were used. It is not thread-safe: it runs in steps of one machine.
/// </summary>
public sealed class FrameAllocator
{
    /// <summary>The largest number of contiguous frames: 16 MiB.</summary>
    public const int LongestRun = FrameBlock.Frames;

    private const ulong FirstUsableAddress = 0x10_0000;

    private static readonly byte[] Zeros = new byte[AddressRange.PageSize];

    private readonly IPhysicalMemory _memory;
    private readonly List<FrameZone> _zones = [];
    private Func<bool>? _refuses;

    /// <summary>Creates an allocator of all frames in ranges of RAM. No other allocator may have these ranges.</summary>
    /// <param name="memory">The physical memory.</param>
    /// <param name="ram">The ranges. They do not overlap. Partial frames at their ends are not used.</param>
    public FrameAllocator(IPhysicalMemory memory, IReadOnlyList<MemoryRange> ram)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(ram);
        _memory = memory;
        foreach (MemoryRange range in ram.Select(Usable).Where(FrameZone.HasFrames).OrderBy(range => range.Start))
            _zones.Add(new FrameZone(range));
    }

    /// <summary>The number of allocated frames.</summary>
    public long InUse { get; private set; }

    /// <summary>
    /// The largest number of frames that may be allocated at a time. It is initially unlimited. A lower limit keeps frames that are already allocated.
    /// </summary>
    public long Limit { get; set; } = long.MaxValue;

    /// <summary>Tries to allocate a frame of zeros.</summary>
    /// <param name="frame">The physical address, or 0 if no frame is free.</param>
    /// <returns>true if a frame was free; otherwise, false.</returns>
    public bool TryAllocate(out ulong frame)
    {
        frame = 0;
        if (!IsAllowed(1))
            return false;
        foreach (FrameZone zone in _zones)
        {
            if (!zone.TryAllocateOne(out ulong number))
                continue;
            frame = ClearFrames(number, 1);
            return true;
        }

        return false;
    }

    /// <summary>Tries to allocate contiguous frames of zeros.</summary>
    /// <param name="frames">The number of frames, 1 to <see cref="LongestRun"/>.</param>
    /// <param name="first">
    /// The physical address of the first frame, a multiple of the size rounded up to a power of two, or 0 if no such frames are free.
    /// </param>
    /// <returns>true if contiguous frames were free; otherwise, false.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="frames"/> is out of its range.</exception>
    public bool TryAllocateContiguous(int frames, out ulong first)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames, LongestRun);
        first = 0;
        if (!IsAllowed(frames))
            return false;
        foreach (FrameZone zone in _zones)
        {
            if (!zone.TryAllocateRun(frames, out ulong number))
                continue;
            first = ClearFrames(number, frames);
            return true;
        }

        return false;
    }

    /// <summary>Allocates a frame of zeros.</summary>
    /// <returns>The physical address.</returns>
    /// <exception cref="IommuException"><see cref="IommuError.NoMemory"/>: no frame is free.</exception>
    public ulong Allocate() => TryAllocate(out ulong frame) ? frame : throw NoMemory();

    /// <summary>Allocates contiguous frames of zeros.</summary>
    /// <param name="frames">The number of frames, 1 to <see cref="LongestRun"/>.</param>
    /// <returns>The physical address of the first frame, a multiple of the size rounded up to a power of two.</returns>
    /// <exception cref="IommuException"><see cref="IommuError.NoMemory"/>: no such frames are free.</exception>
    public ulong AllocateContiguous(int frames) => TryAllocateContiguous(frames, out ulong first) ? first : throw NoMemory();

    /// <summary>Frees contiguous frames. No table, and no cache of a unit or a device, may refer to them.</summary>
    /// <param name="frame">The physical address of the first frame.</param>
    /// <param name="frames">The number of frames. They may come from several allocations.</param>
    /// <exception cref="ArgumentException">A frame is not allocated. Nothing changed.</exception>
    public void Free(ulong frame, int frames = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ulong number = frame / AddressRange.PageSize;
        FrameZone? zone = frame % AddressRange.PageSize == 0 ? ZoneOf(number, frames) : null;
        if (zone is null || !zone.AreAllocated(number, frames))
            throw new ArgumentException($"At least one of the {frames} frames from 0x{frame:X} on is not allocated. Free each frame once.", nameof(frame));
        zone.Free(number, frames);
        InUse -= frames;
    }

    internal static IommuException NoMemory() =>
        new(IommuError.NoMemory, "No physical memory is left. Free some, raise the allocator's limit, or give the machine more RAM.");

    /// <summary>Injects faults. Each allocation, single or contiguous, fails while the function returns true. Null injects no faults.</summary>
    internal void InjectFaults(Func<bool>? refuses) => _refuses = refuses;

    private static MemoryRange Usable(MemoryRange range)
    {
        ulong start = Math.Max(range.Start, FirstUsableAddress);
        return range.End > start ? new MemoryRange(start, range.End - start) : default;
    }

    private FrameZone? ZoneOf(ulong number, int frames)
    {
        foreach (FrameZone zone in _zones)
        {
            if (zone.Contains(number, frames))
                return zone;
        }

        return null;
    }

    private bool IsAllowed(int frames) => _refuses?.Invoke() != true && frames <= Limit - InUse;

    private ulong ClearFrames(ulong number, int frames)
    {
        ulong first = number * AddressRange.PageSize;
        for (int at = 0; at < frames; at++)
            _memory.Write(first + (ulong)at * AddressRange.PageSize, Zeros);
        InUse += frames;
        return first;
    }
}
