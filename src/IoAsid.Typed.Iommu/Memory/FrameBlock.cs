using System.Numerics;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// The state of 4096 frames, 16 MiB of memory. Each frame has a bit, which is set if the frame is free. Each word of these bits has a bit, which is set if a
/// frame of the word is free.
/// </summary>
internal sealed class FrameBlock
{
    public const int Frames = Words * BitsPerWord;

    private const int Words = 64;
    private const int BitsPerWord = 64;

    private readonly ulong[] _free = new ulong[Words];
    private ulong _wordsWithFree;

    /// <summary>Creates a block. The frames of a range are free, and the others stay allocated permanently.</summary>
    public FrameBlock(int first, int end) => Free(first, end - first);

    public bool IsFull => _wordsWithFree == 0;

    /// <summary>Allocates the lowest free frame. A frame must be free.</summary>
    public int AllocateOne()
    {
        int word = BitOperations.TrailingZeroCount(_wordsWithFree);
        int frame = word * BitsPerWord + BitOperations.TrailingZeroCount(_free[word]);
        Allocate(frame, 1);
        return frame;
    }

    /// <summary>Tries to allocate the lowest free run that starts at a multiple of an alignment.</summary>
    public bool TryAllocateRun(int count, int alignment, out int first)
    {
        for (first = 0; first + count <= Frames; first += alignment)
        {
            if (!AreFree(first, count))
                continue;
            Allocate(first, count);
            return true;
        }

        return false;
    }

    public bool AreAllocated(int first, int count) => All(first, count, free: false);

    public void Free(int first, int count)
    {
        foreach ((int word, ulong bits) in new BitRun(first, count))
        {
            _free[word] |= bits;
            _wordsWithFree |= 1UL << word;
        }
    }

    private bool AreFree(int first, int count) => All(first, count, free: true);

    private bool All(int first, int count, bool free)
    {
        foreach ((int word, ulong bits) in new BitRun(first, count))
        {
            if ((_free[word] & bits) != (free ? bits : 0))
                return false;
        }

        return true;
    }

    private void Allocate(int first, int count)
    {
        foreach ((int word, ulong bits) in new BitRun(first, count))
        {
            _free[word] &= ~bits;
            if (_free[word] == 0)
                _wordsWithFree &= ~(1UL << word);
        }
    }

    /// <summary>A run of bits, one word at a time.</summary>
    [StructLayout(LayoutKind.Auto)]
    private ref struct BitRun(int first, int count)
    {
        private int _next = first;
        private readonly int _end = first + count;

        public (int Word, ulong Bits) Current { get; private set; }

        public readonly BitRun GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_next >= _end)
                return false;
            int word = _next / BitsPerWord;
            int low = _next % BitsPerWord;
            int length = Math.Min(BitsPerWord - low, _end - _next);
            Current = (word, ulong.MaxValue >> (BitsPerWord - length) << low);
            _next += length;
            return true;
        }
    }
}
