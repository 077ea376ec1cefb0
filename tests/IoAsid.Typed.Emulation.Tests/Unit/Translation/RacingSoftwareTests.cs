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
        using SpaceBench space = Of(grant);
        ulong place = space.Tables.PlaceOf(SpaceBench.Input, level);
        OnUpdateOf(space, place, () => space.Bench.Set(place, 0));

        FaultReason expected = grant == PasidGrantType.FirstStage ? FaultReason.FirstStageEntryNotPresent : FaultReason.SecondStageEntryNotPresent;
        Assert.Equal(expected, space.Fault(DmaAccess.Write));
        Assert.Equal(0UL, space.Bench.Word(place));
    }

    [Theory]
    [MemberData(nameof(EveryEntry))]
    public void An_entry_changed_before_its_update_is_followed_to_the_new_page(PasidGrantType grant, int level)
    {
        using SpaceBench space = Of(grant);
        ulong place = space.Tables.PlaceOf(SpaceBench.Input, level);
        ulong link = grant == PasidGrantType.FirstStage ? PageTables.User : PageTables.ReadWrite;
        PageTables other = new(space.Bench.Memory, 0x40_0000, 4, link) { [SpaceBench.Input] = 0x66_0000 | link };
        OnUpdateOf(space, place, () => space.Bench.Set(place, other[SpaceBench.Input, level]));

        Assert.Equal(0x66_0000UL, space.Output(DmaAccess.Write));
    }

    [Theory]
    [InlineData(PasidGrantType.FirstStage)]
    [InlineData(PasidGrantType.SecondStage)]
    public void A_page_made_read_only_before_its_update_stays_clean(PasidGrantType grant)
    {
        using SpaceBench space = Of(grant);
        ulong place = space.Tables.PlaceOf(SpaceBench.Input);
        ulong readOnly = SpaceBench.Page | (grant == PasidGrantType.FirstStage ? 0b101UL : 0b01);
        OnUpdateOf(space, place, () => space.Bench.Set(place, readOnly));

        Assert.Equal(FaultReason.ScalableWriteDenied, space.Fault(DmaAccess.Write));
        Assert.Equal(readOnly, space.Bench.Word(place));
    }

    [Theory]
    [InlineData(PasidGrantType.FirstStage, FaultReason.FirstStageUpdateFailed)]
    [InlineData(PasidGrantType.SecondStage, FaultReason.SecondStageUpdateFailed)]
    public void Endless_changes_of_an_entry_end_in_a_fault(PasidGrantType grant, FaultReason expected)
    {
        using SpaceBench space = Of(grant);
        ulong place = space.Tables.PlaceOf(SpaceBench.Input);
        // Bits 62:52 and 61:52 are ignored by the unit, but a change of them fails the compare-exchange.
        space.Bench.Unit.BeforeTableAccess = access =>
        {
            if (access.IsUpdate && access.Address == place)
                space.Bench.Set(place, space.Bench.Word(place) ^ 1UL << 52);
        };

        Assert.Equal(expected, space.Fault(DmaAccess.Write));
    }

    [Fact]
    public void A_nested_first_stage_entry_removed_before_its_update_stays_removed()
    {
        using NestedBench nested = new();
        ulong place = nested.First.PlaceOf(NestedBench.Input);
        bool done = false;
        nested.Bench.Unit.BeforeTableAccess = access =>
        {
            if (!access.IsUpdate || access.Address != place || done)
                return;
            done = true;
            nested.Bench.Set(place, 0);
        };

        Assert.Equal(FaultReason.FirstStageEntryNotPresent, nested.Fault(DmaAccess.Write));
        Assert.Equal(0UL, nested.Bench.Word(place));
    }

    private static SpaceBench Of(PasidGrantType grant) => grant == PasidGrantType.FirstStage
        ? SpaceBench.OfFirstStage()
        : SpaceBench.OfSecondStage(change: entry => entry with { SecondStageAccessedDirtyEnable = true, PageWalkSnoop = true });

    private static void OnUpdateOf(SpaceBench space, ulong place, Action change)
    {
        bool done = false;
        space.Bench.Unit.BeforeTableAccess = access =>
        {
            if (!access.IsUpdate || access.Address != place || done)
                return;
            done = true;
            change();
        };
    }
}
