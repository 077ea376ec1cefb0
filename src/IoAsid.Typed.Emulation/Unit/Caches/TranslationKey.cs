using System.Runtime.InteropServices;

namespace IoAsid.Typed.Emulation;

/// <summary>A page of an address space: its tag, its number and its size. Pages of two sizes at one address have different keys.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct TranslationKey(TranslationTag tag, ulong address, int pageShift) : ICacheKey<TranslationKey>
{
    private const int ShiftPlace = 56;

    // The shift is never 0, so no key is the default.
    private readonly ulong _page = address >> pageShift | (ulong)pageShift << ShiftPlace;

    public TranslationTag Tag { get; } = tag;

    /// <summary>The first address of the page.</summary>
    public ulong Address => _page << 64 - ShiftPlace >> 64 - ShiftPlace << (int)(_page >> ShiftPlace);

    public int Hash => (int)((_page ^ Tag.Bits * 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93 >> 40);

    public bool Equals(TranslationKey other) => _page == other._page && Tag.Bits == other.Tag.Bits;

    public override bool Equals(object? obj) => obj is TranslationKey other && Equals(other);

    public override int GetHashCode() => Hash;
}
