using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// Nested translation (VT-d 3.8, reasons of 7.1.3). The second stage translates each address of the first stage. The fault reason depends on the kind of
/// address: a table, an entry or the page. The first table is at guest page 10_0000h, the last at 10_3000h.
/// </summary>
public sealed class NestedTranslationTests
{
    private const ulong Top = SpaceFixture.GuestTables;
    private const ulong Upper = SpaceFixture.GuestTables + 0x1000;
    private const ulong Last = SpaceFixture.GuestTables + 0x3000;
    private const ulong Page = SpaceFixture.GuestPage;

    [Theory]
    // The fault is 75h if the top table of the first stage cannot be read, and 76h for a lower table.
    [InlineData(Top, 0b10, DmaAccess.Read, FaultReason.NestedTableReadDenied)]
    [InlineData(Upper, 0b10, DmaAccess.Read, FaultReason.NestedEntryReadDenied)]
    [InlineData(Last, 0b10, DmaAccess.Write, FaultReason.NestedEntryReadDenied)]
    // The fault is 77h if a table can be read, but A and D of its entries cannot be set.
    [InlineData(Top, 0b01, DmaAccess.Read, FaultReason.NestedEntryWriteDenied)]
    [InlineData(Upper, 0b01, DmaAccess.Read, FaultReason.NestedEntryWriteDenied)]
    [InlineData(Last, 0b01, DmaAccess.Read, FaultReason.NestedEntryWriteDenied)]
    // Second-stage faults other than missing rights keep their reasons.
    [InlineData(Top, 0, DmaAccess.Read, FaultReason.SecondStageEntryNotPresent)]
    [InlineData(Last, 0, DmaAccess.Read, FaultReason.SecondStageEntryNotPresent)]
    [InlineData(Page, 0, DmaAccess.Read, FaultReason.SecondStageEntryNotPresent)]
    [InlineData(Top, 1UL << 62 | 0b11, DmaAccess.Read, FaultReason.SecondStageEntryReserved)]
    [InlineData(Last, 1UL << 51 | 0b11, DmaAccess.Read, FaultReason.SecondStageEntryReserved)]
    [InlineData(Page, 1UL << 62 | 0b11, DmaAccess.Read, FaultReason.SecondStageEntryReserved)]
    // The page itself needs the right of the request.
    [InlineData(Page, 0b10, DmaAccess.Read, FaultReason.ScalableReadDenied)]
    [InlineData(Page, 0b01, DmaAccess.Write, FaultReason.ScalableWriteDenied)]
    [InlineData(Page, 0b01, DmaAccess.Atomic, FaultReason.ScalableWriteDenied)]
    [InlineData(Page, 0b10, DmaAccess.Atomic, FaultReason.ScalableReadDenied)]
    // A table or page in the interrupt range is 87h.
    [InlineData(Top, 0xFEE0_0003, DmaAccess.Read, FaultReason.ScalableInterruptRange)]
    [InlineData(Page, 0xFEEF_F003, DmaAccess.Write, FaultReason.ScalableInterruptRange)]
    // A table outside of memory is 73h at the top, and 70h below.
    [InlineData(Top, UnitFixture.Hole | 0b11, DmaAccess.Read, FaultReason.FirstStageTableAccess)]
    [InlineData(Upper, UnitFixture.Hole | 0b11, DmaAccess.Read, FaultReason.FirstStageEntryAccess)]
    [Specification("3.8/1", "3.8.1/1")]
    public void The_second_stage_result_of_a_guest_page_selects_the_reason(ulong page, ulong entry, DmaAccess access, FaultReason expected)
    {
        using SpaceFixture nested = SpaceFixture.OfBothStages();
        nested.Second[page] = (entry & ~0b11UL) == 0 && entry != 0 ? page + SpaceFixture.Offset | entry : entry;

        Assert.Equal(expected, nested.Fault(access));
    }

    [Theory]
    // The fault is 7Bh if the top table of the second stage cannot be read, and 78h for a lower table (VT-d 7.1.3).
    [InlineData(0, FaultReason.SecondStageTableAccess)]
    [InlineData(4, FaultReason.SecondStageEntryAccess)]
    [InlineData(2, FaultReason.SecondStageEntryAccess)]
    public void A_second_stage_table_without_memory_has_its_own_reason(int level, FaultReason expected)
    {
        using SpaceFixture nested = SpaceFixture.OfBothStages();
        if (level == 0)
            nested.Fixture.SetPasid(SpaceFixture.Pasid, nested.Entry with { SecondStageTable = UnitFixture.Hole });
        else
            nested.Second[Top, level] = UnitFixture.Hole | EntryBits.ReadWrite;

        Assert.Equal(expected, nested.Fault(DmaAccess.Read));
    }

