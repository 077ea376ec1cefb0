using CsCheck;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

public sealed class WalkPictureTests
{
    private const ulong ReservedBit = 1UL << 50;

    [Fact]
    public void A_read_through_the_first_stage_shows_every_entry_and_the_bits_it_sets() =>
        GoldenPicture.Equal("first-stage-read", Picture(new Pasid(1), DmaAccess.Read));

    [Fact]
    public void A_denied_write_shows_which_entry_lacks_the_right() =>
        GoldenPicture.Equal("first-stage-write-denied", Picture(new Pasid(1), DmaAccess.Write, bench => bench.Set(SeeingBench.Leaf, 0x5005)));

    [Fact]
    public void A_reserved_bit_is_named() =>
        GoldenPicture.Equal("first-stage-reserved", Picture(new Pasid(1), DmaAccess.Read, bench => bench.Set(SeeingBench.Leaf, ReservedBit | 0x5007)));

    [Fact]
    public void A_nested_write_shows_each_guest_address_on_its_way_through_the_second_stage() =>
        GoldenPicture.Equal("nested-write", Picture(new Pasid(2), DmaAccess.Write));

    [Fact]
    public void A_second_stage_that_forbids_the_accessed_bit_of_a_guests_table_is_found() =>
        GoldenPicture.Equal("nested-update-denied", Picture(new Pasid(2), DmaAccess.Read, bench => bench.Set(SeeingBench.SecondStageLeaf, 0b1000_0001)));

    [Fact]
    public void A_second_stage_that_cannot_be_read_shows_where_no_memory_is() =>
        GoldenPicture.Equal(
            "second-stage-missing", Picture(new Pasid(3), DmaAccess.Read, bench => bench.Set(SeeingBench.SecondStageTop, 0x2000_0003), address: 0x1_8000));

    [Fact]
    public void A_pasid_that_is_not_there_is_not_present() =>
        GoldenPicture.Equal("pasid-not-present", Picture(new Pasid(5), DmaAccess.Read));

    [Fact]
    public void Pass_through_ends_at_the_pasid_entry() =>
        GoldenPicture.Equal("pass-through", Picture(new Pasid(4), DmaAccess.Write));

    [Fact]
    public void A_walk_that_does_not_snoop_cannot_set_bits()
    {
        using SeeingBench bench = new(snoops: false);
        GoldenPicture.Equal("no-snoop", WalkPicture.Of(bench.Unit, SeeingBench.Request(new Pasid(1), DmaAccess.Read)).ToString());
    }

    [Fact]
    public void A_translation_request_is_answered_with_the_rights_there_are()
    {
        using SeeingBench bench = new();
        bench.Set(SeeingBench.Leaf, 0x5005);
        TranslationRequest request = new(SeeingBench.Device, SeeingBench.Input, 1, NoWrite: false, new PasidPrefix(new Pasid(1)));
        GoldenPicture.Equal("translation-request", WalkPicture.Of(bench.Unit, request).ToString());
    }

    [Fact]
    public void Caches_are_shown_as_empty_fresh_and_stale()
    {
        using SeeingBench bench = new();
        DmaRequest request = SeeingBench.Request(new Pasid(1), DmaAccess.Read);
        string empty = WalkPicture.WithCaches(bench.Unit, request).ToString();
        Assert.Equal(FaultReason.None, bench.Send(request, out _));
        string fresh = WalkPicture.WithCaches(bench.Unit, request).ToString();
        bench.Set(SeeingBench.Leaf, 0x6007);
        bench.Set(SeeingBench.Context, bench.Get(SeeingBench.Context) & ~0b0_0100UL);
        string stale = WalkPicture.WithCaches(bench.Unit, request).ToString();
        GoldenPicture.Equal("caches", $"{empty}\n{fresh}\n{stale}");
    }

    [Fact]
    public void Taking_a_picture_changes_nothing_and_tells_nobody()
    {
        using SeeingBench bench = new();
        bench.Unit.BeforeTableAccess = _ => Assert.Fail("The unit accessed a table.");
        foreach (DmaRequest request in new[] { SeeingBench.Request(new Pasid(1), DmaAccess.Write), SeeingBench.Request(new Pasid(2), DmaAccess.Write), SeeingBench.Request(new Pasid(5), DmaAccess.Read) })
            WalkPicture.WithCaches(bench.Unit, request);

        Assert.Equal(0x5007UL, bench.Get(SeeingBench.Leaf));
        Assert.Equal(0, bench.Unit.Parts.Caches.Iotlb.Count + bench.Unit.Parts.Caches.Contexts.Count + bench.Unit.Parts.Caches.Pasids.Count);
        Assert.Equal(0u, bench.Unit.Registers.Read32(RegisterOffsets.FaultStatus));
        Assert.Empty(bench.Events);
    }

    [Fact]
    public void The_picture_says_what_the_unit_does_next()
    {
        Gen<ulong> bits = OneOf<ulong>(0x5007UL, 0x5005, 0x5003, 0x5006, 0x5067, ReservedBit | 0x5007, 0x7FFF_F007, 0xFEE0_0007, 0x30_0007);
        Gen<ulong> second = OneOf<ulong>(0x83UL, 0x81, 0x82, 0x80, 0x883, 0x383, 0x40_0083, 0x100_0083);
        Gen.Select(bits, second, Gen.UInt[1, 5], OneOf(DmaAccess.Read, DmaAccess.Write), Gen.Bool, OneOf<ulong>(SeeingBench.Input, 0x1_8000, 1UL << 47))
            .Sample((leaf, secondLeaf, pasid, access, snoops, address) =>
            {
                using SeeingBench bench = new(snoops);
                bench.Set(SeeingBench.Leaf, leaf);
                bench.Set(SeeingBench.SecondStageLeaf, secondLeaf);
                DmaRequest request = SeeingBench.Request(new Pasid(pasid), access, address);

                WalkPicture picture = WalkPicture.Of(bench.Unit, request);
                FaultReason reason = bench.Send(request, out bool done);

                Assert.Equal(reason, picture.Reason);
                Assert.True(picture.IsRefused || done || !bench.Memory.TryReadUInt64(picture.Address & ~7UL, out _), picture.ToString());
            }, iter: 2000, threads: 1);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static string Picture(Pasid pasid, DmaAccess access, Action<SeeingBench>? change = null, ulong address = SeeingBench.Input)
    {
        using SeeingBench bench = new();
        change?.Invoke(bench);
        return WalkPicture.Of(bench.Unit, SeeingBench.Request(pasid, access, address)).ToString();
    }
}
