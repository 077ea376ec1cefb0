using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>A page of an address space: its tag, its number and its size. Pages of two sizes at one address have different keys.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TranslationKey : ICacheKey<TranslationKey>
{
    private const int ShiftPlace = 56;

    // The shift is never 0, so no key is the default.
    private readonly ulong _page;
    private readonly ulong _tag;

    public TranslationKey(TranslationTag tag, ulong address, int pageShift)
    {
        _page = address >> pageShift | (ulong)pageShift << ShiftPlace;
        _tag = tag.Bits;
    }

    /// <summary>The first address of the page.</summary>
    public ulong Address => _page << 64 - ShiftPlace >> 64 - ShiftPlace << (int)(_page >> ShiftPlace);

    public int Hash => (int)((_page ^ _tag * 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93 >> 40);
}
