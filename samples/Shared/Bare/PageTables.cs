using IoAsid.Typed.Layouts;
using IoAsid.Typed.Vtd;

namespace Samples;

/// <summary>The page tables of one stage. Tables on the way to an entry are made when they are needed.</summary>
/// <param name="pages">Where the tables go.</param>
/// <param name="levels">How many levels there are.</param>
/// <param name="link">The entry that points to a table.</param>
public sealed class PageTables(TablePages pages, int levels, Func<ulong, Bits64> link)
{
    /// <summary>The table of the highest level.</summary>
    public ulong Top { get; } = pages.Take();

    /// <summary>Creates first-stage tables of 4 levels, in the processor's format.</summary>
    public static PageTables FirstStage(TablePages pages) => new(
        pages, levels: 4, table => new FirstStageEntry { Present = true, Writable = true, User = true, Address = table }.Bits);

    /// <summary>Creates second-stage tables of 3 levels, for addresses of 39 bits.</summary>
    public static PageTables SecondStage(TablePages pages) => new(
        pages, AddressWidth.Bits39.Levels(), table => new SecondStageEntry { Read = true, Write = true, Address = table }.Bits);

    /// <summary>Writes the entry that translates an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="entry">The entry; 0 takes the page away.</param>
    /// <param name="level">1 for a page of 4 KiB, 2 for 2 MiB, 3 for 1 GiB.</param>
    public void Map(ulong address, Bits64 entry, int level = 1) => pages.Write(PlaceOf(address, level), entry);

    /// <summary>Puts a page of memory where there was none, as a page fault does.</summary>
    /// <returns>The page.</returns>
    public ulong BringIn(ulong address)
    {
        ulong page = pages.Take();
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

    private ulong PlaceOf(ulong address, int level)
    {
        ulong table = Top;
        for (int at = levels; at > level; at--)
            table = TableBelow(table + (ulong)TranslationTables.IndexOf(address, at) * sizeof(ulong));
        return table + (ulong)TranslationTables.IndexOf(address, level) * sizeof(ulong);
    }

    // Bits 51:12 are the address in both stages.
    private ulong TableBelow(ulong place)
    {
        ulong entry = pages.Read(place);
        if (entry == 0)
            pages.Write(place, link(pages.Take()));
        return new FirstStageEntry(pages.Read(place)).Address;
    }
}
