using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// Takes leaves out of their tables, and tables that become empty out of theirs, and keeps both: caches may still know them. They are freed when
/// everybody has been told.
/// </summary>
internal sealed class Removal : LeafChange
{
    private readonly List<(ulong Page, int Frames)> _pages = [];
    private readonly List<ulong> _tables = [];

    /// <summary>How many tables were taken out.</summary>
    public int Tables => _tables.Count;

    /// <summary>How many frames the pages have.</summary>
    public long PageFrames { get; private set; }

    /// <summary>How many frames pages and tables have.</summary>
    public long AllFrames => PageFrames + _tables.Count;

    public override ulong Of(ulong leaf) => 0;

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
