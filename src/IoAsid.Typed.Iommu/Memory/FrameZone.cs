using System.Numerics;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>The frames of one range of RAM, by their numbers. A block without allocations takes eight bytes.</summary>
internal sealed class FrameZone
{
    private const int BitsPerWord = 64;

    private readonly ulong _firstFrame;
    private readonly ulong _endFrame;
    private readonly ulong _firstBlock;
    private readonly FrameBlock?[] _blocks;
    private readonly ulong[] _fullBlocks;

    /// <summary>Creates a zone of the whole frames of a range. The range has at least one whole frame.</summary>
    public FrameZone(MemoryRange range)
    {
        (_firstFrame, _endFrame) = FramesOf(range);
        _firstBlock = _firstFrame / FrameBlock.Frames;
        _blocks = new FrameBlock?[(int)((_endFrame - 1) / FrameBlock.Frames - _firstBlock) + 1];
        _fullBlocks = new ulong[(_blocks.Length + BitsPerWord - 1) / BitsPerWord];
    }

    public static bool HasFrames(MemoryRange range)
    {
        (ulong first, ulong end) = FramesOf(range);
        return first < end;
    }

    /// <summary>Tries to allocate the lowest free frame.</summary>
    public bool TryAllocateOne(out ulong frame)
    {
        int index = FirstWithFree(0);
        frame = index < 0 ? 0 : FirstFrameOf(index) + (ulong)BlockAt(index).AllocateOne();
        UpdateFull(index);
        return index >= 0;
    }

    /// <summary>Tries to allocate the lowest free run, aligned to its size rounded up to a power of two. A run lies in one block.</summary>
    public bool TryAllocateRun(int count, out ulong frame)
    {
        int alignment = (int)BitOperations.RoundUpToPowerOf2((uint)count);
        for (int index = FirstWithFree(0); index >= 0; index = FirstWithFree(index + 1))
        {
            if (!BlockAt(index).TryAllocateRun(count, alignment, out int first))
                continue;
            UpdateFull(index);
            frame = FirstFrameOf(index) + (ulong)first;
            return true;
        }

        frame = 0;
        return false;
    }

    public bool Contains(ulong frame, int count) => frame >= _firstFrame && frame < _endFrame && (ulong)count <= _endFrame - frame;

    public bool AreAllocated(ulong frame, int count)
    {
        while (count > 0)
        {
            (int index, int first, int length) = PieceOf(frame, count);
            if (_blocks[index] is not { } block || !block.AreAllocated(first, length))
                return false;
            frame += (ulong)length;
            count -= length;
        }

        return true;
    }

    public void Free(ulong frame, int count)
    {
        while (count > 0)
        {
            (int index, int first, int length) = PieceOf(frame, count);
            BlockAt(index).Free(first, length);
            UpdateFull(index);
            frame += (ulong)length;
            count -= length;
        }
    }

    private static (ulong First, ulong End) FramesOf(MemoryRange range) =>
        ((range.Start + AddressRange.PageSize - 1) / AddressRange.PageSize, range.End / AddressRange.PageSize);

    private (int Index, int First, int Length) PieceOf(ulong frame, int count)
    {
        int first = (int)(frame % FrameBlock.Frames);
        return ((int)(frame / FrameBlock.Frames - _firstBlock), first, Math.Min(count, FrameBlock.Frames - first));
    }

    private ulong FirstFrameOf(int index) => (_firstBlock + (ulong)index) * FrameBlock.Frames;

    private FrameBlock BlockAt(int index)
    {
        if (_blocks[index] is { } block)
            return block;
        ulong start = FirstFrameOf(index);
        int first = (int)(Math.Max(start, _firstFrame) - start);
        int end = (int)Math.Min(FrameBlock.Frames, _endFrame - start);
        return _blocks[index] = new FrameBlock(first, end);
    }

    private void UpdateFull(int index)
    {
        if (index < 0)
            return;
        ulong bit = 1UL << index % BitsPerWord;
        ref ulong word = ref _fullBlocks[index / BitsPerWord];
        word = _blocks[index]!.IsFull ? word | bit : word & ~bit;
    }

    private int FirstWithFree(int from)
    {
        if (from >= _blocks.Length)
            return -1;
        ulong open = ~_fullBlocks[from / BitsPerWord] & ulong.MaxValue << from % BitsPerWord;
        for (int word = from / BitsPerWord; ; open = ~_fullBlocks[word])
        {
            if (open != 0)
            {
                int index = word * BitsPerWord + BitOperations.TrailingZeroCount(open);
                return index < _blocks.Length ? index : -1;
            }

            if (++word == _fullBlocks.Length)
                return -1;
        }
    }
}
