using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Zones of more blocks than a word of the map of full ones has bits, and of exactly as many.</summary>
public sealed class FrameZoneTests
{
    private const ulong BlockBytes = FrameBlock.Frames * (ulong)AddressRange.PageSize;

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    public void All_blocks_can_be_taken_whole_and_then_nothing_is_left(int blocks)
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
    public void Where_no_block_has_room_for_a_run_there_is_none(int blocks)
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
    public void A_run_that_fills_a_block_is_not_given_out_again()
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
    public void A_zone_contains_runs_that_lie_in_it_to_their_ends(ulong frame, int count, bool contains) =>
        Assert.Equal(contains, new FrameZone(new MemoryRange(AddressRange.PageSize, 15 * AddressRange.PageSize)).Contains(frame, count));
}
