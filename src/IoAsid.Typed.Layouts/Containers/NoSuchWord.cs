namespace IoAsid.Typed.Layouts;

internal static class NoSuchWord
{
    internal static ArgumentOutOfRangeException Of<TBits>(int word)
        where TBits : struct, IBits<TBits> =>
        new(nameof(word), word, $"A container of {TBits.SizeInBytes * 8} bits has words 0 to {TBits.Words - 1}.");
}
