using IoAsid.Typed.Vtd;

namespace Samples;

/// <summary>The page tables of one stage. A missing table on the path to an entry is created.</summary>
/// <param name="pages">The allocator of the pages of the tables.</param>
/// <param name="levels">The number of levels.</param>
/// <param name="rights">The entry that allows all accesses, without an address. Entries that point to tables have its bits.</param>
public sealed class PageTables(TablePages pages, int levels, Bits64 rights)
{
    /// <summary>The address of the table of the highest level.</summary>
    public ulong Top { get; } = pages.Allocate();

    /// <summary>The entry of an address at a level, in words of the architecture; 0 if it translates nothing.</summary>
    /// <param name="address">The address.</param>
    /// <param name="level">The level of the entry: 1 for a page of 4 KiB, 2 for 2 MiB, 3 for 1 GiB.</param>
    public ulong this[ulong address, int level = 1]
    {
        get => pages.Read(EntryAddressOf(address, level));
        set => pages.Write(EntryAddressOf(address, level), new Bits64(value));
    }

    /// <summary>Creates first-stage tables, in the processor's format.</summary>
    public static PageTables FirstStage(TablePages pages, int levels = 4) =>
        new(pages, levels, new FirstStageEntry { Present = true, Writable = true, User = true }.Bits);

    /// <summary>Creates second-stage tables. 3 levels have addresses of 39 bits.</summary>
    public static PageTables SecondStage(TablePages pages, int levels = 3) => new(pages, levels, new SecondStageEntry { Read = true, Write = true }.Bits);

    /// <summary>Maps a page with all rights.</summary>
    /// <param name="address">The address.</param>
    /// <param name="page">The address of the page.</param>
    /// <param name="level">The level of the entry: 1 for a page of 4 KiB, 2 for 2 MiB, 3 for 1 GiB.</param>
    public void Map(ulong address, ulong page, int level = 1) =>
        this[address, level] = rights | page | new FirstStageEntry { PageSize = level > 1 }.Bits;

    /// <summary>Maps a new page of memory, as the handler of a page fault does.</summary>
    /// <returns>The address of the page.</returns>
    public ulong MapNewPage(ulong address)
    {
        ulong page = pages.Allocate();
        Map(address, page);
        return page;
    }

    /// <summary>Returns the entry of a page of 4 KiB; 0 if the page is not mapped. No table is created.</summary>
    public ulong EntryOf(ulong address)
    {
        ulong entry = Top;
        for (int level = levels; level > 0 && entry != 0; level--)
            entry = pages.Read(AddressIn(entry) + OffsetOf(address, level));
        return entry;
    }

    /// <summary>Returns the address of an entry in memory.</summary>
    public ulong PlaceOf(ulong address, int level = 1) => pages.PlaceOf(EntryAddressOf(address, level));

    /// <summary>Returns the addresses in memory of the entries that lead to an entry, from the highest level to its own.</summary>
    public ulong[] PathTo(ulong address, int level = 1) => [.. Enumerable.Range(0, levels - level + 1).Select(below => PlaceOf(address, levels - below))];

    private ulong EntryAddressOf(ulong address, int level)
    {
        ulong table = Top;
        for (int at = levels; at > level; at--)
            table = TableBelow(table + OffsetOf(address, at));
        return table + OffsetOf(address, level);
    }

    private ulong TableBelow(ulong entryAddress)
    {
        if (AddressIn(pages.Read(entryAddress)) == 0)
            pages.Write(entryAddress, new Bits64(rights | pages.Allocate()));
        return AddressIn(pages.Read(entryAddress));
    }

    // Bits 51:12 are the address, and bit 7 is the page size, in both stages.
    private static ulong AddressIn(ulong entry) => new FirstStageEntry(entry).Address;

    private static ulong OffsetOf(ulong address, int level) => (ulong)TranslationTables.IndexOf(address, level) * sizeof(ulong);
}
