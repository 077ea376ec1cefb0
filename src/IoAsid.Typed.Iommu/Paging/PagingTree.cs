using System.Buffers.Binary;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// Tables of one stage in physical memory, which hardware walks while they are changed. Hardware sets accessed and dirty bits in entries that are
/// used, so these change by compare and exchange only. A table that becomes empty is taken out at once, so that an entry without a leaf below it is zero.
/// </summary>
internal sealed class PagingTree<TFormat>(IPhysicalMemory memory, FrameAllocator frames, int levels, TFormat format)
    where TFormat : struct, IPagingFormat
{
    private const int EntrySize = sizeof(ulong);

    // A range has two ends. At each a page of level 3 becomes one table, and one of the pages in it another.
    private const int MostSplits = 4;

    /// <summary>The physical address of the topmost table.</summary>
    public ulong Root { get; } = frames.Allocate();

    /// <summary>How many levels of tables there are.</summary>
    public int Levels => levels;

    /// <summary>How many tables are reached from the root, itself included.</summary>
    public long Tables { get; private set; } = 1;

    /// <summary>Walks to where an address is mapped, or would be.</summary>
    public PagingSlot Find(ulong address)
    {
        ulong table = Root;
        for (int level = levels; ; level--)
        {
            ulong place = PlaceOf(table, address, level);
            ulong entry = memory.ReadUInt64(place);
            if (entry == 0 || format.IsLeaf(entry, level))
                return new PagingSlot(place, entry, level);
            table = format.TableOf(entry);
        }
    }

    /// <summary>The physical address an address is mapped to, whatever the rights.</summary>
    public bool TryTranslate(ulong address, out ulong physical)
    {
        PagingSlot slot = Find(address);
        physical = slot.IsUsed
            ? format.PageOf(slot.Entry, slot.Level) | address & (TranslationTables.PageSizeOf(slot.Level) - 1)
            : 0;
        return slot.IsUsed;
    }

    /// <summary>Maps one page below a slot that is not used. Hardware sees all of it or nothing.</summary>
    /// <returns>False when there is no memory for tables; nothing has changed then.</returns>
    public bool TryMap(PagingSlot slot, ulong address, int level, ulong leaf)
    {
        Span<ulong> tables = stackalloc ulong[slot.Level - level];
        if (!TryReserve(tables))
            return false;
        Link(slot, address, level, leaf, tables);
        return true;
    }

    /// <summary>Maps pages that <paramref name="pieces"/> cuts a range into.</summary>
    /// <returns>False when there is no memory for tables; nothing has changed then.</returns>
    /// <exception cref="IommuException">Something is mapped there: <see cref="IommuError.Busy"/>. Nothing has changed.</exception>
    public bool TryMap(MappingPieces pieces, MemoryRights rights)
    {
        ulong[] reserve = new ulong[TablesMissing(pieces)];
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

    /// <summary>Cuts large pages, so that none of them lies across an end of a range.</summary>
    /// <returns>False when there is no memory for tables; nothing has changed then.</returns>
    public bool TrySplit(AddressRange range)
    {
        ulong end = unchecked(range.Last + 1);
        Span<ulong> tables = stackalloc ulong[MostSplits];
        tables = tables[..(SplitsNeeded(range.Start) + SplitsNeeded(end))];
        if (!TryReserve(tables))
            return false;
        int used = Split(range.Start, tables);
        used += Split(end, tables[used..]);
        GiveBack(tables[used..]);
        Tables += used;
        return true;
    }

    /// <summary>Changes every leaf in a range, across whose ends no large page lies.</summary>
    public void Change(AddressRange range, LeafChange change) => Change(Root, levels, range.Start, range.Last, change);

    /// <summary>Changes one leaf.</summary>
    /// <returns>What it was before.</returns>
    public ulong Change(ulong place, LeafChange change)
    {
        ulong seen = memory.ReadUInt64(place);
        while (true)
        {
            ulong wanted = change.Of(seen);
            ulong found = wanted == seen ? seen : memory.CompareExchange(place, seen, wanted);
            if (found == seen)
                return found;
            seen = found;
        }
    }

    /// <summary>Frees the root. Nothing may be mapped, and nobody may walk it any more.</summary>
    public void Free()
    {
        frames.Free(Root);
        Tables--;
    }

    private static ulong PlaceOf(ulong table, ulong address, int level) =>
        table + (ulong)TranslationTables.IndexOf(address, level) * EntrySize;

    private void Link(PagingSlot slot, ulong address, int level, ulong leaf, ReadOnlySpan<ulong> tables)
    {
        ulong entry = leaf;
        foreach (ulong table in tables)
        {
            memory.WriteUInt64(PlaceOf(table, address, level++), entry);
            entry = format.Link(table);
        }

        memory.WriteUInt64(slot.Place, entry);
        Tables += tables.Length;
    }

    private int TablesMissing(MappingPieces pieces)
    {
        int missing = 0;
        foreach ((ulong address, _, int level) in pieces)
        {
            PagingSlot slot = Find(address);
            if (slot.IsUsed || slot.Level < level)
                throw new IommuException(IommuError.Busy, $"Something is mapped at 0x{address:X}. Unmap it first.");
            for (int at = level; at < slot.Level; at++)
            {
                // A table is counted with the first piece in it.
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
            GiveBack(tables[..at]);
            return false;
        }

        return true;
    }

    private void GiveBack(ReadOnlySpan<ulong> tables)
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
            // One access, not 512: nobody walks it yet.
            memory.Write(table, pieces);
            ulong found = memory.CompareExchange(slot.Place, leaf, format.Link(table));
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
            ChangeEntry(PlaceOf(table, first, level), level, first, lastOfEntry, change);
            if (lastOfEntry == last)
                return;
            first = lastOfEntry + 1;
        }
    }

    private void ChangeEntry(ulong place, int level, ulong first, ulong last, LeafChange change)
    {
        ulong entry = memory.ReadUInt64(place);
        if (entry == 0)
            return;
        if (format.IsLeaf(entry, level))
        {
            ChangeLeaf(place, level, change);
            return;
        }

        ulong table = format.TableOf(entry);
        Change(table, level - 1, first, last, change);
        if (change is Removal removal && IsEmpty(table))
            TakeOut(place, table, removal);
    }

    private void ChangeLeaf(ulong place, int level, LeafChange change)
    {
        ulong before = Change(place, change);
        (change as Removal)?.AddPage(format.PageOf(before, level), level);
    }

    private void TakeOut(ulong place, ulong table, Removal removal)
    {
        Change(place, removal);
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
