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
        using SpaceBench space = SpaceBench.OfFirstStage(levels: levels);
        space.Tables[input, leaf] = 0x8000_0000 | PageTables.User | (leaf > 1 ? PageTables.PageSize : 0);
        Flip(space.Bench, space.Tables, input, leaf, levels, flips);

        (FaultReason, ulong) expected = new WalkModel(space.Bench.Memory).First(space.Tables.Top, levels, null, input, write);
        return expected == Translate(space.Bench, write, input, SpaceBench.Prefix);
    }, iter: 2_000);

    [Fact]
    public void Second_stage_walks_agree_with_the_model() => Gen.Select(Flips, Gen.Int[1, 3], Gen.ULong, Gen.Bool).Sample((flips, leaf, address, write) =>
    {
        ulong input = address & 0xFFFF_FFFF_FFFF;
        using SpaceBench space = SpaceBench.OfSecondStage();
        space.Tables[input, leaf] = 0x8000_0000 | PageTables.ReadWrite | (leaf > 1 ? PageTables.PageSize : 0);
        Flip(space.Bench, space.Tables, input, leaf, 4, flips);

        (FaultReason fault, ulong output) = new WalkModel(space.Bench.Memory).Second(space.Tables.Top, input, !write, write);
        return (fault, fault == FaultReason.None ? output : 0) == Translate(space.Bench, write, input, SpaceBench.Prefix);
    }, iter: 2_000);

    [Fact]
    public void Nested_walks_agree_with_the_model() => Gen.Select(Flips, Flips, Gen.Int[0, 4], Gen.Int[4, 5], Gen.Bool).Sample((flips, secondFlips, table, levels, write) =>
    {
        using NestedBench nested = new(levels: levels);
        nested.Bench.SetPasid(NestedBench.Pasid, nested.Entry with
        {
            FirstStagePagingMode = levels == 5 ? FirstStagePagingMode.FiveLevel : FirstStagePagingMode.FourLevel,
            SecondStageAccessedDirtyEnable = false,
        });
        // The second-stage entry is of a guest's table, or of the page itself.
        ulong guest = table == 4 ? NestedBench.GuestPage : NestedBench.GuestTables + (ulong)table * 4096;
        Flip(nested.Bench, nested.First, NestedBench.Input, 1, levels, flips);
        Flip(nested.Bench, nested.Second, guest, 1, 4, secondFlips);

        (FaultReason, ulong) expected = new WalkModel(nested.Bench.Memory).First(nested.First.Top, levels, nested.Second.Top, NestedBench.Input, write);
        return expected == Translate(nested.Bench, write, NestedBench.Input, NestedBench.Prefix);
    }, iter: 2_000);

    private static (FaultReason, ulong) Translate(UnitBench bench, bool write, ulong input, PasidPrefix prefix)
    {
        Translation translation = bench.Translate(write ? DmaAccess.Write : DmaAccess.Read, input, prefix);
        return (translation.Reason, translation.Address);
    }

    // All positions are found before the first bit is flipped, because a flipped bit can change the path.
    private static void Flip(UnitBench bench, PageTables tables, ulong input, int leaf, int levels, (int Level, int Bit)[] flips)
    {
        ulong[] places = [.. flips.Select(flip => tables.PlaceOf(input, Math.Clamp(flip.Level, leaf, levels)))];
        foreach ((ulong place, (_, int bit)) in places.Zip(flips))
            bench.Set(place, bench.Word(place) ^ 1UL << bit);
    }

    private static ulong Canonical(ulong address, int levels)
    {
        int unused = 64 - (12 + 9 * levels);
        return (ulong)((long)(address << unused) >> unused);
    }
}
