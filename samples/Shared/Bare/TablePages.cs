using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace Samples;

/// <summary>An allocator of pages for tables, with reads and writes of entries.</summary>
/// <param name="memory">The memory of the pages.</param>
/// <param name="first">The address of the first page in table entries.</param>
/// <param name="offset">The difference between the host address and the address in entries: 0 for a host, the start of the memory for a guest.</param>
public sealed class TablePages(IPhysicalMemory memory, ulong first, ulong offset = 0)
{
    private ulong _next = first;

    /// <summary>Allocates the next page, or the next pages that begin at a multiple of their size.</summary>
    /// <param name="size">The size in bytes, a power of 2.</param>
    public ulong Allocate(ulong size = TranslationTables.TableSize)
    {
        ulong start = (_next + size - 1) & ~(size - 1);
        _next = start + size;
        return start;
    }

    /// <summary>Returns the place in memory of an address in entries.</summary>
    public ulong PlaceOf(ulong address) => address + offset;

    public ulong Read(ulong address) => memory.ReadUInt64(PlaceOf(address));

    /// <summary>Writes an entry. The first word, which has the present bit, is written last.</summary>
    public void Write<TBits>(ulong address, in TBits entry)
        where TBits : struct, IBits<TBits>
    {
        for (int word = TBits.Words - 1; word >= 0; word--)
            memory.WriteUInt64(PlaceOf(address) + (ulong)word * sizeof(ulong), entry[word]);
    }
}
