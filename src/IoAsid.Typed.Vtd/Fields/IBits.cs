namespace IoAsid.Typed.Vtd;

/// <summary>A container of raw 64-bit words, as a table, a queue or a register holds them.</summary>
/// <remarks>Fields never cross a word, so a field is always a shift and a mask of one word.</remarks>
/// <typeparam name="TSelf">The container itself.</typeparam>
public interface IBits<TSelf>
    where TSelf : struct, IBits<TSelf>
{
    /// <summary>How many words there are.</summary>
    static abstract int Words { get; }

    /// <summary>One word; word 0 holds bits 63:0.</summary>
    /// <param name="word">From 0 to <see cref="Words"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such word.</exception>
    ulong this[int word] { get; }

    /// <summary>The same words but one.</summary>
    /// <param name="word">From 0 to <see cref="Words"/> - 1.</param>
    /// <param name="value">What that word becomes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such word.</exception>
    TSelf WithWord(int word, ulong value);

    /// <summary>Whether a bit is set in both: whether an entry has a bit set that a mask reserves.</summary>
    /// <param name="mask">The other bits.</param>
    bool Intersects(in TSelf mask);
}
