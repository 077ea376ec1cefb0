using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Zones with more blocks than bits in a word of the map of full blocks, and with exactly as many.</summary>
public sealed class FrameZoneTests
{
    private const ulong BlockBytes = FrameBlock.Frames * (ulong)AddressRange.PageSize;

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    public void All_blocks_can_be_allocated_whole_until_the_zone_is_full(int blocks)
    {
        FrameZone zone = new(new MemoryRange(0, (ulong)blocks * BlockBytes));
        for (int block = 0; block < blocks; block++)
        {
            Assert.True(zone.TryAllocateRun(FrameBlock.Frames, out ulong frame));
            Assert.Equal((ulong)(block * FrameBlock.Frames), frame);
        }

        Assert.False(zone.TryAllocateOne(out _));
        Assert.False(zone.TryAllocateRun(1, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    public void A_run_is_refused_if_no_block_has_room_for_it(int blocks)
    {
        FrameZone zone = new(new MemoryRange(0, (ulong)blocks * BlockBytes));
        for (int block = 0; block < blocks; block++)
        {
            Assert.True(zone.TryAllocateRun(FrameBlock.Frames, out ulong frame));
            zone.Free(frame, FrameBlock.Frames);
            Assert.True(zone.TryAllocateRun(FrameBlock.Frames / 2 + 1, out _));
        }

        Assert.False(zone.TryAllocateRun(FrameBlock.Frames / 2 + 1, out _));
        Assert.True(zone.TryAllocateOne(out _));
    }

    [Fact]
    public void A_run_that_fills_a_block_is_not_allocated_again()
    {
        FrameZone zone = new(new MemoryRange(0, 2 * BlockBytes));
        Assert.True(zone.TryAllocateRun(FrameBlock.Frames, out _));
        Assert.True(zone.TryAllocateOne(out ulong frame));
        Assert.Equal((ulong)FrameBlock.Frames, frame);
    }

    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(1, 1, true)]
    [InlineData(1, 15, true)]
    [InlineData(1, 16, false)]
    [InlineData(15, 2, false)]
    [InlineData(16, 1, false)]
    public void A_zone_contains_runs_with_both_ends_inside(ulong frame, int count, bool contains) =>
        Assert.Equal(contains, new FrameZone(new MemoryRange(AddressRange.PageSize, 15 * AddressRange.PageSize)).Contains(frame, count));
}
