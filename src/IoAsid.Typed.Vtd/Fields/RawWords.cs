using System.Buffers.Binary;

namespace IoAsid.Typed.Vtd;

/// <summary>Containers as words and as the little-endian bytes that memory holds.</summary>
public static class RawWords
{
    /// <summary>Reads a container from the words of a table or a queue.</summary>
    /// <param name="words">At least as many words as the container has.</param>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    public static TBits Read<TBits>(ReadOnlySpan<ulong> words)
        where TBits : struct, IBits<TBits>
    {
        RequireLength<TBits>(words.Length, 1, "words");
        TBits bits = default;
        for (int word = 0; word < TBits.Words; word++)
        {
            bits = bits.WithWord(word, words[word]);
        }

        return bits;
    }

    /// <summary>Reads a container from memory, which is little-endian.</summary>
    /// <param name="bytes">At least as many bytes as the container has.</param>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    public static TBits Read<TBits>(ReadOnlySpan<byte> bytes)
        where TBits : struct, IBits<TBits>
    {
        RequireLength<TBits>(bytes.Length, sizeof(ulong), "bytes");
        TBits bits = default;
        for (int word = 0; word < TBits.Words; word++)
        {
            bits = bits.WithWord(word, BinaryPrimitives.ReadUInt64LittleEndian(bytes[(word * sizeof(ulong))..]));
        }

        return bits;
    }

    /// <summary>Writes a container as the words of a table or a queue.</summary>
    /// <param name="bits">What is written.</param>
    /// <param name="words">At least as many words as the container has.</param>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    public static void Write<TBits>(in TBits bits, Span<ulong> words)
        where TBits : struct, IBits<TBits>
    {
        RequireLength<TBits>(words.Length, 1, "words");
        for (int word = 0; word < TBits.Words; word++)
        {
            words[word] = bits[word];
        }
    }

    /// <summary>Writes a container as memory holds it: little-endian.</summary>
    /// <param name="bits">What is written.</param>
    /// <param name="bytes">At least as many bytes as the container has.</param>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    public static void Write<TBits>(in TBits bits, Span<byte> bytes)
        where TBits : struct, IBits<TBits>
    {
        RequireLength<TBits>(bytes.Length, sizeof(ulong), "bytes");
        for (int word = 0; word < TBits.Words; word++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[(word * sizeof(ulong))..], bits[word]);
        }
    }

    private static void RequireLength<TBits>(int length, int unitsPerWord, string units)
        where TBits : struct, IBits<TBits>
    {
        int needed = TBits.Words * unitsPerWord;
        if (length < needed)
        {
            throw new ArgumentException($"{needed} {units} are needed and {length} were given.", units);
        }
    }
}
