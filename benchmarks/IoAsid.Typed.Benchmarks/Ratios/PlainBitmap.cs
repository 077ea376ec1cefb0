using System.Numerics;

namespace IoAsid.Typed.Benchmarks.Ratios;

/// <summary>
/// The contender of an allocation: a three-level 64-ary bitmap of 2¹⁸ numbers, without a lock. It allocates a page at its first use, and returns the lowest free
/// number.
/// </summary>
internal sealed class PlainBitmap
{
    private const int Fanout = 64;
    private const int NumbersPerPageShift = 12;

    private readonly Page?[] _pages = new Page?[Fanout];
    private ulong _free = ulong.MaxValue;

    public uint Take()
    {
        int page = BitOperations.TrailingZeroCount(_free);
        Page at = _pages[page] ??= new Page();
        int word = BitOperations.TrailingZeroCount(at.Free);
        int bit = BitOperations.TrailingZeroCount(at.Words[word]);
        if ((at.Words[word] &= ~(1UL << bit)) == 0 && (at.Free &= ~(1UL << word)) == 0)
            _free &= ~(1UL << page);

        return (uint)((((page << 6) | word) << 6) | bit);
    }

    public void Return(uint number)
    {
        int word = (int)(number >> 6) & (Fanout - 1);
        int page = (int)(number >> NumbersPerPageShift);
        Page at = _pages[page]!;
        at.Words[word] |= 1UL << (int)(number & (Fanout - 1));
        at.Free |= 1UL << word;
        _free |= 1UL << page;
    }

    private sealed class Page
    {
        public readonly ulong[] Words = [.. Enumerable.Repeat(ulong.MaxValue, Fanout)];
        public ulong Free = ulong.MaxValue;
    }
}
