namespace IoAsid.Typed.Vtd.Tests.Invalidation;

/// <summary>The members of descriptors that combine several fields.</summary>
public sealed class DescriptorTests
{
    [Fact]
    public void A_descriptor_of_a_narrow_queue_has_an_upper_half_of_zeros()
    {
        InvalidationDescriptor descriptor = new(new Bits128(0x1_0005, 0x40));

        Assert.Equal(new Bits256(0x1_0005, 0x40, 0, 0), descriptor.Bits);
        Assert.Equal((new Bits128(0x1_0005, 0x40), default), (descriptor.Bits.Lower, descriptor.Bits.Upper));
    }

    [Fact]
    public void A_new_descriptor_has_its_type_and_nothing_else()
    {
        Bits256[] made =
        [
            new ContextCacheInvalidation().Bits, new IotlbInvalidation().Bits, new DeviceTlbInvalidation().Bits, new InterruptEntryInvalidation().Bits,
            new InvalidationWait().Bits, new PasidIotlbInvalidation().Bits, new PasidCacheInvalidation().Bits, new PasidDeviceTlbInvalidation().Bits,
            new PageGroupResponse().Bits,
        ];

        Assert.Equal(Enumerable.Range(1, 9).Select(type => new Bits256((ulong)type, 0)), made);
        Assert.Equal(Enumerable.Range(1, 9), made.Select(bits => (int)new InvalidationDescriptor(bits).Type));
        Assert.Equal(new Bits256(1, 0), new PageRequestDescriptor().Bits);
    }

    [Theory]
    [InlineData(0x0, 0)]
    [InlineData(0xF, 15)]
    [InlineData(0x201, 0x11)]
    [InlineData(0xE0F, 0x7F)]
    [InlineData(0xF1F0, 0)]
    public void The_type_is_in_two_parts(ulong low, int type) => Assert.Equal(type, (int)new InvalidationDescriptor(new Bits256(low, 0)).Type);

    [Fact]
    public void A_descriptor_of_any_type_is_decoded_by_its_type()
    {
        string[] names = [.. Enumerable.Range(0, 11).Select(type => new InvalidationDescriptor(new Bits256((ulong)type, 0)).Describe().Split(':')[0])];

        Assert.Equal(
            [
                "Invalidation descriptor", "Context-cache invalidation", "IOTLB invalidation", "Device-TLB invalidation", "Interrupt entry cache invalidation",
                "Invalidation wait", "PASID-based IOTLB invalidation", "PASID-cache invalidation", "PASID-based device-TLB invalidation", "Page group response",
                "Invalidation descriptor",
            ],
            names);
        Assert.Contains("DID=0x1234", new InvalidationDescriptor(new IotlbInvalidation { DomainId = new(0x1234) }.Bits).Describe(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0b000)]
    [InlineData(1, 0b100)]
    [InlineData(2, 0b110)]
    [InlineData(3, 0b111)]
    public void A_function_mask_ignores_function_bits_from_the_top(byte mask, ushort ignored)
    {
        Assert.Equal(ignored, new ContextCacheInvalidation { FunctionMask = mask }.IgnoredSourceBits);
        Assert.Equal(ignored, new ContextCommandRegister { FunctionMask = mask }.IgnoredSourceBits);
    }

    [Theory]
    [InlineData(false, false, true, true)]
    [InlineData(true, false, true, false)]
    [InlineData(false, true, true, false)]
    [InlineData(false, false, false, false)]
    public void A_stop_marker_ends_a_group_and_wants_nothing(bool read, bool write, bool last, bool marker) =>
        Assert.Equal(marker, new PageRequestDescriptor { Read = read, Write = write, LastPageInGroup = last }.IsStopMarker);

    [Theory]
    [InlineData(0xFEDF_FFFF, false)]
    [InlineData(0xFEE0_0000, true)]
    [InlineData(0xFEEF_FFFF, true)]
    [InlineData(0xFEF0_0000, false)]
    public void The_interrupt_range_is_one_mebibyte(ulong address, bool inside)
    {
        Assert.Equal(inside, InterruptRange.Contains(address));
        Assert.Equal(inside, InterruptRange.Overlaps(address, 1));
        Assert.Equal(inside, InterruptRange.Overlaps(address, 0));
    }

    [Theory]
    [InlineData(0xFEDF_FFF8, 8, false)]
    [InlineData(0xFEDF_FFF8, 9, true)]
    [InlineData(0xC000_0000, 0x4000_0000, true)]
    [InlineData(0xFEEF_FFFF, 8, true)]
    [InlineData(0, ulong.MaxValue, true)]
    [InlineData(0xC000_0000, ulong.MaxValue, true)]
    [InlineData(0x1_0000_0000, ulong.MaxValue, false)]
    public void A_transfer_touches_the_interrupt_range_by_any_byte(ulong address, ulong length, bool touches) =>
        Assert.Equal(touches, InterruptRange.Overlaps(address, length));
}
