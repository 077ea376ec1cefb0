using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The entries that a request selects by its source, its PASID and its address (VT-d 3.4 to 3.8).</summary>
public sealed class TableSelectionTests
{
    private const ulong Tables = 0x40_0000;

    [Theory]
    [InlineData(0x0000)]
    [InlineData(0x0010)]
    [InlineData(0x00FF)]
    [InlineData(0x1280)]
    [InlineData(0xFFFF)]
    [Specification("3.4.1/1", "3.4.2/1", "9.1/3")]
    public void Legacy_mode_selects_by_bus_and_function(ushort device)
    {
        using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000);
        _ = new PageTables(new TablePages(fixture.Memory, Tables), 4, EntryBits.ReadWrite) { [0x1000] = 0x50_0000 | EntryBits.ReadWrite };
        ulong contexts = 0x60_0000;
        fixture.Set(UnitFixture.Root + (ulong)(device >> 8) * 16, contexts | 1);
        fixture.Set(contexts + (ulong)(device & 0xFF) * 16, Tables | 1);
        fixture.Set(contexts + (ulong)(device & 0xFF) * 16 + 8, 2);

        Assert.Equal(0x50_0000UL, fixture.Output(DmaAccess.Read, 0x1000, device: new RequesterId(device)));
    }

    [Theory]
    [InlineData(0x0000, false)]
    [InlineData(0x007F, false)]
    [InlineData(0x0080, true)]
    [InlineData(0x12FF, true)]
    [InlineData(0xFF80, true)]
    [Specification("3.4.1/1", "3.4.3/1")]
    public void Scalable_mode_selects_by_bus_half_and_function(ushort device, bool upper)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        Map(fixture, UnitFixture.PasidTable);
        ulong contexts = 0x60_0000;
        fixture.Set(UnitFixture.Root + (ulong)(device >> 8) * 16, upper ? 0 : contexts | 1);
        fixture.Set(UnitFixture.Root + (ulong)(device >> 8) * 16 + 8, upper ? contexts | 1 : 0);
        fixture.Set(contexts + (ulong)(device & 0x7F) * 32, UnitFixture.PasidDirectory | 1);

        Assert.Equal(0x50_0000UL, fixture.Output(DmaAccess.Read, 0x1000, device: new RequesterId(device)));
    }

    [Theory]
    [InlineData(1u, 0, 1)]
    [InlineData(63u, 0, 63)]
    [InlineData(64u, 1, 0)]
    [InlineData(0xF_FFFFu, 0x3FFF, 63)]
    [Specification("3.4.3/2")]
    public void A_PASID_selects_its_entry(uint number, int directory, int entry)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(context: UnitFixture.PasidEnable);
        ulong directories = 0x80_0000;
        ulong table = 0x60_0000;
        Map(fixture, table + (ulong)entry * 64);
        fixture.SetContext(UnitFixture.Device, directories | UnitFixture.PasidEnable | 7 << 9 | 1);
        fixture.Set(directories + (ulong)directory * 8, table | 1);

        Assert.Equal(0x50_0000UL, fixture.Output(DmaAccess.Read, 0x1000, new PasidPrefix(new Pasid(number))));
    }

    [Theory]
    [InlineData(true, 4)]
    [InlineData(true, 5)]
    [InlineData(false, 3)]
    [InlineData(false, 4)]
    [InlineData(false, 5)]
    [Specification("3.5/1", "3.6/2", "3.7/2")]
    public void Each_level_reads_the_entry_that_nine_bits_select(bool first, int levels)
    {
        ulong[] indices = [0x0AB, 0x1CD, 0x0EF, 0x023, 0x045];
        ulong input = 0;
        for (int level = levels; level >= 1; level--)
            input |= indices[level - 1] << 12 + 9 * (level - 1);
        using SpaceFixture space = first ? SpaceFixture.OfFirstStage(levels: levels) : SpaceFixture.OfSecondStage(levels: levels);
        space.Tables[input] = SpaceFixture.Page | (first ? EntryBits.User : EntryBits.ReadWrite);
        List<ulong> read = [];
        space.Fixture.OnTableAccess(access =>
        {
            if (!access.IsUpdate && access.Address >= 0x20_0000)
                read.Add(access.Address);
        });

        Assert.Equal(SpaceFixture.Page, space.Output(DmaAccess.Read, input));
        Assert.Equal(Enumerable.Range(0, levels).Select(below => space.Tables.PlaceOf(input, levels - below)), read);
    }

    [Fact]
    [Specification("3.1/1")]
    public void Without_translation_the_output_is_the_input()
    {
        using UnitFixture fixture = new();

        Assert.Equal(0xABC_D000UL, fixture.Translate(DmaAccess.Write, 0xABC_D000, new PasidPrefix(new Pasid(5))).Address);
        Assert.Equal(TranslationKind.Identity, fixture.Translate(DmaAccess.Write, 0xABC_D000, new PasidPrefix(new Pasid(5))).Kind);
    }

    [Fact]
    [Specification("3.13/1")]
    public void A_request_across_pages_is_translated_for_each_page()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Tables[SpaceFixture.Input + 0x1000] = 0x58_0000 | EntryBits.User;
        DmaRequest request = new(UnitFixture.Device, SpaceFixture.Input + 0xFF8, DmaAccess.Write, SpaceFixture.Prefix);

        Assert.Equal(CompletionStatus.Success, space.Fixture.Unit.Write(request, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]));
        Assert.Equal((0x0807_0605_0403_0201UL, 0x100F_0E0D_0C0B_0A09UL), (space.Fixture.Word(SpaceFixture.Page + 0xFF8), space.Fixture.Word(0x58_0000)));
    }

    [Theory]
    [InlineData(false, EntryBits.Accessed | EntryBits.Dirty)]
    [InlineData(true, EntryBits.Accessed | EntryBits.Dirty | EntryBits.ExtendedAccessed)]
    [Specification("3.6.2/2", "3.6.2/3")]
    public void Flags_of_an_entry_are_set_in_one_operation(bool extended, ulong flags)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(change: entry => entry with { ExtendedAccessedEnable = extended });
        ulong leaf = space.Tables.PlaceOf(SpaceFixture.Input);
        int updates = 0;
        space.Fixture.OnTableAccess(access => updates += access.IsUpdate && access.Address == leaf ? 1 : 0);

        space.Output(DmaAccess.Write);

        Assert.Equal((1, flags), (updates, space.Tables[SpaceFixture.Input] & flags));
    }

    [Fact]
    [Specification("3.6.2/5")]
    public void Flags_that_are_set_stay()
    {
        const ulong Flags = EntryBits.Accessed | EntryBits.Dirty | EntryBits.ExtendedAccessed;
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        for (int level = 1; level <= 4; level++)
            space.Tables[SpaceFixture.Input, level] |= Flags;

        space.Output(DmaAccess.Read);

        Assert.All([1, 2, 3, 4], level => Assert.Equal(Flags, space.Tables[SpaceFixture.Input, level] & Flags));
    }

    [Theory]
    // Each atomic read of the entry is identified by its address.
    [InlineData("root", 16)]
    [InlineData("context", 16)]
    [InlineData("entry", 16)]
    [Specification("9/1")]
    public void Entries_are_read_in_parts_of_128_bits(string entry, ulong piece)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(context: UnitFixture.PasidEnable);
        Map(fixture, UnitFixture.PasidTable + 5 * 64);
        (ulong first, ulong size) = entry switch
        {
            "root" => (UnitFixture.Root, 16UL),
            "context" => (UnitFixture.Contexts + UnitFixture.Device.Value * 32UL, 32UL),
            _ => (UnitFixture.PasidTable + 5 * 64, 64UL),
        };
        List<ulong> read = [];
        fixture.OnTableAccess(access =>
        {
            if (access.Address - first < size)
                read.Add(access.Address - first);
        });
        fixture.Output(DmaAccess.Read, 0x1000, new PasidPrefix(new Pasid(5)));

        Assert.Equal(Enumerable.Range(0, (int)(size / piece)).Select(index => (ulong)index * piece), read);
    }

    private static void Map(UnitFixture fixture, ulong place)
    {
        _ = new PageTables(new TablePages(fixture.Memory, Tables), 4, EntryBits.User) { [0x1000] = 0x50_0000 | EntryBits.User };
        PasidEntry entry = new() { Present = true, GrantType = PasidGrantType.FirstStage, FirstStageTable = Tables, PageWalkSnoop = true };
        for (int word = 0; word < 8; word++)
            fixture.Set(place + (ulong)word * 8, entry.Bits[word]);
    }
}
