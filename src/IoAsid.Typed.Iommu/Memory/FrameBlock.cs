using System.Numerics;
using System.Runtime.InteropServices;

namespace IoAsid.Typed.Iommu;

/// <summary>Which of 4096 frames, 16 MiB of memory, are free: a bit for each, and a bit for each word that has one.</summary>
internal sealed class FrameBlock
{
    public const int Frames = Words * BitsPerWord;

    private const int Words = 64;
    private const int BitsPerWord = 64;

    private readonly ulong[] _free = new ulong[Words];
    private ulong _wordsWithFree;

    /// <summary>A block with the frames of a range free and the others taken for ever.</summary>
    public FrameBlock(int first, int end) => GiveBack(first, end - first);

    public bool IsFull => _wordsWithFree == 0;

    /// <summary>Takes the lowest free frame. There must be one.</summary>
    public int TakeOne()
    {
        int word = BitOperations.TrailingZeroCount(_wordsWithFree);
        int frame = word * BitsPerWord + BitOperations.TrailingZeroCount(_free[word]);
        Take(frame, 1);
        return frame;
    }

    /// <summary>Takes the lowest free run that starts at a multiple of an alignment.</summary>
    public bool TryTakeRun(int count, int alignment, out int first)
    {
        for (first = 0; first + count <= Frames; first += alignment)
        {
            if (!AreFree(first, count))
                continue;
            Take(first, count);
            return true;
        }

        return false;
    }

    public bool AreTaken(int first, int count) => All(first, count, free: false);

    public void GiveBack(int first, int count)
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

    private void Take(int first, int count)
    {
        foreach ((int word, ulong bits) in new BitRun(first, count))
        {
            _free[word] &= ~bits;
            if (_free[word] == 0)
                _wordsWithFree &= ~(1UL << word);
        }
    }

    /// <summary>A run of bits, word by word.</summary>
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
