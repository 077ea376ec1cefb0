using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The memory of a process (mm_struct): areas with rights, pages that come in on demand, and x86-64 page tables in physical memory, which a VT-d unit
/// walks as first-stage tables. Not thread-safe: it belongs to the steps of one machine.
/// </summary>
/// <remarks>
/// Changes (unmapping, protection, exit) are made one after the other. Entries change first, then every observer is told and waited for, and only
/// then memory is used again. Page faults are served meanwhile, from the new state.
/// </remarks>
public sealed partial class ProcessAddressSpace
{
    private const int FourLevels = 4;
    private const int FiveLevels = 5;
    private const int LargePageLevel = 2;

    // Above what 32 bits reach, so that whoever truncates an address sees it, and far from the interrupt range.
    private const ulong LowestChosenAddress = 0x1_0000_0000;

    private static readonly ulong LargePageSize = TranslationTables.PageSizeOf(LargePageLevel);

    private readonly IPhysicalMemory _memory;
    private readonly FrameAllocator _frames;
    private readonly PagingTree<FirstStageFormat> _tables;
    private readonly AreaMap _areas = new();
    private readonly AddressSpaceObservers _observers = new();

    /// <summary>An empty address space with one user, the process itself.</summary>
    /// <param name="memory">Physical memory as processors see it.</param>
    /// <param name="frames">Gives out frames for pages and tables.</param>
    /// <param name="name">What the process is called, for people.</param>
    /// <param name="levels">4 for 47 bits of addresses, 5 for 56: the user half.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are 4 or 5 levels.</exception>
    /// <exception cref="IommuException">There is no memory for the topmost table: <see cref="IommuError.NoMemory"/>.</exception>
    public ProcessAddressSpace(IPhysicalMemory memory, FrameAllocator frames, string name, int levels = FourLevels)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, FourLevels);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(levels, FiveLevels);
        _memory = memory;
        _frames = frames;
        Name = name;
        _tables = new PagingTree<FirstStageFormat>(memory, frames, levels);
        UserHalf = new AddressRange(0, TranslationTables.PageSizeOf(levels + 1) / 2);
    }

    /// <summary>What the process is called.</summary>
    public string Name { get; }

    /// <summary>The physical address of the topmost table: what FSPTPTR and CR3 hold. It means nothing after exit.</summary>
    public ulong Root => _tables.Root;

    /// <summary>How many levels of tables there are: 4 or 5.</summary>
    public int Levels => _tables.Levels;

    /// <summary>The addresses that a process can have.</summary>
    public AddressRange UserHalf { get; }

    /// <summary>The areas, ascending, as they are now.</summary>
    public IReadOnlyList<MemoryArea> Areas => [.. _areas.All];

    /// <summary>How many pages of 4 KiB are in memory; a large page counts 512.</summary>
    public long ResidentPages { get; private set; }

    /// <summary>How many tables there are.</summary>
    public long TablePages => _tables.Tables;

    /// <summary>How many page faults ended in <see cref="PageFaultOutcome.Handled"/>.</summary>
    public long FaultsHandled { get; private set; }

    /// <summary>How many are told of changes.</summary>
    internal int Observers => _observers.Count;

    /// <summary>
    /// How many frames were given up because an observer failed: nobody knows whether hardware still uses them, so nobody gets them again.
    /// </summary>
    public long LeakedFrames { get; private set; }

    /// <summary>
    /// Reserves addresses. Pages come in when they are used. Addresses of an unmapping that is not complete are not given out.
    /// </summary>
    /// <param name="length">How many bytes: a multiple of 4096, at least one page.</param>
    /// <param name="rights">What may be done there. Write and execute include read.</param>
    /// <param name="at">Where: a multiple of 4096; null for the lowest free place above 4 GiB.</param>
    /// <param name="source">Where the contents come from; null for zeros.</param>
    /// <param name="largePages">
    /// Whether 2 MiB come in at once where they fit and there is memory for it. Only for zeros. A place that is chosen is a multiple of 2 MiB then.
    /// </param>
    /// <returns>The area.</returns>
    /// <exception cref="ArgumentException">Not whole pages; outside of the user half; large pages with a source.</exception>
    /// <exception cref="IommuException">
    /// Something is mapped there, or being unmapped: <see cref="IommuError.Busy"/>. No place is left: <see cref="IommuError.NoMemory"/>. The process
    /// has exited: <see cref="IommuError.Exited"/>.
    /// </exception>
    public MemoryArea Map(ulong length, MemoryRights rights, ulong? at = null, IPageSource? source = null, bool largePages = false)
    {
        ThrowIfExited();
        if (largePages && source is not null)
            throw new ArgumentException("A source fills pages of 4 KiB: large pages are for areas without one.", nameof(largePages));
        AddressRange range = at is { } start ? Checked(start, length) : Chosen(length, largePages ? LargePageSize : AddressRange.PageSize);
        MemoryArea area = new(range, Effective(rights), new Mapping(source, largePages));
        _areas.Add(area);
        return area;
    }

    /// <summary>Has an observer told of changes from now on, until the exit.</summary>
    /// <param name="observer">The observer.</param>
    /// <returns>Disposing it ends that: no new call is made. A call under way is not waited for.</returns>
    /// <exception cref="IommuException">The process has exited: <see cref="IommuError.Exited"/>.</exception>
    public IDisposable Observe(IAddressSpaceObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        ThrowIfExited();
        return _observers.Add(observer);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static MemoryRights Effective(MemoryRights rights)
    {
        if ((rights & ~(MemoryRights.ReadWrite | MemoryRights.Execute)) != MemoryRights.None)
            throw new ArgumentOutOfRangeException(nameof(rights), rights, "Rights are made of Read, Write and Execute.");
        return rights == MemoryRights.None ? rights : rights | MemoryRights.Read;
    }

    private AddressRange Checked(ulong start, ulong length)
    {
        AddressRange range = Inside(new AddressRange(start, length));
        if (_areas.Overlaps(range))
            throw new IommuException(IommuError.Busy, $"Something is mapped in {range}. Unmap it first, or let the place be chosen.");
        if (_leaving.Exists(leaving => leaving.Overlaps(range)))
            throw new IommuException(IommuError.Busy, $"An unmapping in {range} is not complete. Wait for it, or let the place be chosen.");
        return range;
    }

    private AddressRange Chosen(ulong length, ulong alignment)
    {
        _ = Inside(new AddressRange(0, length));
        AddressRange range = new(_areas.FindGap(length, alignment, LowestChosenAddress, _leaving), length);
        return UserHalf.Contains(range)
            ? range
            : throw new IommuException(IommuError.NoMemory, $"No 0x{length:X} bytes of addresses are left. Unmap something.");
    }

    private AddressRange Inside(AddressRange range) => UserHalf.Contains(range)
        ? range
        : throw new ArgumentOutOfRangeException(nameof(range), range, $"Processes have the addresses {UserHalf}.");

    private void ThrowIfExited()
    {
        if (HasExited)
            throw new IommuException(IommuError.Exited, $"{Name} has exited: its memory is gone or about to go.");
    }
}
