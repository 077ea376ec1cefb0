using IoAsid.Typed.Layouts;
using IoAsid.Typed.Vtd;

namespace Samples;

/// <summary>The page tables of one stage. A missing table on the path to an entry is created.</summary>
/// <param name="pages">The allocator of the pages of the tables.</param>
/// <param name="levels">The number of levels.</param>
/// <param name="link">The function that returns the entry that points to a table.</param>
public sealed class PageTables(TablePages pages, int levels, Func<ulong, Bits64> link)
{
    /// <summary>The address of the table of the highest level.</summary>
    public ulong Top { get; } = pages.Allocate();

    /// <summary>Creates first-stage tables of 4 levels, in the processor's format.</summary>
    public static PageTables FirstStage(TablePages pages) => new(
        pages, levels: 4, table => new FirstStageEntry { Present = true, Writable = true, User = true, Address = table }.Bits);

    /// <summary>Creates second-stage tables of 3 levels, for addresses of 39 bits.</summary>
    public static PageTables SecondStage(TablePages pages) => new(
        pages, AddressWidth.Bits39.Levels(), table => new SecondStageEntry { Read = true, Write = true, Address = table }.Bits);

    /// <summary>Writes the entry that translates an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="entry">The entry; 0 unmaps the page.</param>
    /// <param name="level">The level of the entry: 1 for a page of 4 KiB, 2 for 2 MiB, 3 for 1 GiB.</param>
    public void Map(ulong address, Bits64 entry, int level = 1) => pages.Write(EntryAddressOf(address, level), entry);

    /// <summary>Maps a new page of memory, as the handler of a page fault does.</summary>
    /// <returns>The address of the page.</returns>
    public ulong MapNewPage(ulong address)
    {
        ulong page = pages.Allocate();
        Map(address, new FirstStageEntry { Present = true, Writable = true, User = true, Address = page }.Bits);
        return page;
    }

    /// <summary>Returns the entry of a page of 4 KiB; 0 if the page is not mapped.</summary>
    public ulong EntryOf(ulong address)
    {
        ulong entry = Top;
        for (int level = levels; level > 0 && entry != 0; level--)
            entry = pages.Read(new FirstStageEntry(entry).Address + (ulong)TranslationTables.IndexOf(address, level) * sizeof(ulong));
        return entry;
    }

    private ulong EntryAddressOf(ulong address, int level)
    {
        ulong table = Top;
        for (int at = levels; at > level; at--)
            table = TableBelow(table + (ulong)TranslationTables.IndexOf(address, at) * sizeof(ulong));
        return table + (ulong)TranslationTables.IndexOf(address, level) * sizeof(ulong);
    }

    // Bits 51:12 are the address in both stages.
    private ulong TableBelow(ulong entryAddress)
    {
        ulong entry = pages.Read(entryAddress);
        if (entry == 0)
            pages.Write(entryAddress, link(pages.Allocate()));
        return new FirstStageEntry(pages.Read(entryAddress)).Address;
    }
}
