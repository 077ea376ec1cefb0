using System.Buffers.Binary;

namespace IoAsid.Typed.Layouts;

/// <summary>Conversions of containers from and to words, and the little-endian bytes that memory holds.</summary>
public static class RawWords
{
    /// <summary>Reads a container from the words of a table or a queue.</summary>
    /// <param name="words">At least as many words as the container has.</param>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    public static TBits Read<TBits>(ReadOnlySpan<ulong> words)
        where TBits : struct, IBits<TBits>
    {
        RequireLength(words.Length, TBits.Words, "words");
        TBits bits = default;
        for (int word = 0; word < TBits.Words; word++)
            bits = bits.WithWord(word, words[word]);

        return bits;
    }

    /// <summary>Reads a container from memory, which is little-endian.</summary>
    /// <param name="bytes">At least as many bytes as the container has.</param>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    public static TBits Read<TBits>(ReadOnlySpan<byte> bytes)
        where TBits : struct, IBits<TBits>
    {
        RequireLength(bytes.Length, TBits.SizeInBytes, "bytes");
        TBits bits = default;
        for (int word = 0; word < TBits.Words; word++)
            bits = bits.WithWord(word, ReadWord(bytes[(word * sizeof(ulong))..], TBits.SizeInBytes));

        return bits;
    }

    /// <summary>Writes a container as the words of a table or a queue.</summary>
    /// <param name="bits">The bits that are written.</param>
    /// <param name="words">At least as many words as the container has.</param>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    public static void Write<TBits>(in TBits bits, Span<ulong> words)
        where TBits : struct, IBits<TBits>
    {
        RequireLength(words.Length, TBits.Words, "words");
        for (int word = 0; word < TBits.Words; word++)
            words[word] = bits[word];
    }

    /// <summary>Writes a container as memory holds it: little-endian.</summary>
    /// <param name="bits">The bits that are written.</param>
    /// <param name="bytes">At least as many bytes as the container has.</param>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    public static void Write<TBits>(in TBits bits, Span<byte> bytes)
        where TBits : struct, IBits<TBits>
    {
        RequireLength(bytes.Length, TBits.SizeInBytes, "bytes");
        for (int word = 0; word < TBits.Words; word++)
            WriteWord(bytes[(word * sizeof(ulong))..], TBits.SizeInBytes, bits[word]);
    }

    private static ulong ReadWord(ReadOnlySpan<byte> bytes, int size) => size switch
    {
        sizeof(byte) => bytes[0],
        sizeof(ushort) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        sizeof(uint) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
    };

    private static void WriteWord(Span<byte> bytes, int size, ulong value)
    {
        switch (size)
        {
            case sizeof(byte):
                bytes[0] = (byte)value;
                break;
            case sizeof(ushort):
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
                break;
            case sizeof(uint):
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)value);
                break;
            default:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
                break;
        }
    }

    private static void RequireLength(int length, int needed, string units)
    {
        if (length < needed)
            throw new ArgumentException($"{needed} {units} are needed and {length} were given.", units);
    }
}
