using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>Table entries in memory, as a unit may read them at any moment.</summary>
internal static class StructureMemory
{
    /// <summary>Reads an entry word by word.</summary>
    public static TBits ReadBits<TBits>(this IPhysicalMemory memory, ulong address)
        where TBits : struct, IBits<TBits>
    {
        TBits bits = default;
        for (int word = 0; word < TBits.Words; word++)
            bits = bits.WithWord(word, memory.ReadUInt64(address + (ulong)word * sizeof(ulong)));
        return bits;
    }

    /// <summary>
    /// Writes an entry that is not present so that it becomes present as a whole: the word with the present bit comes last. An entry that is present must
    /// not be written so; a unit could see half of the old and half of the new.
    /// </summary>
    public static void WriteAbsent<TBits>(this IPhysicalMemory memory, ulong address, in TBits bits)
        where TBits : struct, IBits<TBits>
    {
        for (int word = TBits.Words - 1; word >= 0; word--)
            memory.WriteUInt64(address + (ulong)word * sizeof(ulong), bits[word]);
    }
}
