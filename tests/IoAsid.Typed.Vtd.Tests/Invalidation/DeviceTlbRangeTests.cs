using CsCheck;

namespace IoAsid.Typed.Vtd.Tests.Invalidation;

/// <summary>The size of a range, which the low one bits of its address encode (PCIe, Address Translation Services, Invalidate Request).</summary>
public sealed class DeviceTlbRangeTests
{
    [Theory]
    [InlineData(0x1234_5000, 0, 0x1234_5000, false)]
    [InlineData(0x1234_4000, 1, 0x1234_4000, true)]
    [InlineData(0x1234_4000, 2, 0x1234_5000, true)]
    [InlineData(0x1234_0000, 3, 0x1234_3000, true)]
    [InlineData(0x1220_0000, 9, 0x122F_F000, true)]
    [InlineData(0x8000_0000_0000_0000, 51, 0xBFFF_FFFF_FFFF_F000, true)]
    [InlineData(0, 52, 0x7FFF_FFFF_FFFF_F000, true)]
    public void A_range_has_the_published_encoding(ulong address, int order, ulong encoded, bool size)
    {
        DeviceTlbRange range = new(address, order);

        Assert.Equal((encoded, size), range.Encode());
        Assert.Equal(range, DeviceTlbRange.Decode(encoded, size));
    }

    [Fact]
    public void Every_range_is_read_as_it_was_written() =>
        Gen.Select(Gen.ULong, Gen.Int[0, DeviceTlbRange.MaximumOrder]).Sample((random, order) =>
        {
            DeviceTlbRange range = new(Aligned(random, order), order);
            (ulong address, bool size) = range.Encode();

            Assert.Equal(range, DeviceTlbRange.Decode(address, size));
            Assert.Equal(range, DeviceTlbRange.Decode(address | 0xFFF, size));
        });

    [Fact]
    public void A_range_contains_the_addresses_from_its_first_to_its_last() =>
        Gen.Select(Gen.ULong, Gen.Int[0, DeviceTlbRange.MaximumOrder], Gen.ULong).Sample((random, order, other) =>
        {
            DeviceTlbRange range = new(Aligned(random, order), order);

            Assert.True(range.Contains(range.Address) && range.Contains(range.LastAddress));
            Assert.Equal(other >= range.Address && other <= range.LastAddress, range.Contains(other));
        });

    [Fact]
    public void A_covering_range_is_the_smallest_that_holds_both_ends() =>
        Gen.Select(Gen.ULong, Gen.ULong).Sample((one, other) =>
        {
            (ulong first, ulong last) = (Math.Min(one, other), Math.Max(one, other));
            var range = DeviceTlbRange.Covering(first, last);

            Assert.True(range.Contains(first) && range.Contains(last));
            Assert.True(range.Order == 0 || !new DeviceTlbRange(Aligned(first, range.Order - 1), range.Order - 1).Contains(last));
        });

    [Fact]
    public void Ones_without_end_name_no_size_and_are_taken_for_everything()
    {
        Assert.Equal(DeviceTlbRange.Everything, DeviceTlbRange.Decode(ulong.MaxValue, size: true));
        Assert.Multiple(
            () => Assert.Equal(0UL, DeviceTlbRange.Everything.Address),
            () => Assert.Equal(ulong.MaxValue, DeviceTlbRange.Everything.LastAddress),
            () => Assert.Equal("0x0-0xFFFFFFFFFFFFFFFF", DeviceTlbRange.Everything.ToString()));
    }

    [Fact]
    public void A_range_that_is_not_aligned_or_not_possible_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("address", () => new DeviceTlbRange(0x1000, 1));
        Assert.Throws<ArgumentOutOfRangeException>("address", () => new DeviceTlbRange(0x10, 0));
        Assert.Throws<ArgumentOutOfRangeException>("order", () => new DeviceTlbRange(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>("order", () => new DeviceTlbRange(0, 53));
        Assert.Throws<ArgumentOutOfRangeException>("last", () => DeviceTlbRange.Covering(0x2000, 0x1000));
    }

    private static ulong Aligned(ulong address, int order) => order == DeviceTlbRange.MaximumOrder ? 0 : address >> (12 + order) << (12 + order);
}
