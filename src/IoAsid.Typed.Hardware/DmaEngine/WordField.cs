namespace IoAsid.Typed.Hardware;

/// <summary>A field of an 8-byte register.</summary>
internal static class WordField
{
    public static ulong Get(ulong bits, int low, int width) => bits >> low & (1UL << width) - 1;

    public static bool IsSet(ulong bits, int bit) => (bits >> bit & 1) != 0;

    public static ulong With(ulong bits, int low, int width, ulong value)
    {
        ulong most = (1UL << width) - 1;
        if (value > most)
            throw new ArgumentOutOfRangeException(nameof(value), value, $"The field has {width} bits: 0 to {most}.");
        return bits & ~(most << low) | value << low;
    }

    public static ulong With(ulong bits, int bit, bool value) => With(bits, bit, 1, value ? 1UL : 0);
}
