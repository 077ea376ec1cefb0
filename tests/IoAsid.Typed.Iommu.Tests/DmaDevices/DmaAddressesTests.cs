using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The allocator of device addresses, compared with a list of ranges.</summary>
public sealed class DmaAddressesTests
{
    private const ulong Last = 0x1_0000_0000;

    [Fact]
    public void Allocated_ranges_are_the_lowest_free_ones_without_interrupt_ranges()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            Random random = new(seed);
            DmaAddresses addresses = new();
            List<AddressRange> live = [];
            for (int step = 0; step < 200; step++)
            {
                if (live.Count > 0 && random.Next(3) == 0)
                {
                    AddressRange freed = live[random.Next(live.Count)];
                    live.Remove(freed);
                    addresses.Free(freed);
                    continue;
                }

                ulong length = (ulong)random.Next(1, 0x4000) * AddressRange.PageSize;
                AddressRange? expected = LowestFree(live, length);
                Assert.Equal(expected is not null, addresses.TryAllocate(length, Last, out AddressRange range));
                if (expected is null)
                    continue;
                Assert.Equal(expected, range);
                live.Add(range);
            }
        }
    }

    [Fact]
    public void The_addresses_of_interrupts_are_passed_over()
    {
        DmaAddresses addresses = new();

        Assert.True(addresses.TryAllocate(InterruptRange.First - AddressRange.PageSize, Last, out AddressRange below));
        Assert.True(addresses.TryAllocate(AddressRange.PageSize, Last, out AddressRange above));
        Assert.False(addresses.TryAllocate(AddressRange.PageSize, InterruptRange.First - 1, out _));

        Assert.Equal((ulong)AddressRange.PageSize, below.Start);
        Assert.Equal(InterruptRange.Last + 1, above.Start);
    }

    private static AddressRange? LowestFree(List<AddressRange> live, ulong length)
    {
        AddressRange[] used = [.. live, new(0, AddressRange.PageSize), new(InterruptRange.First, InterruptRange.Last - InterruptRange.First + 1)];
        foreach (ulong start in used.Select(range => range.Last + 1).Order())
        {
            if (start + length - 1 <= Last && !used.Any(new AddressRange(start, length).Overlaps))
                return new AddressRange(start, length);
        }

        return null;
    }
}
