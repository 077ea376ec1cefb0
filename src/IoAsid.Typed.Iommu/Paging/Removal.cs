using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// A change that removes leaves, and tables that become empty. It keeps the pages and tables, because caches may still have their entries. They are freed after
/// all observers have invalidated their caches.
/// </summary>
internal sealed class Removal : LeafChange
{
    private readonly List<(ulong Page, int Frames)> _pages = [];
    private readonly List<ulong> _tables = [];

    /// <summary>The number of removed tables.</summary>
    public int Tables => _tables.Count;

    /// <summary>The number of frames of the removed pages.</summary>
    public long PageFrames { get; private set; }

    /// <summary>The number of frames of the removed pages and tables.</summary>
    public long AllFrames => PageFrames + _tables.Count;

    public override ulong Apply(ulong leaf) => 0;

    public void AddPage(ulong page, int level)
    {
        int frames = (int)(TranslationTables.PageSizeOf(level) / AddressRange.PageSize);
        _pages.Add((page, frames));
        PageFrames += frames;
    }

    public void AddTable(ulong table) => _tables.Add(table);

    public void FreePages(FrameAllocator frames)
    {
        foreach ((ulong page, int count) in _pages)
            frames.Free(page, count);
    }

    public void FreeTables(FrameAllocator frames)
    {
        foreach (ulong table in _tables)
            frames.Free(table);
    }
}
