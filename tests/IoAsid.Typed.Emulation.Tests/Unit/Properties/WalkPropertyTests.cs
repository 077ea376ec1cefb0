using CsCheck;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>A translation agrees with the model of the walk, also with flipped bits in the entries.</summary>
public sealed class WalkPropertyTests
{
    private static readonly Gen<(int Level, int Bit)[]> Flips = Gen.Select(Gen.Int[1, 5], Gen.Frequency((3, Gen.Int[0, 11]), (2, Gen.Int[12, 63]))).Array[0, 3];

    [Fact]
    public void First_stage_walks_agree_with_the_model() => Gen.Select(Flips, Gen.Int[4, 5], Gen.Int[1, 3], Gen.ULong, Gen.Bool).Sample((flips, levels, leaf, address, write) =>
    {
        ulong input = Canonical(address, levels);
        using SpaceFixture space = SpaceFixture.OfFirstStage(levels: levels);
        space.Tables[input, leaf] = 0x8000_0000 | EntryBits.User | (leaf > 1 ? EntryBits.PageSize : 0);
        Flip(space.Fixture, space.Tables, input, leaf, levels, flips);

        (FaultReason, ulong) expected = new WalkModel(space.Fixture.Memory).First(space.Tables.Top, levels, null, input, write);
        return expected == Translate(space.Fixture, write, input, SpaceFixture.Prefix);
    }, iter: 2_000);

    [Fact]
    public void Second_stage_walks_agree_with_the_model() => Gen.Select(Flips, Gen.Int[1, 3], Gen.ULong, Gen.Bool).Sample((flips, leaf, address, write) =>
    {
        ulong input = address & 0xFFFF_FFFF_FFFF;
        using SpaceFixture space = SpaceFixture.OfSecondStage();
        space.Tables[input, leaf] = 0x8000_0000 | EntryBits.ReadWrite | (leaf > 1 ? EntryBits.PageSize : 0);
        Flip(space.Fixture, space.Tables, input, leaf, 4, flips);

        (FaultReason fault, ulong output) = new WalkModel(space.Fixture.Memory).Second(space.Tables.Top, input, !write, write);
        return (fault, fault == FaultReason.None ? output : 0) == Translate(space.Fixture, write, input, SpaceFixture.Prefix);
    }, iter: 2_000);

    [Fact]
    public void Nested_walks_agree_with_the_model() => Gen.Select(Flips, Flips, Gen.Int[0, 4], Gen.Int[4, 5], Gen.Bool).Sample((flips, secondFlips, table, levels, write) =>
    {
        using SpaceFixture nested = SpaceFixture.OfBothStages(levels: levels);
        nested.Fixture.SetPasid(SpaceFixture.Pasid, nested.Entry with
        {
            FirstStagePagingMode = levels == 5 ? FirstStagePagingMode.FiveLevel : FirstStagePagingMode.FourLevel,
            SecondStageAccessedDirtyEnable = false,
        });
        // The second-stage entry is of a guest's table, or of the page itself.
        ulong guest = table == 4 ? SpaceFixture.GuestPage : SpaceFixture.GuestTables + (ulong)table * 4096;
        Flip(nested.Fixture, nested.First, SpaceFixture.Input, 1, levels, flips);
        Flip(nested.Fixture, nested.Second, guest, 1, 4, secondFlips);

        (FaultReason, ulong) expected = new WalkModel(nested.Fixture.Memory).First(nested.First.Top, levels, nested.Second.Top, SpaceFixture.Input, write);
        return expected == Translate(nested.Fixture, write, SpaceFixture.Input, SpaceFixture.Prefix);
    }, iter: 2_000);

    private static (FaultReason, ulong) Translate(UnitFixture fixture, bool write, ulong input, PasidPrefix prefix)
    {
        Translation translation = fixture.Translate(write ? DmaAccess.Write : DmaAccess.Read, input, prefix);
        return (translation.Reason, translation.Address);
    }

    // All positions are found before the first bit is flipped, because a flipped bit can change the path.
    private static void Flip(UnitFixture fixture, PageTables tables, ulong input, int leaf, int levels, (int Level, int Bit)[] flips)
    {
        ulong[] places = [.. flips.Select(flip => tables.PlaceOf(input, Math.Clamp(flip.Level, leaf, levels)))];
        foreach ((ulong place, (_, int bit)) in places.Zip(flips))
            fixture.Set(place, fixture.Word(place) ^ 1UL << bit);
    }

    private static ulong Canonical(ulong address, int levels)
    {
        int unused = 64 - (12 + 9 * levels);
        return (ulong)((long)(address << unused) >> unused);
    }
}
