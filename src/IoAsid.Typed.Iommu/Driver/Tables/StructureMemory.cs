using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>Accesses to table entries in memory that a unit may read at the same time.</summary>
internal static class StructureMemory
{
    /// <summary>Reads an entry, one word at a time.</summary>
    public static TBits ReadBits<TBits>(this IPhysicalMemory memory, ulong address)
        where TBits : struct, IBits<TBits>
    {
        TBits bits = default;
        for (int word = 0; word < TBits.Words; word++)
            bits = bits.WithWord(word, memory.ReadUInt64(address + (ulong)word * sizeof(ulong)));
        return bits;
    }

    /// <summary>
    /// Writes an entry that is not present. The word with the present bit is written last, so that the entry becomes present as a whole. An entry that is
    /// present must not be written in this way, because the unit could read old and new words together.
    /// </summary>
    public static void WriteAbsent<TBits>(this IPhysicalMemory memory, ulong address, in TBits bits)
        where TBits : struct, IBits<TBits>
    {
        for (int word = TBits.Words - 1; word >= 0; word--)
            memory.WriteUInt64(address + (ulong)word * sizeof(ulong), bits[word]);
    }
}
