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
        GoldenPicture.Equal("first-stage-write-denied", Picture(new Pasid(1), DmaAccess.Write, fixture => fixture.Set(DiagnosticsFixture.Leaf, 0x5005)));

    [Fact]
    public void A_reserved_bit_is_named() =>
        GoldenPicture.Equal("first-stage-reserved", Picture(new Pasid(1), DmaAccess.Read, fixture => fixture.Set(DiagnosticsFixture.Leaf, ReservedBit | 0x5007)));

    [Fact]
    public void Nested_write_shows_the_second_stage_walk_of_each_guest_address() =>
        GoldenPicture.Equal("nested-write", Picture(new Pasid(2), DmaAccess.Write));

    [Fact]
    public void Denied_update_of_a_guest_table_shows_the_second_stage_entry() =>
        GoldenPicture.Equal("nested-update-denied", Picture(new Pasid(2), DmaAccess.Read, fixture => fixture.Set(DiagnosticsFixture.SecondStageLeaf, 0b1000_0001)));

    [Fact]
    public void Table_outside_of_memory_is_shown() =>
        GoldenPicture.Equal(
            "second-stage-missing", Picture(new Pasid(3), DmaAccess.Read, fixture => fixture.Set(DiagnosticsFixture.SecondStageTop, 0x2000_0003), address: 0x1_8000));

    [Fact]
    public void Absent_PASID_entry_is_shown_as_not_present() =>
        GoldenPicture.Equal("pasid-not-present", Picture(new Pasid(5), DmaAccess.Read));

    [Fact]
    public void Pass_through_ends_at_the_PASID_entry() =>
        GoldenPicture.Equal("pass-through", Picture(new Pasid(4), DmaAccess.Write));

    [Fact]
    public void Walk_of_legacy_mode_shows_root_and_context_entry()
    {
        using UnitFixture bench = UnitFixture.InLegacyMode(0x20_0000);
        string picture = WalkPicture.Of(bench.Unit, new DmaRequest(UnitFixture.Device, 0x1000, DmaAccess.Read)).ToString();

        Assert.Contains("root entry", picture, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("context entry", picture, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_walk_that_does_not_snoop_cannot_set_bits()
    {
        using DiagnosticsFixture fixture = new(snoops: false);
        GoldenPicture.Equal("no-snoop", WalkPicture.Of(fixture.Unit, DiagnosticsFixture.Request(new Pasid(1), DmaAccess.Read)).ToString());
    }

    [Fact]
    public void Translation_request_shows_the_present_rights()
    {
        using DiagnosticsFixture fixture = new();
        fixture.Set(DiagnosticsFixture.Leaf, 0x5005);
        TranslationRequest request = new(DiagnosticsFixture.Device, DiagnosticsFixture.Input, 1, NoWrite: false, new PasidPrefix(new Pasid(1)));
        GoldenPicture.Equal("translation-request", WalkPicture.Of(fixture.Unit, request).ToString());
    }

    [Fact]
    public void Caches_are_shown_as_empty_fresh_and_stale()
    {
        using DiagnosticsFixture fixture = new();
        DmaRequest request = DiagnosticsFixture.Request(new Pasid(1), DmaAccess.Read);
        string empty = WalkPicture.WithCaches(fixture.Unit, request).ToString();
        Assert.Equal(FaultReason.None, fixture.Send(request, out _));
        string fresh = WalkPicture.WithCaches(fixture.Unit, request).ToString();
        fixture.Set(DiagnosticsFixture.Leaf, 0x6007);
        fixture.Set(DiagnosticsFixture.Context, fixture.Get(DiagnosticsFixture.Context) & ~0b0_0100UL);
        string stale = WalkPicture.WithCaches(fixture.Unit, request).ToString();
        GoldenPicture.Equal("caches", $"{empty}\n{fresh}\n{stale}");
    }

    [Fact]
    public void Picture_changes_nothing_and_notifies_no_observer()
    {
        using DiagnosticsFixture fixture = new();
        using IDisposable accesses = UnitCallbacks.OnTableAccess(fixture.Unit, _ => Assert.Fail("The unit accessed a table."));
        foreach (DmaRequest request in new[] { DiagnosticsFixture.Request(new Pasid(1), DmaAccess.Write), DiagnosticsFixture.Request(new Pasid(2), DmaAccess.Write), DiagnosticsFixture.Request(new Pasid(5), DmaAccess.Read) })
            WalkPicture.WithCaches(fixture.Unit, request);

        Assert.Equal(0x5007UL, fixture.Get(DiagnosticsFixture.Leaf));
        Assert.Equal(0, fixture.Unit.Parts.Caches.Iotlb.Count + fixture.Unit.Parts.Caches.Contexts.Count + fixture.Unit.Parts.Caches.Pasids.Count);
        Assert.Equal(0u, fixture.Unit.Registers.Read32(RegisterOffsets.FaultStatus));
        Assert.Empty(fixture.Events);
    }

    [Fact]
    public void Picture_predicts_the_result_of_the_unit()
    {
        Gen<ulong> bits = OneOf<ulong>(0x5007UL, 0x5005, 0x5003, 0x5006, 0x5067, ReservedBit | 0x5007, 0x7FFF_F007, 0xFEE0_0007, 0x30_0007);
        Gen<ulong> second = OneOf<ulong>(0x83UL, 0x81, 0x82, 0x80, 0x883, 0x383, 0x40_0083, 0x100_0083);
        Gen.Select(bits, second, Gen.UInt[1, 5], OneOf(DmaAccess.Read, DmaAccess.Write), Gen.Bool, OneOf<ulong>(DiagnosticsFixture.Input, 0x1_8000, 1UL << 47))
            .Sample((leaf, secondLeaf, pasid, access, snoops, address) =>
            {
                using DiagnosticsFixture fixture = new(snoops);
                fixture.Set(DiagnosticsFixture.Leaf, leaf);
                fixture.Set(DiagnosticsFixture.SecondStageLeaf, secondLeaf);
                DmaRequest request = DiagnosticsFixture.Request(new Pasid(pasid), access, address);

                WalkPicture picture = WalkPicture.Of(fixture.Unit, request);
                FaultReason reason = fixture.Send(request, out bool done);

                Assert.Equal(reason, picture.Reason);
                Assert.True(picture.IsBlocked || done || !fixture.Memory.TryReadUInt64(picture.Address & ~7UL, out _), picture.ToString());
            }, iter: 2000, threads: 1);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static string Picture(Pasid pasid, DmaAccess access, Action<DiagnosticsFixture>? change = null, ulong address = DiagnosticsFixture.Input)
    {
        using DiagnosticsFixture fixture = new();
        change?.Invoke(fixture);
        return WalkPicture.Of(fixture.Unit, DiagnosticsFixture.Request(pasid, access, address)).ToString();
    }
}
