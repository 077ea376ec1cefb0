using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Layouts;

/// <summary>Access to the words of a container by number. A container of several words is nothing but these words, in order.</summary>
internal static class WordAccess
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Get<TBits>(in TBits bits, int word)
        where TBits : struct, IBits<TBits> =>
        (uint)word < (uint)TBits.Words ? Unsafe.Add(ref FirstOf(in bits), word) : throw NoSuchWord<TBits>(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TBits With<TBits>(TBits bits, int word, ulong value)
        where TBits : struct, IBits<TBits>
    {
        if ((uint)word >= (uint)TBits.Words)
            throw NoSuchWord<TBits>(word);

        Unsafe.Add(ref FirstOf(in bits), word) = value;
        return bits;
    }

    public static ArgumentOutOfRangeException NoSuchWord<TBits>(int word)
        where TBits : struct, IBits<TBits> =>
        new(nameof(word), word, $"A container of {TBits.SizeInBytes * 8} bits has words 0 to {TBits.Words - 1}.");

    private static ref ulong FirstOf<TBits>(in TBits bits)
        where TBits : struct, IBits<TBits> =>
        ref Unsafe.As<TBits, ulong>(ref Unsafe.AsRef(in bits));
}
