namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The containment of addresses in a range.</summary>
public sealed class AddressRangeTests
{
    private static readonly AddressRange Range = new(2 * AddressRange.PageSize, 3 * AddressRange.PageSize);

    [Theory]
    [InlineData(2, 3, true)]
    [InlineData(3, 1, true)]
    [InlineData(1, 2, false)]
    [InlineData(1, 5, false)]
    [InlineData(4, 2, false)]
    [InlineData(5, 1, false)]
    public void Contains_requires_both_ends_of_the_other_range(int first, int pages, bool isInside) =>
        Assert.Equal(isInside, Range.Contains(new AddressRange((ulong)first * AddressRange.PageSize, (ulong)pages * AddressRange.PageSize)));
}
