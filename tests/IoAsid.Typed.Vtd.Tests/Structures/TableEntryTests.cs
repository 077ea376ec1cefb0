using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Vtd.Tests.Structures;

/// <summary>The members of table entries that combine several fields.</summary>
public sealed class TableEntryTests
{
    [Theory]
    [InlineData(0x00, true, 0x1000)]
    [InlineData(0x7F, true, 0x1000)]
    [InlineData(0x80, false, 0x2000)]
    [InlineData(0xFF, false, 0x2000)]
    public void A_device_uses_its_half_of_a_scalable_root_entry(byte devfn, bool present, ulong table)
    {
        ScalableRootEntry root = new() { LowerPresent = true, LowerContextTable = 0x1000, UpperContextTable = 0x2000 };

        Assert.Equal((present, table), (root.IsPresent(devfn), root.ContextTable(devfn)));
        Assert.Equal(!present, (root with { LowerPresent = false, UpperPresent = true }).IsPresent(devfn));
    }

    [Theory]
    [InlineData(0, 1u << 13)]
    [InlineData(3, 1u << 16)]
    [InlineData(7, 1u << 20)]
    public void The_directory_size_limits_the_PASID(byte size, uint limit) =>
        Assert.Equal(limit, new ScalableContextEntry { PasidDirectorySize = size }.PasidLimit);

    [Fact]
    public void Requests_without_a_PASID_use_RID_PASID_only_if_the_unit_has_it()
    {
        ScalableContextEntry context = new() { RidPasid = new(5) };

        Assert.Equal((new Pasid(5), default), (context.ImpliedPasid(Units.Everything), context.ImpliedPasid(Units.Nothing)));
    }

    [Theory]
    [InlineData(0u, 0, 0)]
    [InlineData(63u, 0, 63)]
    [InlineData(64u, 1, 0)]
    [InlineData(0xFFFFFu, 0x3FFF, 63)]
    public void A_PASID_selects_a_directory_entry_and_a_table_entry(uint number, int directory, int table) =>
        Assert.Equal((directory, table), (PasidDirectoryEntry.IndexOf(new Pasid(number)), PasidEntry.IndexOf(new Pasid(number))));

    [Theory]
    [InlineData(1, 12, 0x1000)]
    [InlineData(2, 21, 0x20_0000)]
    [InlineData(3, 30, 0x4000_0000)]
    [InlineData(5, 48, 0x1_0000_0000_0000)]
    public void A_level_translates_nine_bits(int level, int shift, ulong pageSize)
    {
        Assert.Equal((shift, pageSize), (TranslationTables.ShiftOf(level), TranslationTables.PageSizeOf(level)));
        Assert.Equal(0x1FF, TranslationTables.IndexOf(0x1FFUL << shift, level));
        Assert.Equal(1, TranslationTables.IndexOf(0x201UL << shift, level));
        Assert.Equal(0, TranslationTables.IndexOf((1UL << shift) - 1, level));
    }

    [Theory]
    [InlineData(1, false, true)]
    [InlineData(1, true, true)]
    [InlineData(2, false, false)]
    [InlineData(2, true, true)]
    [InlineData(3, true, true)]
    [InlineData(4, true, false)]
    [InlineData(5, true, false)]
    public void A_leaf_is_an_entry_of_the_last_level_or_a_large_page(int level, bool pageSize, bool leaf)
    {
        Assert.Equal(leaf, new FirstStageEntry { PageSize = pageSize }.IsLeaf(level));
        Assert.Equal(leaf, new SecondStageEntry { PageSize = pageSize }.IsLeaf(level));
    }

    [Theory]
    [InlineData(1, 0xF_FFFF_FFFF_F000)]
    [InlineData(2, 0xF_FFFF_FFE0_0000)]
    [InlineData(3, 0xF_FFFF_C000_0000)]
    public void The_address_of_a_page_has_no_more_bits_than_its_size_leaves(int level, ulong address)
    {
        Assert.Equal(address, new FirstStageEntry(ulong.MaxValue).PageAddress(level));
        Assert.Equal(address, new SecondStageEntry(ulong.MaxValue).PageAddress(level));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public void A_second_stage_entry_is_present_if_it_allows_something(bool read, bool write, bool present) =>
        Assert.Equal(present, new SecondStageEntry { Read = read, Write = write, Execute = true, PageSize = true }.Present);

    [Fact]
    public void Text_of_an_entry_has_fields_by_name_and_undeclared_bits_apart()
    {
        PasidDirectoryEntry entry = new(0x1234_5003UL | (1UL << 5));

        Assert.Equal("PASID directory entry: P=1 FPD=1 SMPTBLPTR=0x12345000 reserved[63:0]=0x20", entry.ToString());
        Assert.Contains(" R/W=0 U/S=1 ", new FirstStageEntry { User = true }.ToString(), StringComparison.Ordinal);
        Assert.Equal("PASID directory entry, 64 bits: P[0], FPD[1], SMPTBLPTR[63:12]", PasidDirectoryEntry.Layout.ToString());
    }

    [Fact]
    public void Reading_and_changing_entries_allocates_nothing()
    {
        PasidEntry entry = new() { Present = true, DomainId = new(7), FirstStageTable = 0x1000 };
        Bits512 reserved = PasidEntry.ReservedMask(Units.Everything);
        _ = Use(entry, reserved);

        long before = GC.GetAllocatedBytesForCurrentThread();
        ulong sum = 0;
        for (int i = 0; i < 100; i++)
            sum += Use(entry, reserved);

        Assert.Equal((0, 100 * 0x1028UL), (GC.GetAllocatedBytesForCurrentThread() - before, sum));
    }

    private static ulong Use(in PasidEntry entry, in Bits512 reserved)
    {
        FirstStageEntry page = new FirstStageEntry { Present = true } with { Accessed = true };
        return entry.Bits.Intersects(reserved) ? 0 : entry.FirstStageTable + entry.DomainId.Value + page.Bits;
    }
}
