namespace IoAsid.Typed.Layouts.Tests;

/// <summary>Layouts that are created at run time are checked as declared layouts are at compile time.</summary>
public sealed class LayoutTests
{
    [Theory]
    [InlineData(4, 4, 7, 1)]
    [InlineData(0, 8, 3, 2)]
    [InlineData(5, 3, 5, 3)]
    [InlineData(7, 1, 4, 4)]
    public void Fields_that_overlap_are_refused(int lowBit, int width, int otherLowBit, int otherWidth)
    {
        var refusal = Assert.Throws<ArgumentException>(() => new Layout("entry", 64, new("A", lowBit, width), new BitField("B", otherLowBit, otherWidth)));

        Assert.Contains("entry: A[", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("overlap", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_side_by_side_are_accepted() => Assert.Equal(2, new Layout("entry", 64, new("A", 0, 4), new("B", 4, 60)).Fields.Length);

    [Theory]
    [InlineData(8, 8, 1)]
    [InlineData(32, 31, 2)]
    [InlineData(64, 64, 1)]
    [InlineData(128, 191, 1)]
    [InlineData(256, 448, 64)]
    public void A_field_that_overruns_the_structure_is_refused(int size, int lowBit, int width)
    {
        var refusal = Assert.Throws<ArgumentException>(() => new Layout("entry", size, new BitField("A", lowBit, width)));

        Assert.Contains($"overruns entry, which has {size} bits", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_fields_with_one_name_are_refused()
    {
        var refusal = Assert.Throws<ArgumentException>(() => new Layout("entry", 64, new("A", 0), new BitField("A", 1)));

        Assert.Contains("A[0] and A[1] have one name", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(1024)]
    public void A_size_that_no_container_has_is_refused(int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Layout("entry", size));

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(512, 1)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 65)]
    [InlineData(63, 2)]
    [InlineData(120, 16)]
    [InlineData(0, int.MaxValue)]
    [InlineData(1, int.MaxValue)]
    public void A_field_outside_one_word_of_the_largest_container_is_refused(int lowBit, int width)
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new BitField("A", lowBit, width));

        Assert.Contains($"A cannot have {width} bits from bit {lowBit} on", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_states_its_place()
    {
        BitField field = new("DID", 72, 16);

        Assert.Multiple(
            () => Assert.Equal(87, field.HighBit),
            () => Assert.Equal(1, field.Word),
            () => Assert.Equal(0xFFFF00UL, field.Mask),
            () => Assert.Equal(0xFFFFUL, field.MaximumValue),
            () => Assert.Equal("DID[87:72]", field.ToString()));
        Assert.Equal("P[0]", new BitField("P", 0).ToString());
        Assert.Equal(ulong.MaxValue, new BitField("ALL", 448, 64).Mask);
    }

    [Fact]
    public void A_field_reads_and_writes_its_bits()
    {
        BitField field = new("DID", 72, 16);
        Bits128 bits = new(ulong.MaxValue, 0xABCD_EF00_1234_5678);

        Assert.Equal((0x3456UL, 0x34_5600UL), (field.Get(bits), field.GetInPlace(bits)));
        Assert.Equal(new Bits128(ulong.MaxValue, 0xABCD_EF00_12FF_FE78), field.With(bits, 0xFFFE));
        Assert.Throws<ArgumentOutOfRangeException>(() => field.With(bits, 0x1_0000));
    }

    [Fact]
    public void An_unknown_field_is_refused_with_the_names_of_the_fields()
    {
        var refusal = Assert.Throws<KeyNotFoundException>(() => LongStructure.Layout["DID"]);

        Assert.Equal("Long has no field DID; it has ADDR[51:12], TAG[61:52], TOP[63].", refusal.Message);
        Assert.Equal(12, LongStructure.Layout["ADDR"].LowBit);
    }

    [Fact]
    public void A_container_of_another_size_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => OctetStructure.Layout.UndeclaredMask<Bits64>());
        Assert.Throws<InvalidOperationException>(() => OctetStructure.Layout.ReservedMask<Bits256>(default));
        Assert.Throws<InvalidOperationException>(() => ByteStructure.Layout.UndeclaredMask<Bits16>());
        Assert.Equal((Bits64)~0x79UL, ByteStructure.Layout.UndeclaredMask<Bits64>());
    }
}
