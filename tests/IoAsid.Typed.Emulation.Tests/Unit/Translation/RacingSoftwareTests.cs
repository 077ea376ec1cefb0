using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// Accessed and dirty bits are set by a compare-exchange "that validates again on a race, and may only change bits already walked and validated"
/// (VT-d 3.6.2). Here software changes the tables directly before the compare-exchange.
/// </summary>
public sealed class RacingSoftwareTests
{
    public static TheoryData<PasidGrantType, int> EveryEntry
    {
        get
        {
            TheoryData<PasidGrantType, int> data = [];
            foreach (PasidGrantType grant in (PasidGrantType[])[PasidGrantType.FirstStage, PasidGrantType.SecondStage])
            {
                for (int level = 1; level <= 4; level++)
                    data.Add(grant, level);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EveryEntry))]
    public void An_entry_removed_before_its_update_stays_removed(PasidGrantType grant, int level)
    {
        using SpaceFixture space = Of(grant);
        ulong place = space.Tables.PlaceOf(SpaceFixture.Input, level);
        OnUpdateOf(space, place, () => space.Fixture.Set(place, 0));

        FaultReason expected = grant == PasidGrantType.FirstStage ? FaultReason.FirstStageEntryNotPresent : FaultReason.SecondStageEntryNotPresent;
        Assert.Equal(expected, space.Fault(DmaAccess.Write));
        Assert.Equal(0UL, space.Fixture.Word(place));
    }

    [Theory]
    [MemberData(nameof(EveryEntry))]
    public void An_entry_changed_before_its_update_is_followed_to_the_new_page(PasidGrantType grant, int level)
    {
        using SpaceFixture space = Of(grant);
        ulong place = space.Tables.PlaceOf(SpaceFixture.Input, level);
        ulong link = grant == PasidGrantType.FirstStage ? EntryBits.User : EntryBits.ReadWrite;
        PageTables other = new(new TablePages(space.Fixture.Memory, 0x40_0000), 4, link) { [SpaceFixture.Input] = 0x66_0000 | link };
        OnUpdateOf(space, place, () => space.Fixture.Set(place, other[SpaceFixture.Input, level]));

        Assert.Equal(0x66_0000UL, space.Output(DmaAccess.Write));
    }

    [Theory]
    [InlineData(PasidGrantType.FirstStage)]
    [InlineData(PasidGrantType.SecondStage)]
    public void A_page_made_read_only_before_its_update_stays_clean(PasidGrantType grant)
    {
        using SpaceFixture space = Of(grant);
        ulong place = space.Tables.PlaceOf(SpaceFixture.Input);
        ulong readOnly = SpaceFixture.Page | (grant == PasidGrantType.FirstStage ? 0b101UL : 0b01);
        OnUpdateOf(space, place, () => space.Fixture.Set(place, readOnly));

        Assert.Equal(FaultReason.ScalableWriteDenied, space.Fault(DmaAccess.Write));
        Assert.Equal(readOnly, space.Fixture.Word(place));
    }

    [Theory]
    [InlineData(PasidGrantType.FirstStage, FaultReason.FirstStageUpdateFailed)]
    [InlineData(PasidGrantType.SecondStage, FaultReason.SecondStageUpdateFailed)]
    public void Endless_changes_of_an_entry_end_in_a_fault(PasidGrantType grant, FaultReason expected)
    {
        using SpaceFixture space = Of(grant);
        ulong place = space.Tables.PlaceOf(SpaceFixture.Input);
        // Bits 62:52 and 61:52 are ignored by the unit, but a change of them fails the compare-exchange.
        space.Fixture.OnTableAccess(access =>
        {
            if (access.IsUpdate && access.Address == place)
                space.Fixture.Set(place, space.Fixture.Word(place) ^ 1UL << 52);
        });

        Assert.Equal(expected, space.Fault(DmaAccess.Write));
    }

    [Fact]
    public void A_nested_first_stage_entry_removed_before_its_update_stays_removed()
    {
        using SpaceFixture nested = SpaceFixture.OfBothStages();
        ulong place = nested.First.PlaceOf(SpaceFixture.Input);
        bool done = false;
        nested.Fixture.OnTableAccess(access =>
        {
            if (!access.IsUpdate || access.Address != place || done)
                return;
            done = true;
            nested.Fixture.Set(place, 0);
        });

        Assert.Equal(FaultReason.FirstStageEntryNotPresent, nested.Fault(DmaAccess.Write));
        Assert.Equal(0UL, nested.Fixture.Word(place));
    }

    private static SpaceFixture Of(PasidGrantType grant) => grant == PasidGrantType.FirstStage
        ? SpaceFixture.OfFirstStage()
        : SpaceFixture.OfSecondStage(change: entry => entry with { SecondStageAccessedDirtyEnable = true, PageWalkSnoop = true });

    private static void OnUpdateOf(SpaceFixture space, ulong place, Action change)
    {
        bool done = false;
        space.Fixture.OnTableAccess(access =>
        {
            if (!access.IsUpdate || access.Address != place || done)
                return;
            done = true;
            change();
        });
    }
}
