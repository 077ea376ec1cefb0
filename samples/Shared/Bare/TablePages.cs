using IoAsid.Typed.Hardware;
using IoAsid.Typed.Layouts;
using IoAsid.Typed.Vtd;

namespace Samples;

/// <summary>Hands out pages for tables, and writes entries into them.</summary>
/// <param name="memory">Where the pages are.</param>
/// <param name="first">The address of the first, as tables name it.</param>
/// <param name="offset">How far from there it really is: 0 for the host, more for a guest, whose memory lies somewhere else than it believes.</param>
public sealed class TablePages(IPhysicalMemory memory, ulong first, ulong offset = 0)
{
    private ulong _next = first;

    public ulong Take()
    {
        ulong page = _next;
        _next += TranslationTables.TableSize;
        return page;
    }

    public ulong Read(ulong address) => memory.ReadUInt64(address + offset);

    /// <summary>Writes an entry; its first word, which says whether it is present, last.</summary>
    public void Write<TBits>(ulong address, in TBits entry)
        where TBits : struct, IBits<TBits>
    {
        for (int word = TBits.Words - 1; word >= 0; word--)
            memory.WriteUInt64(address + offset + (ulong)word * sizeof(ulong), entry[word]);
    }
}
