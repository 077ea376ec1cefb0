using CsCheck;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Frames are zeroed and aligned, belong to one owner at a time, and are freed once.</summary>
public sealed class FrameAllocatorTests
{
    private const ulong MiB = 0x10_0000;
    private const ulong Page = AddressRange.PageSize;

    // The usable memory of 3 MiB lies in two ranges that share no block, with a hole of 2 GiB between them.
    private readonly SparseMemory _memory = new(new MemoryRange(0, 2 * MiB), new MemoryRange(0x8000_0000, 2 * MiB));
    private readonly FrameAllocator _frames;

    public FrameAllocatorTests() => _frames = new FrameAllocator(_memory, _memory.Ram);

    [Fact]
    public void Every_frame_above_the_first_MiB_is_allocated_once()
    {
        List<ulong> given = [];
        while (_frames.TryAllocate(out ulong frame))
            given.Add(frame);

        IEnumerable<ulong> expected = Frames(MiB, 256).Concat(Frames(0x8000_0000, 512));
        Assert.Equal(expected, given);
        Assert.Equal(768, _frames.InUse);
        Assert.Equal(IommuError.NoMemory, Assert.Throws<IommuException>(() => _frames.Allocate()).Error);
    }

    [Fact]
    public void A_frame_is_zeroed_when_it_is_allocated_again()
    {
        ulong frame = _frames.Allocate();
        _memory.WriteUInt64(frame + 4088, 42);
        _frames.Free(frame);

        Assert.Equal(frame, _frames.Allocate());
        Assert.Equal(0UL, _memory.ReadUInt64(frame + 4088));
    }

    [Theory]
    [InlineData(0x10_0000)]
    [InlineData(0x10_0001)]
    [InlineData(0)]
    [InlineData(0x7000_0000)]
    [InlineData(0x8020_0000)]
    public void Free_refuses_a_frame_that_is_not_allocated(ulong frame)
    {
        ulong other = _frames.Allocate();
        _frames.Free(other);
        ulong kept = _frames.Allocate();
        _frames.Allocate();
        _frames.Free(kept);

        Assert.Throws<ArgumentException>(() => _frames.Free(frame));
        Assert.Equal(1, _frames.InUse);
    }

    [Fact]
    public void Free_of_a_run_with_a_free_frame_changes_nothing()
    {
        Assert.True(_frames.TryAllocateContiguous(4, out ulong first));
        _frames.Free(first + 2 * Page);

        Assert.Throws<ArgumentException>(() => _frames.Free(first, 4));

        Assert.Equal(3, _frames.InUse);
        _frames.Free(first, 2);
        _frames.Free(first + 3 * Page);
    }

    [Fact]
    public void A_limit_and_an_injected_fault_look_like_exhausted_memory()
    {
        _frames.Limit = 2;
        _frames.Allocate();

        Assert.False(_frames.TryAllocateContiguous(2, out _));
        Assert.True(_frames.TryAllocate(out _));
        Assert.False(_frames.TryAllocate(out _));

        _frames.Limit = long.MaxValue;
        _frames.InjectFaults(() => true);
        Assert.False(_frames.TryAllocate(out ulong none));
        Assert.Equal(0UL, none);
        Assert.Equal(2, _frames.InUse);
    }

    [Fact]
    public void Runs_are_aligned_disjoint_and_counted_after_any_frees() =>
        Gen.Select(Gen.Int[1, 600], Gen.Int[0, 20]).Array[1, 60].Sample(moves =>
        {
            SparseMemory memory = new(new MemoryRange(0, 64 * MiB), new MemoryRange(0x1_0000_0000, 20 * MiB));
            FrameAllocator frames = new(memory, memory.Ram);
            List<(ulong First, int Count)> owned = [];
            foreach ((int count, int run) in moves)
            {
                if (run < owned.Count && count % 3 != 0)
                    Return(frames, owned, run);
                else if (frames.TryAllocateContiguous(count, out ulong first))
                    Take(owned, first, count);
                Assert.Equal(owned.Sum(taken => (long)taken.Count), frames.InUse);
            }

            while (owned.Count > 0)
                Return(frames, owned, 0);
            Assert.Equal(0, frames.InUse);
        }, iter: 80);

    [Fact]
    public void Frames_that_are_freed_one_by_one_become_a_run_again()
    {
        for (int round = 0; round < 3; round++)
        {
            Assert.True(_frames.TryAllocateContiguous(512, out ulong first));
            for (int at = 511; at >= 0; at--)
                _frames.Free(first + (ulong)at * Page);
        }
    }

    private static void Take(List<(ulong First, int Count)> owned, ulong first, int count)
    {
        ulong size = (ulong)count * Page;
        Assert.Equal(0UL, first % (System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count) * Page));
        Assert.DoesNotContain(owned, run => first < run.First + (ulong)run.Count * Page && run.First < first + size);
        owned.Add((first, count));
    }

    private static void Return(FrameAllocator frames, List<(ulong First, int Count)> owned, int run)
    {
        frames.Free(owned[run].First, owned[run].Count);
        owned.RemoveAt(run);
    }

    private static IEnumerable<ulong> Frames(ulong start, int count) =>
        Enumerable.Range(0, count).Select(index => start + (ulong)index * Page);
}
