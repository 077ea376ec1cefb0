using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// Gives out physical memory in frames of 4 KiB, the lowest free ones first, zeroed. Frames of the first MiB are never given out, so that 0 is no
/// frame. A single frame takes constant time; bookkeeping is a bit for each frame of the 16 MiB blocks that were used.
/// Not thread-safe: it belongs to the steps of one machine.
/// </summary>
public sealed class FrameAllocator
{
    /// <summary>The longest run of frames that is given out: 16 MiB.</summary>
    public const int LongestRun = FrameBlock.Frames;

    private const ulong FirstUsableAddress = 0x10_0000;

    private static readonly byte[] Zeros = new byte[AddressRange.PageSize];

    private readonly IPhysicalMemory _memory;
    private readonly List<FrameZone> _zones = [];
    private Func<bool>? _refuses;

    /// <summary>An allocator of all frames in some ranges of RAM. It must be the only one of them.</summary>
    /// <param name="memory">The memory, through which frames are zeroed.</param>
    /// <param name="ram">The ranges, apart from each other; what is no whole frame is left out.</param>
    public FrameAllocator(IPhysicalMemory memory, IReadOnlyList<MemoryRange> ram)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(ram);
        _memory = memory;
        foreach (MemoryRange range in ram.Select(Usable).Where(FrameZone.HasFrames).OrderBy(range => range.Start))
            _zones.Add(new FrameZone(range));
    }

    /// <summary>How many frames are given out.</summary>
    public long InUse { get; private set; }

    /// <summary>How many frames may be given out at a time: no limit at first. More may be in use when it is lowered.</summary>
    public long Limit { get; set; } = long.MaxValue;

    /// <summary>Gives out a frame of zeros.</summary>
    /// <param name="frame">Its physical address, 0 when there is none.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryAllocate(out ulong frame)
    {
        frame = 0;
        if (!IsAllowed(1))
            return false;
        foreach (FrameZone zone in _zones)
        {
            if (!zone.TryTakeOne(out ulong number))
                continue;
            frame = GiveOut(number, 1);
            return true;
        }

        return false;
    }

    /// <summary>Gives out frames one after the other, all zeros.</summary>
    /// <param name="frames">How many: 1 to <see cref="LongestRun"/>.</param>
    /// <param name="first">
    /// The physical address of the first, a multiple of the run's size rounded up to a power of two; 0 when there is no such run.
    /// </param>
    /// <returns>Whether there was one.</returns>
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
            if (!zone.TryTakeRun(frames, out ulong number))
                continue;
            first = GiveOut(number, frames);
            return true;
        }

        return false;
    }

    /// <summary>Gives out a frame of zeros.</summary>
    /// <returns>Its physical address.</returns>
    /// <exception cref="IommuException">There is none: <see cref="IommuError.NoMemory"/>.</exception>
    public ulong Allocate() => TryAllocate(out ulong frame) ? frame : throw NoMemory();

    /// <summary>Gives out frames that lie side by side, filled with zeros.</summary>
    /// <param name="frames">How many, 1 to <see cref="LongestRun"/>.</param>
    /// <returns>The first one, a multiple of the size rounded up to a power of two.</returns>
    /// <exception cref="IommuException">There is no such run: <see cref="IommuError.NoMemory"/>.</exception>
    public ulong AllocateContiguous(int frames) => TryAllocateContiguous(frames, out ulong first) ? first : throw NoMemory();

    /// <summary>Takes frames back. Nothing may refer to them any more: no table, and no cache of a unit or a device.</summary>
    /// <param name="frame">The physical address of the first.</param>
    /// <param name="frames">How many, from one or several allocations.</param>
    /// <exception cref="ArgumentException">One of them is not given out. Nothing has changed then.</exception>
    public void Free(ulong frame, int frames = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ulong number = frame / AddressRange.PageSize;
        FrameZone? zone = frame % AddressRange.PageSize == 0 ? ZoneOf(number, frames) : null;
        if (zone is null || !zone.AreTaken(number, frames))
            throw new ArgumentException($"Of the {frames} frames from 0x{frame:X} on, at least one is not given out: each is freed once, by whoever has it.", nameof(frame));
        zone.GiveBack(number, frames);
        InUse -= frames;
    }

    internal static IommuException NoMemory() =>
        new(IommuError.NoMemory, "No physical memory is left. Give some back, raise the allocator's limit, or give the machine more RAM.");

    /// <summary>Injects faults: each allocation, single or contiguous, fails while the function returns true. Null, as it is at first, injects none.</summary>
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

    private ulong GiveOut(ulong number, int frames)
    {
        ulong first = number * AddressRange.PageSize;
        for (int at = 0; at < frames; at++)
            _memory.Write(first + (ulong)at * AddressRange.PageSize, Zeros);
        InUse += frames;
        return first;
    }
}