    [Theory]
    // Rights are those of both stages (VT-d 3.8.1): first stage R/W bit, second stage R and W.
    [InlineData(true, 0b11, DmaAccess.Read, FaultReason.None)]
    [InlineData(true, 0b11, DmaAccess.Write, FaultReason.None)]
    [InlineData(false, 0b11, DmaAccess.Write, FaultReason.ScalableWriteDenied)]
    [InlineData(false, 0b01, DmaAccess.Read, FaultReason.None)]
    [InlineData(true, 0b01, DmaAccess.Write, FaultReason.ScalableWriteDenied)]
    [InlineData(true, 0b10, DmaAccess.Write, FaultReason.None)]
    [InlineData(true, 0b10, DmaAccess.Read, FaultReason.ScalableReadDenied)]
    [Specification("3.8.1/4")]
    public void A_page_has_the_rights_of_both_stages(bool writable, ulong second, DmaAccess access, FaultReason expected)
    {
        using SpaceFixture nested = SpaceFixture.OfBothStages();
        nested.First[SpaceFixture.Input] = Page | (writable ? 0b111UL : 0b101);
        nested.Second[Page] = Page + SpaceFixture.Offset | second;

        Assert.Equal(expected, nested.Fault(access));
    }

    [Theory]
    // The effective page size is the smaller size of both stages (VT-d 6.2.4).
    [InlineData(1, 1, 12)]
    [InlineData(2, 1, 12)]
    [InlineData(1, 2, 12)]
    [InlineData(2, 2, 21)]
    [InlineData(3, 2, 21)]
    [InlineData(3, 3, 30)]
    public void The_page_has_the_smaller_of_both_sizes(int firstLevel, int secondLevel, int shift)
    {
        using SpaceFixture nested = SpaceFixture.OfBothStages();
        const ulong Guest = 0x40_0000_0000;
        const ulong Host = 0x80_0000_0000;
        nested.First[SpaceFixture.Input, firstLevel] = Guest | EntryBits.User | (firstLevel > 1 ? EntryBits.PageSize : 0);
        ulong offset = SpaceFixture.Input & ((1UL << 12 + 9 * (firstLevel - 1)) - 1);
        ulong within = offset & ((1UL << 12 + 9 * (secondLevel - 1)) - 1);
        nested.Second[Guest | offset, secondLevel] = Host | EntryBits.ReadWrite | (secondLevel > 1 ? EntryBits.PageSize : 0);

        Translation translation = nested.Fixture.Translate(DmaAccess.Read, SpaceFixture.Input | 0x123, SpaceFixture.Prefix);

        Assert.Equal((shift, Host | within | 0x123), (translation.PageShift, translation.Address));
    }

    [Theory]
    // A is set in all used entries of both stages, and D in both leaves for a write. The page of an updated first-stage entry becomes dirty too.
    [InlineData(DmaAccess.Read, false)]
    [InlineData(DmaAccess.Write, true)]
    public void Accessed_and_dirty_bits_are_set_in_both_stages(DmaAccess access, bool dirty)
    {
        using SpaceFixture nested = SpaceFixture.OfBothStages();

        Assert.Equal(FaultReason.None, nested.Fault(access));

        for (int level = 1; level <= 4; level++)
        {
            ulong expected = EntryBits.Accessed | (dirty && level == 1 ? EntryBits.Dirty : 0);
            Assert.Equal(expected, nested.First[SpaceFixture.Input, level] & (EntryBits.Accessed | EntryBits.Dirty));
        }

        const ulong Both = EntryBits.SecondAccessed | EntryBits.SecondDirty;
        Assert.Equal(EntryBits.SecondAccessed | (dirty ? EntryBits.SecondDirty : 0), nested.Second[Page] & Both);
        Assert.All([Top, Upper, Last], table => Assert.Equal(Both, nested.Second[table] & Both));
    }

    [Theory]
    // SSADE, and the second-stage rights of the first stage's tables.
    [InlineData(false, 0b01, FaultReason.None)]
    [InlineData(false, 0b11, FaultReason.None)]
    [InlineData(false, 0b10, FaultReason.NestedTableReadDenied)]
    [InlineData(true, 0b01, FaultReason.NestedEntryWriteDenied)]
    [InlineData(true, 0b11, FaultReason.None)]
    [InlineData(true, 0b10, FaultReason.NestedTableReadDenied)]
    [Specification("3.8.1/2", "3.8.1/3")]
    public void With_SSADE_a_first_stage_table_must_be_writable(bool enabled, ulong rights, FaultReason expected)
    {
        using SpaceFixture nested = SpaceFixture.OfBothStages();
        nested.Fixture.SetPasid(SpaceFixture.Pasid, nested.Entry with { SecondStageAccessedDirtyEnable = enabled });
        Assert.Equal(FaultReason.None, nested.Fault(DmaAccess.Write));
        for (ulong table = Top; table <= Last; table += 4096)
            nested.Second[table] = nested.Second[table] & ~0b11UL | rights;
        nested.Fixture.EnableQueue();
        nested.Fixture.Submit(Descriptor.Domain(SpaceFixture.Domain));

        Assert.Equal(expected, nested.Fault(DmaAccess.Write));
    }

