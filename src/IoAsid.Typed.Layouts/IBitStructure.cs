namespace IoAsid.Typed.Layouts;

/// <summary>A structure that hardware and software share, in a container of raw bits.</summary>
/// <typeparam name="TSelf">The structure itself.</typeparam>
public interface IBitStructure<TSelf> : ISpanFormattable
    where TSelf : struct, IBitStructure<TSelf>
{
    /// <summary>The declaration: name, size, fields.</summary>
    static abstract Layout Layout { get; }

    /// <summary>Reads a structure from words; word 0 holds bits 63:0.</summary>
    /// <param name="words">At least as many words as the structure has.</param>
    /// <exception cref="ArgumentException">There are fewer words.</exception>
    static abstract TSelf FromWords(ReadOnlySpan<ulong> words);

    /// <summary>Reads a structure from memory, which is little-endian.</summary>
    /// <param name="bytes">At least as many bytes as the structure has.</param>
    /// <exception cref="ArgumentException">There are fewer bytes.</exception>
    static abstract TSelf FromBytes(ReadOnlySpan<byte> bytes);

    /// <summary>Writes the structure as words; word 0 holds bits 63:0.</summary>
    /// <param name="words">At least as many words as the structure has.</param>
    /// <exception cref="ArgumentException">There are fewer words.</exception>
    void WriteWords(Span<ulong> words);

    /// <summary>Writes the structure as memory holds it: little-endian.</summary>
    /// <param name="bytes">At least as many bytes as the structure has.</param>
    /// <exception cref="ArgumentException">There are fewer bytes.</exception>
    void WriteBytes(Span<byte> bytes);
}

/// <summary>A structure that hardware and software share, seen through its fields.</summary>
/// <remarks>
/// A structure is its raw bits and nothing else. Decoding is reading a property; encoding is an object initializer or a
/// <c>with</c> expression. Bits without a property are kept. A structure accepts all bits; its reserved mask tells which of
/// them are legal.
/// </remarks>
/// <typeparam name="TSelf">The structure itself.</typeparam>
/// <typeparam name="TBits">The container of the raw bits.</typeparam>
public interface IBitStructure<TSelf, TBits> : IBitStructure<TSelf>
    where TSelf : struct, IBitStructure<TSelf, TBits>
    where TBits : struct, IBits<TBits>
{
    /// <summary>The raw bits.</summary>
    TBits Bits { get; init; }
}
