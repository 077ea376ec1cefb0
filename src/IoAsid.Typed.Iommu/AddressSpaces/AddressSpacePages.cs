using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>The areas of a process, its page tables, and the frames of both. Each member keeps the three consistent.</summary>
/// <remarks>Each member is one step of the machine, so no lock guards the state.</remarks>
internal sealed class AddressSpacePages
{
    private const int LargePageLevel = 2;

    private readonly IPhysicalMemory _memory;
    private readonly FrameAllocator _frames;
    private readonly FirstStageFormat _format;
    private readonly PagingTree<FirstStageFormat> _tables;
    private readonly AreaMap _areas = new();

    /// <summary>Creates empty page tables.</summary>
    /// <param name="memory">The physical memory as processors see it.</param>
    /// <param name="frames">The frames for pages and tables.</param>
    /// <param name="levels">The number of levels of tables, 4 or 5.</param>
    /// <param name="format">The format of entries.</param>
    /// <exception cref="IommuException">No memory is left for the topmost table.</exception>
    public AddressSpacePages(IPhysicalMemory memory, FrameAllocator frames, int levels, FirstStageFormat format)
    {
        _memory = memory;
        _frames = frames;
        _format = format;
        _tables = new PagingTree<FirstStageFormat>(memory, frames, levels, format);
        UserHalf = new AddressRange(0, TranslationTables.PageSizeOf(levels + 1) / 2);
    }

    /// <summary>The number of bytes of a large page.</summary>
    public static ulong LargePageSize { get; } = TranslationTables.PageSizeOf(LargePageLevel);

    public ulong Root => _tables.Root;

    public int Levels => _tables.Levels;

    public long Tables => _tables.Tables;

    public AddressRange UserHalf { get; }

    public AreaMap Areas => _areas;

    /// <summary>Gets a value indicating whether entries are written with A and D set.</summary>
    public bool PresetsAccessedDirty => _format.PresetsAccessedDirty;

    /// <summary>The number of pages of 4 KiB in memory.</summary>
    public long Resident { get; private set; }

    /// <summary>The number of frames that are not used again because an observer failed.</summary>
    public long Leaked { get; private set; }

    /// <summary>Tries to allocate a frame for a page.</summary>
    public bool TryAllocate(out ulong frame) => _frames.TryAllocate(out frame);

    /// <summary>Returns a frame that no entry points to.</summary>
    public void Return(ulong frame) => _frames.Free(frame);

    /// <summary>Checks whether a page fault can bring in the page of an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="access">The requested rights.</param>
    /// <param name="area">The area of the address, or null.</param>
    /// <param name="slot">The entry of the page, if the page must be brought in.</param>
    /// <returns>The outcome of the fault, or null if the page must be brought in.</returns>
    public PageFaultOutcome? Check(ulong address, MemoryRights access, out MemoryArea? area, out PagingSlot slot)
    {
        slot = default;
        area = _areas.Find(address);
        if (area is null)
            return PageFaultOutcome.NoArea;
        if ((access & ~area.Rights) != MemoryRights.None)
            return PageFaultOutcome.NotAllowed;
        // Entries always have the rights of their area, so a page that is present has enough rights.
        slot = _tables.Find(address);
        return slot.IsUsed ? PageFaultOutcome.Handled : null;
    }

    /// <summary>Brings in a page of zeros. The page is large if it fits into the area and memory is left for it.</summary>
    /// <param name="area">The area of the address.</param>
    /// <param name="address">The address.</param>
    /// <param name="slot">The entry that <see cref="Check"/> found in the same step.</param>
    public PageFaultOutcome BringInZeros(MemoryArea area, ulong address, in PagingSlot slot)
    {
        if (FitsLargePage(area, address, slot) && TryBringInLarge(area, address, slot))
            return PageFaultOutcome.Handled;
        if (!_frames.TryAllocate(out ulong frame))
            return PageFaultOutcome.NoMemory;
        return Insert(area, slot, AddressRange.PageOf(address).Start, frame);
    }

    /// <summary>Brings in a page with known contents. The page belongs to an area and is not present.</summary>
    public PageFaultOutcome BringIn(ulong page, ulong frame, ReadOnlySpan<byte> contents)
    {
        _memory.Write(frame, contents);
        return Insert(_areas.Find(page)!, _tables.Find(page), page, frame);
    }

    /// <summary>Removes a range from areas and tables. <see cref="Free(Removal)"/> frees the frames later.</summary>
    /// <exception cref="IommuException">A large page must be split, and no memory is left for a table. Nothing changed.</exception>
    public Removal Remove(AddressRange range)
    {
        Split(range);
        _areas.Remove(range);
        Removal removal = new();
        _tables.Change(range, removal);
        Resident -= removal.PageFrames;
        return removal;
    }

    /// <summary>Changes the rights in a range.</summary>
    /// <returns>true if a right was removed from an area; otherwise, false.</returns>
    /// <exception cref="IommuException">A large page must be split, and no memory is left for a table. Nothing changed.</exception>
    public bool SetRights(AddressRange range, MemoryRights rights)
    {
        Split(range);
        bool isLess = _areas.SetRights(range, rights);
        _tables.Change(range, new RightsChange<FirstStageFormat>(_format, rights));
        return isLess;
    }

    /// <summary>Frees the frames of a removal. No cache may have its entries.</summary>
    public void Free(Removal removal)
    {
        removal.FreePages(_frames);
        removal.FreeTables(_frames);
    }

    /// <summary>Counts the frames of a removal as leaked, because a cache may still have its entries.</summary>
    public void Leak(Removal removal) => Leaked += removal.AllFrames;

    /// <summary>Removes all pages and tables, including the topmost table, and frees their frames.</summary>
    public void FreeAll()
    {
        Free(Remove(UserHalf));
        _tables.Free();
    }

    /// <summary>Counts all frames as leaked, because a cache may still have entries.</summary>
    public void LeakAll() => Leaked += Resident + _tables.Tables;

    /// <summary>Returns the range if it lies in the user half.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not in the user half.</exception>
    public AddressRange Inside(AddressRange range) => UserHalf.Contains(range)
        ? range
        : throw new ArgumentOutOfRangeException(nameof(range), range, $"Processes have the addresses {UserHalf}.");

    private static AddressRange LargePageAt(ulong address) => new(address & ~(LargePageSize - 1), LargePageSize);

    private static bool FitsLargePage(MemoryArea area, ulong address, in PagingSlot slot) =>
        area.HasLargePages && slot.Level >= LargePageLevel && area.Range.Contains(LargePageAt(address));

    private bool TryBringInLarge(MemoryArea area, ulong address, in PagingSlot slot)
    {
        int frames = (int)(LargePageSize / AddressRange.PageSize);
        if (!_frames.TryAllocateContiguous(frames, out ulong first))
            return false;
        bool done = _tables.TryMap(slot, LargePageAt(address).Start, LargePageLevel, _format.Leaf(first, LargePageLevel, area.Rights));
        if (done)
            Resident += frames;
        else
            _frames.Free(first, frames);
        return done;
    }

    private PageFaultOutcome Insert(MemoryArea area, in PagingSlot slot, ulong page, ulong frame)
    {
        if (!_tables.TryMap(slot, page, 1, _format.Leaf(frame, 1, area.Rights)))
        {
            _frames.Free(frame);
            return PageFaultOutcome.NoMemory;
        }

        Resident++;
        return PageFaultOutcome.Handled;
    }

    private void Split(AddressRange range)
    {
        if (!_tables.TrySplit(range))
            throw FrameAllocator.NoMemory();
    }
}
