using System.Buffers.Binary;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The tables of one stage in physical memory. Hardware walks them while they change, and sets accessed and dirty bits in used entries. Software therefore
/// changes used entries by compare and exchange only. A table that becomes empty is removed at once, so an entry without a leaf below it is 0.
/// </summary>
internal sealed class PagingTree<TFormat>(IPhysicalMemory memory, FrameAllocator frames, int levels, TFormat format)
    where TFormat : struct, IPagingFormat
{
    private const int EntrySize = sizeof(ulong);

    // A range has two ends. At each end a page of level 3 becomes one table, and a page in this table becomes another.
    private const int MaximumSplits = 4;

    /// <summary>The physical address of the topmost table.</summary>
    public ulong Root { get; } = frames.Allocate();

    /// <summary>The number of levels of tables.</summary>
    public int Levels => levels;

    /// <summary>The number of tables, including the root.</summary>
    public long Tables { get; private set; } = 1;

    /// <summary>Walks to the entry that maps an address, or that is not used.</summary>
    public PagingSlot Find(ulong address)
    {
        ulong table = Root;
        for (int level = levels; ; level--)
        {
            ulong entryAddress = EntryAddressOf(table, address, level);
            ulong entry = memory.ReadUInt64(entryAddress);
            if (entry == 0 || format.IsLeaf(entry, level))
                return new PagingSlot(entryAddress, entry, level);
            table = format.TableOf(entry);
        }
    }

    /// <summary>Tries to translate an address, with any rights.</summary>
    public bool TryTranslate(ulong address, out ulong physical)
    {
        PagingSlot slot = Find(address);
        physical = slot.IsUsed
            ? format.PageOf(slot.Entry, slot.Level) | address & (TranslationTables.PageSizeOf(slot.Level) - 1)
            : 0;
        return slot.IsUsed;
    }

    /// <summary>Tries to map one page at an entry that is not used. Hardware never sees a part of the mapping.</summary>
    /// <returns>true if the page is mapped; false if no memory is left for tables. Nothing changed then.</returns>
    public bool TryMap(in PagingSlot slot, ulong address, int level, ulong leaf)
    {
        Span<ulong> tables = stackalloc ulong[slot.Level - level];
        if (!TryReserve(tables))
            return false;
        Link(slot, address, level, leaf, tables);
        return true;
    }

    /// <summary>Tries to map the pages of a mapping.</summary>
    /// <returns>true if the pages are mapped; false if no memory is left for tables. Nothing changed then.</returns>
    /// <exception cref="IommuException"><see cref="IommuError.Busy"/>: an address is already mapped. Nothing changed.</exception>
    public bool TryMap(MappingPieces pieces, MemoryRights rights)
    {
        ulong[] reserve = new ulong[MissingTables(pieces)];
        if (!TryReserve(reserve))
            return false;
        Span<ulong> tables = reserve;
        foreach ((ulong address, ulong physical, int level) in pieces)
        {
            PagingSlot slot = Find(address);
            int missing = slot.Level - level;
            Link(slot, address, level, format.Leaf(physical, level, rights), tables[..missing]);
            tables = tables[missing..];
        }

        return true;
    }

    /// <summary>Tries to split large pages, so that none of them lies across an end of a range.</summary>
    /// <returns>true if the pages are split; false if no memory is left for tables. Nothing changed then.</returns>
    public bool TrySplit(AddressRange range)
    {
        ulong end = unchecked(range.Last + 1);
        Span<ulong> tables = stackalloc ulong[MaximumSplits];
        tables = tables[..(SplitsNeeded(range.Start) + SplitsNeeded(end))];
        if (!TryReserve(tables))
            return false;
        int used = Split(range.Start, tables);
        used += Split(end, tables[used..]);
        FreeTables(tables[used..]);
        Tables += used;
        return true;
    }

    /// <summary>Changes each leaf in a range. No large page lies across an end of the range.</summary>
    public void Change(AddressRange range, LeafChange change) => Change(Root, levels, range.Start, range.Last, change);

    /// <summary>Changes one leaf.</summary>
    /// <returns>The previous value of the leaf.</returns>
    public ulong Change(ulong entryAddress, LeafChange change)
    {
        ulong seen = memory.ReadUInt64(entryAddress);
        while (true)
        {
            ulong wanted = change.Apply(seen);
            ulong found = wanted == seen ? seen : memory.CompareExchange(entryAddress, seen, wanted);
            if (found == seen)
                return found;
            seen = found;
        }
    }

    /// <summary>Frees the root. Nothing may be mapped, and no unit may walk the table.</summary>
    public void Free()
    {
        frames.Free(Root);
        Tables--;
    }

    private static ulong EntryAddressOf(ulong table, ulong address, int level) =>
        table + (ulong)TranslationTables.IndexOf(address, level) * EntrySize;

    private void Link(in PagingSlot slot, ulong address, int level, ulong leaf, ReadOnlySpan<ulong> tables)
    {
        ulong entry = leaf;
        foreach (ulong table in tables)
        {
            memory.WriteUInt64(EntryAddressOf(table, address, level++), entry);
            entry = format.Link(table);
        }

        memory.WriteUInt64(slot.EntryAddress, entry);
        Tables += tables.Length;
    }

    private int MissingTables(MappingPieces pieces)
    {
        int missing = 0;
        foreach ((ulong address, _, int level) in pieces)
        {
            PagingSlot slot = Find(address);
            if (slot.IsUsed || slot.Level < level)
                throw new IommuException(IommuError.Busy, $"The address 0x{address:X} is already mapped. Unmap it first.");
            for (int at = level; at < slot.Level; at++)
            {
                // A table is counted with its first page.
                bool isFirst = address == pieces.Range.Start || address % TranslationTables.PageSizeOf(at + 1) == 0;
                missing += isFirst ? 1 : 0;
            }
        }

        return missing;
    }

    private bool TryReserve(Span<ulong> tables)
    {
        for (int at = 0; at < tables.Length; at++)
        {
            if (frames.TryAllocate(out tables[at]))
                continue;
            FreeTables(tables[..at]);
            return false;
        }

        return true;
    }

    private void FreeTables(ReadOnlySpan<ulong> tables)
    {
        foreach (ulong table in tables)
            frames.Free(table);
    }

    private int SplitsNeeded(ulong boundary)
    {
        int splits = 0;
        PagingSlot slot = Find(boundary);
        for (int level = slot.Level; slot.IsUsed && LiesInside(boundary, level); level--)
            splits++;
        return splits;
    }

    private int Split(ulong boundary, ReadOnlySpan<ulong> tables)
    {
        int used = 0;
        for (PagingSlot slot = Find(boundary); slot.IsUsed && LiesInside(boundary, slot.Level); slot = Find(boundary))
            Split(slot, tables[used++]);
        return used;
    }

    private void Split(PagingSlot slot, ulong table)
    {
        Span<byte> pieces = stackalloc byte[TranslationTables.TableSize];
        ulong leaf = slot.Entry;
        while (true)
        {
            for (int index = 0; index < TranslationTables.PagingEntries; index++)
                BinaryPrimitives.WriteUInt64LittleEndian(pieces[(index * EntrySize)..], format.Piece(leaf, slot.Level, index));
            // One access in place of 512 is correct, because no unit walks the table yet.
            memory.Write(table, pieces);
            ulong found = memory.CompareExchange(slot.EntryAddress, leaf, format.Link(table));
            if (found == leaf)
                return;
            leaf = found;
        }
    }

    private static bool LiesInside(ulong address, int level) => address % TranslationTables.PageSizeOf(level) != 0;

    private void Change(ulong table, int level, ulong first, ulong last, LeafChange change)
    {
        ulong offset = TranslationTables.PageSizeOf(level) - 1;
        while (true)
        {
            ulong lastOfEntry = Math.Min(first | offset, last);
            ChangeEntry(EntryAddressOf(table, first, level), level, first, lastOfEntry, change);
            if (lastOfEntry == last)
                return;
            first = lastOfEntry + 1;
        }
    }

    private void ChangeEntry(ulong entryAddress, int level, ulong first, ulong last, LeafChange change)
    {
        ulong entry = memory.ReadUInt64(entryAddress);
        if (entry == 0)
            return;
        if (format.IsLeaf(entry, level))
        {
            ChangeLeaf(entryAddress, level, change);
            return;
        }

        ulong table = format.TableOf(entry);
        Change(table, level - 1, first, last, change);
        if (change is Removal removal && IsEmpty(table))
            RemoveTable(entryAddress, table, removal);
    }

    private void ChangeLeaf(ulong entryAddress, int level, LeafChange change)
    {
        ulong before = Change(entryAddress, change);
        (change as Removal)?.AddPage(format.PageOf(before, level), level);
    }

    private void RemoveTable(ulong entryAddress, ulong table, Removal removal)
    {
        Change(entryAddress, removal);
        removal.AddTable(table);
        Tables--;
    }

    private bool IsEmpty(ulong table)
    {
        Span<byte> entries = stackalloc byte[TranslationTables.TableSize];
        memory.Read(table, entries);
        return !entries.ContainsAnyExcept((byte)0);
    }
}
