namespace IoAsid.Typed.Layouts;

/// <summary>A container of raw bits, as a table, a queue or a register holds them.</summary>
/// <remarks>Fields never cross a 64-bit word, so a field is always a shift and a mask of one word.</remarks>
/// <typeparam name="TSelf">The container itself.</typeparam>
public interface IBits<TSelf>
    where TSelf : struct, IBits<TSelf>
{
    /// <summary>The number of 64-bit words. A smaller container has one.</summary>
    static abstract int Words { get; }

    /// <summary>The number of bytes in memory.</summary>
    static abstract int SizeInBytes { get; }

    /// <summary>The word with an index; word 0 holds bits 63:0.</summary>
    /// <param name="word">The word, from 0 to <see cref="Words"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The container has no such word.</exception>
    ulong this[int word] { get; }

    /// <summary>Returns the container with one word replaced.</summary>
    /// <param name="word">The word, from 0 to <see cref="Words"/> - 1.</param>
    /// <param name="value">The new word. Bits above the size of the container are dropped.</param>
    /// <exception cref="ArgumentOutOfRangeException">The container has no such word.</exception>
    TSelf WithWord(int word, ulong value);

    /// <summary>Returns true if a bit is set in both, as when an entry has a bit set that a mask reserves.</summary>
    /// <param name="mask">The other bits.</param>
    bool Intersects(in TSelf mask);
}