    [Fact]
    [Specification("3.8/1", "3.8/2")]
    public void Five_first_stage_levels_nest_like_four()
    {
        using SpaceFixture nested = SpaceFixture.OfBothStages(levels: 5);
        nested.Fixture.SetPasid(SpaceFixture.Pasid, nested.Entry with { FirstStagePagingMode = FirstStagePagingMode.FiveLevel });

        Assert.Equal(SpaceFixture.GuestPage + SpaceFixture.Offset, nested.Fixture.Output(DmaAccess.Read, SpaceFixture.Input, SpaceFixture.Prefix));
    }

    [Theory]
    // A nested entry is valid only if both stages are valid (otherwise 5Bh): AW and FSPM are both checked (VT-d 9.6).
    [InlineData(AddressWidth.Invalid, FirstStagePagingMode.FourLevel)]
    [InlineData((AddressWidth)4, FirstStagePagingMode.FourLevel)]
    [InlineData(AddressWidth.Bits48, (FirstStagePagingMode)2)]
    public void An_entry_with_an_unsupported_stage_is_invalid(AddressWidth width, FirstStagePagingMode mode)
    {
        using SpaceFixture nested = SpaceFixture.OfBothStages();
        nested.Fixture.SetPasid(SpaceFixture.Pasid, nested.Entry with { AddressWidth = width, FirstStagePagingMode = mode });

        Assert.Equal(FaultReason.PasidEntryInvalid, nested.Fault(DmaAccess.Read));
    }

    [Fact]
    public void Without_nesting_the_entry_is_invalid()
    {
        using SpaceFixture nested = SpaceFixture.OfBothStages(UnitFixture.With(ecap => ecap with { Nested = false }));

        Assert.Equal(FaultReason.PasidEntryInvalid, nested.Fault(DmaAccess.Read));
    }

    [Fact]
    public void Invalidation_of_one_page_removes_all_pieces_of_a_large_page()
    {
        using SpaceFixture nested = SpaceFixture.OfBothStages();
        nested.Fixture.EnableQueue();
        const ulong Guest = 0x80_0000;
        const ulong Base = SpaceFixture.Input & ~0x1F_FFFFUL;
        nested.First[SpaceFixture.Input, 2] = Guest | EntryBits.User | EntryBits.PageSize;
        for (ulong page = 0; page < 512; page++)
        {
            nested.MapGuest(Guest + page * 4096);
            nested.Fixture.Output(DmaAccess.Read, Base + page * 4096, SpaceFixture.Prefix);
        }

        nested.First[SpaceFixture.Input, 2] = 0;
        nested.Fixture.Submit(Descriptor.PasidPages(SpaceFixture.Domain, SpaceFixture.Pasid, Base + 77 * 4096));

        for (ulong page = 0; page < 512; page++)
            Assert.Equal(FaultReason.FirstStageEntryNotPresent, nested.Fault(DmaAccess.Read, Base + page * 4096));
    }

    [Theory]
    // An invalidation by domain removes nested translations of all pages (VT-d 6.5.2.3, Table 23).
    [InlineData(false)]
    [InlineData(true)]
    public void Nested_translations_are_invalidated_by_any_page_of_their_domain(bool byPage)
    {
        using SpaceFixture nested = SpaceFixture.OfBothStages();
        nested.Fixture.EnableQueue();
        Assert.Equal(FaultReason.None, nested.Fault(DmaAccess.Read));
        nested.Second[Page] = 0;
        Assert.Equal(FaultReason.None, nested.Fault(DmaAccess.Read));

        nested.Fixture.Submit(byPage ? Descriptor.Pages(SpaceFixture.Domain, Page) : Descriptor.Domain(SpaceFixture.Domain));

        Assert.Equal(FaultReason.SecondStageEntryNotPresent, nested.Fault(DmaAccess.Read));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [Specification("6.2.4/4")]
    public void A_translation_cached_by_a_read_needs_both_stages_for_a_write(bool first, bool second)
    {
        using SpaceFixture nested = SpaceFixture.OfBothStages();
        nested.First[SpaceFixture.Input] = SpaceFixture.GuestPage | (first ? EntryBits.User : EntryBits.User & ~2UL);
        nested.Second[SpaceFixture.GuestPage] = (SpaceFixture.GuestPage + SpaceFixture.Offset) | (second ? EntryBits.ReadWrite : 1);
        Assert.Equal(FaultReason.None, nested.Fault(DmaAccess.Read));

        Assert.Equal(FaultReason.ScalableWriteDenied, nested.Fault(DmaAccess.Write));
    }
}
