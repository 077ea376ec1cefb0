using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The reserved and the ignored bits of paging entries (VT-d 9.7, 9.8). Each bit is set separately, at each level.</summary>
public sealed class PagingEntryTests
{
    private const ulong Input = 0x7F12_3456_7000;
    private const ulong GuestTables = 0x10_0000;
    private const ulong Offset = 0x400_0000;
    private const string Reserved = "reserved";
    private const string Ignored = "ignored";

    /// <summary>The absent capability, the level, true for a leaf, bits, and true if they are reserved.</summary>
    public static TheoryData<string, int, bool, string, string> FirstStage { get; } = new()
    {
        // The host has 46 address bits.
        { "", 5, false, "51:46 7", Reserved },
        { "", 4, false, "51:46 7", Reserved },
        { "", 3, false, "51:46", Reserved },
        { "", 2, false, "51:46", Reserved },
        { "", 1, true, "51:46", Reserved },
        { "", 3, true, "51:46 29:13", Reserved },
        { "", 2, true, "51:46 20:13", Reserved },
        { "FS1GP", 3, false, "7", Reserved },
        { "", 5, false, "63:52 11:8 6 4:3", Ignored },
        { "", 3, false, "63:52 11:8 6 4:3", Ignored },
        { "", 2, false, "63:52 11:8 6 4:3", Ignored },
        { "", 1, true, "63:52 11:7 4:3", Ignored },
        { "", 2, true, "63:52 12:8 4:3", Ignored },
        { "", 3, true, "63:52 12:8 4:3", Ignored },
        { "revision 5.10", 1, true, "63:52", Ignored },
        { "revision 3", 1, true, "62:52", Ignored },
        { "revision 3", 1, true, "63", Reserved },
    };

    /// <summary>The same columns for the second stage.</summary>
    public static TheoryData<string, int, bool, string, string> SecondStage { get; } = new()
    {
        { "", 5, false, "62 51:46 11 7", Reserved },
        { "", 4, false, "62 51:46 11 7", Reserved },
        { "", 3, false, "62 51:46 11", Reserved },
        { "", 2, false, "62 51:46 11", Reserved },
        { "", 1, true, "62 51:46", Reserved },
        { "", 3, true, "62 51:46 29:12", Reserved },
        { "", 2, true, "62 51:46 20:12", Reserved },
        { "SSLPS", 2, false, "7", Reserved },
        { "SSLPS", 3, false, "7", Reserved },
        { "SSLPS 1 GiB", 3, false, "7", Reserved },
        { "SC", 1, true, "11", Reserved },
        { "SC", 2, true, "11", Reserved },
        { "SC", 3, true, "11", Reserved },
        { "", 1, true, "11", Ignored },
        { "", 2, true, "11", Ignored },
        { "", 5, false, "63 61:52 10:8 6:2", Ignored },
        { "", 3, false, "63 61:52 10:8 6:2", Ignored },
        { "", 2, false, "63 61:52 10:8 6:2", Ignored },
        { "", 1, true, "63 61:52 10:2", Ignored },
        { "", 2, true, "63 61:52 10:8 6:2", Ignored },
        { "revision 5.10", 1, true, "62", Reserved },
    };

    [Theory]
    [MemberData(nameof(FirstStage))]
    [Specification("3.6/4", "3.6/5", "9.7/1", "9.7/2", "9.7/3", "9.7/4", "9.7/5", "9.7/6", "9.7/7")]
    public void Bits_of_a_first_stage_entry(string lacking, int level, bool leaf, string bits, string expected)
    {
        foreach (int bit in BitRanges.Of(bits))
        {
            using SpaceFixture space = SpaceFixture.OfFirstStage(Lacking.Capability(lacking), level == 5 ? 5 : 4);
            if (leaf && level > 1)
                space.Tables[Input, level] = EntryBits.User | EntryBits.PageSize | 0x4000_0000;
            space.Tables[Input, level] ^= 1UL << bit;

            Assert.Equal((bit, expected == Reserved ? FaultReason.FirstStageEntryReserved : FaultReason.None), (bit, space.Fault(DmaAccess.Read)));
        }
    }

    [Theory]
    [MemberData(nameof(SecondStage))]
    [Specification("3.7/4", "9.8/1", "9.8/2", "9.8/3", "9.8/4", "9.8/5", "9.8/6", "9.8/7")]
    public void Bits_of_a_second_stage_entry(string lacking, int level, bool leaf, string bits, string expected)
    {
        foreach (int bit in BitRanges.Of(bits))
        {
            using SpaceFixture space = SpaceFixture.OfSecondStage(Lacking.Capability(lacking), level == 5 ? 5 : 4);
            if (leaf && level > 1)
                space.Tables[Input, level] = EntryBits.ReadWrite | EntryBits.PageSize | 0x4000_0000;
            space.Tables[Input, level] ^= 1UL << bit;

            Assert.Equal((bit, expected == Reserved ? FaultReason.SecondStageEntryReserved : FaultReason.None), (bit, space.Fault(DmaAccess.Read)));
        }
    }

