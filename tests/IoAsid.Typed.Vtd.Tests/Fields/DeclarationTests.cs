namespace IoAsid.Typed.Vtd.Tests.Fields;

/// <summary>A wrong declaration fails where it is made and says what is wrong.</summary>
public sealed class DeclarationTests
{
    public static TheoryData<string> OverlappingFields => ["one bit:4:4:7:1", "inside:0:8:3:2", "same place:5:3:5:3", "order does not matter:7:1:4:4"];

    [Theory]
    [MemberData(nameof(OverlappingFields))]
    public void Fields_that_overlap_are_refused(string fields)
    {
        int[] at = [.. fields.Split(':').Skip(1).Select(int.Parse)];

        var refusal = Assert.Throws<ArgumentException>(() => new Layout("entry", 64, new("A", at[0], at[1]), new BitField("B", at[2], at[3])));

        Assert.Contains("entry: A[", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("overlap", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_side_by_side_are_accepted() => Assert.Equal(2, new Layout("entry", 64, new("A", 0, 4), new("B", 4, 60)).Fields.Count);

    [Theory]
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
    public void Two_fields_of_one_name_are_refused()
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
    public void A_field_outside_one_word_of_the_largest_container_is_refused(int lowBit, int width)
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new BitField("A", lowBit, width));

        Assert.Contains($"A cannot have {width} bits from bit {lowBit} on", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_says_where_it_is()
    {
        var field = new BitField("DID", 72, 16);

        Assert.Equal((87, 1, 0xFFFF00UL, 0xFFFFUL, "DID[87:72]"), (field.HighBit, field.Word, field.Mask, field.MaximumValue, field.ToString()));
        Assert.Equal("P[0]", new BitField("P", 0).ToString());
        Assert.Equal(ulong.MaxValue, new BitField("ALL", 448, 64).Mask);
    }

    [Fact]
    public void A_value_too_large_for_its_field_is_refused_by_name()
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new PasidIotlbInvalidation { AddressMask = 0x40 });

        Assert.Contains("AM[69:64] holds 0 to 0x3F; 0x40 does not fit", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x1234_5001)]
    [InlineData(0x800)]
    public void An_address_whose_low_bits_are_not_stored_is_refused_by_name(ulong address)
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new PasidDirectoryEntry { PasidTable = address });

        Assert.Contains($"SMPTBLPTR[63:12] stores the address bits 0xFFFFFFFFFFFFF000; 0x{address:X} has others set", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_field_is_refused_with_the_names_there_are()
    {
        var refusal = Assert.Throws<KeyNotFoundException>(() => PasidDirectoryEntry.Layout["DID"]);

        Assert.Equal("PASID directory entry has no field DID; it has P[0], FPD[1], SMPTBLPTR[63:12].", refusal.Message);
        Assert.Equal(12, PasidDirectoryEntry.Layout["SMPTBLPTR"].LowBit);
    }

    [Fact]
    public void A_container_of_another_size_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => PasidEntry.Layout.UndeclaredMask<Bits64>());
        Assert.Throws<InvalidOperationException>(() => PasidEntry.Layout.ReservedMask<Bits256>(Units.Everything));
    }
}