    [Theory]
    [MemberData(nameof(SecondStage))]
    [Specification("3.7/4", "9.8/1", "9.8/2", "9.8/3", "9.8/4", "9.8/5", "9.8/7")]
    public void Bits_of_a_second_stage_entry_in_legacy_mode(string lacking, int level, bool leaf, string bits, string expected)
    {
        foreach (int bit in BitRanges.Of(bits))
        {
            using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000, Lacking.Capability(lacking));
            fixture.Set(UnitFixture.Contexts + UnitFixture.Device.Value * 16UL + 8, 7 << 8 | (level == 5 ? 3u : 2));
            PageTables tables = new(new TablePages(fixture.Memory, 0x20_0000), level == 5 ? 5 : 4, EntryBits.ReadWrite) { [Input] = 0x50_0000 | EntryBits.ReadWrite };
            if (leaf && level > 1)
                tables[Input, level] = EntryBits.ReadWrite | EntryBits.PageSize | 0x4000_0000;
            tables[Input, level] ^= 1UL << bit;

            Assert.Equal((bit, expected == Reserved ? FaultReason.PagingEntryReserved : FaultReason.None), (bit, fixture.Fault(DmaAccess.Read, Input)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [Specification("9.7/8", "9.8/8", "7.1.3/15")]
    public void Nothing_else_matters_in_an_entry_that_is_not_present(int level)
    {
        using SpaceFixture first = SpaceFixture.OfFirstStage();
        first.Tables[Input, level] = ~1UL;
        Assert.Equal(FaultReason.FirstStageEntryNotPresent, first.Fault(DmaAccess.Read));

        using SpaceFixture second = SpaceFixture.OfSecondStage();
        second.Tables[Input, level] = ~0b11UL;
        Assert.Equal(FaultReason.SecondStageEntryNotPresent, second.Fault(DmaAccess.Read));
    }

    [Theory]
    // The guest has 39 address bits and the host 46. Bits that only the guest lacks are 74h (5Bh in FSPTPTR). Bits that the host lacks are reserved.
    [InlineData(0, 38, FaultReason.SecondStageEntryNotPresent)]
    [InlineData(0, 39, FaultReason.PasidEntryInvalid)]
    [InlineData(0, 45, FaultReason.PasidEntryInvalid)]
    [InlineData(0, 46, FaultReason.PasidEntryReserved)]
    [InlineData(4, 38, FaultReason.SecondStageEntryNotPresent)]
    [InlineData(4, 39, FaultReason.NestedAddressBeyondGuestWidth)]
    [InlineData(4, 45, FaultReason.NestedAddressBeyondGuestWidth)]
    [InlineData(4, 46, FaultReason.FirstStageEntryReserved)]
    [InlineData(4, 51, FaultReason.FirstStageEntryReserved)]
    [InlineData(1, 38, FaultReason.SecondStageEntryNotPresent)]
    [InlineData(1, 39, FaultReason.NestedAddressBeyondGuestWidth)]
    [InlineData(1, 46, FaultReason.FirstStageEntryReserved)]
    [Specification("7.1.3/9", "7.1.3/10", "9.6/17", "9.7/3")]
    public void Nested_addresses_have_the_width_of_the_guest(int level, int bit, FaultReason expected)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        PageTables first = new(new TablePages(fixture.Memory, GuestTables, Offset), 4, EntryBits.User) { [Input] = 0x20_0000 | EntryBits.User };
        PageTables second = new(new TablePages(fixture.Memory, 0x30_0000), 3, EntryBits.ReadWrite);
        for (ulong page = 0; page < 4; page++)
            second[GuestTables + page * 4096] = GuestTables + page * 4096 + Offset | EntryBits.ReadWrite;
        second[0x20_0000] = 0x50_0000 | EntryBits.ReadWrite;
        PasidEntry entry = new()
        {
            Present = true,
            GrantType = PasidGrantType.Nested,
            AddressWidth = AddressWidth.Bits39,
            FirstStageTable = GuestTables | (level == 0 ? 1UL << bit : 0),
            SecondStageTable = second.Top,
            PageWalkSnoop = true,
        };
        fixture.SetPasid(SpaceFixture.Pasid, entry);
        if (level > 0)
            first[Input, level] |= 1UL << bit;

        Assert.Equal(expected, fixture.Fault(DmaAccess.Read, Input, SpaceFixture.Prefix));
    }
}
