using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The second stage alone (VT-d 3.7): widths, rights, accessed and dirty bits with SSADE.</summary>
public sealed class SecondStageTests
{
    [Theory]
    // The input must be below 2^min(AW, MGAW) (VT-d 3.7), otherwise the fault is 84h. AW 1, 2, 3 are 39, 48, 57 bits.
    [InlineData(3, 57, 0x7F_FFFF_F000, true)]
    [InlineData(3, 57, 0x80_0000_0000, false)]
    [InlineData(4, 57, 0xFFFF_FFFF_F000, true)]
    [InlineData(4, 57, 0x1_0000_0000_0000, false)]
    [InlineData(5, 57, 0x1FF_FFFF_FFFF_F000, true)]
    [InlineData(5, 57, 0x200_0000_0000_0000, false)]
    [InlineData(5, 52, 0xF_FFFF_FFFF_F000, true)]
    [InlineData(5, 52, 0x10_0000_0000_0000, false)]
    [InlineData(4, 57, 0xFFFF_8000_0000_0000, false)]
    [InlineData(5, 57, 0xFFFF_FFFF_FFFF_F000, false)]
    [Specification("3.7/1", "9.6/4")]
    public void Addresses_beyond_the_width_are_refused(int levels, int guestWidth, ulong input, bool within)
    {
        UnitOptions options = UnitFixture.With(cap => cap with { MaximumGuestAddressWidth = (byte)(guestWidth - 1) });
        using SpaceFixture space = SpaceFixture.OfSecondStage(options, levels);
        space.Tables[input] = 0x60_0000 | EntryBits.ReadWrite;

        if (within)
            Assert.Equal(0x60_0FFFUL, space.Output(DmaAccess.Read, input | 0xFFF));
        else
            Assert.Equal(FaultReason.SecondStageAddressBeyondWidth, space.Fault(DmaAccess.Read, input));
    }

    [Theory]
    // 79h: R and W are both clear, in an entry or in the AND of all entries. 85h and 86h: only the needed right is missing (VT-d 7.1.3, SSS.2).
    [InlineData(0b11, 0b11, DmaAccess.Atomic, FaultReason.None)]
    [InlineData(0b11, 0b01, DmaAccess.Write, FaultReason.ScalableWriteDenied)]
    [InlineData(0b11, 0b01, DmaAccess.Atomic, FaultReason.ScalableWriteDenied)]
    [InlineData(0b11, 0b10, DmaAccess.Read, FaultReason.ScalableReadDenied)]
    [InlineData(0b11, 0b10, DmaAccess.Atomic, FaultReason.ScalableReadDenied)]
    [InlineData(0b11, 0b00, DmaAccess.Read, FaultReason.SecondStageEntryNotPresent)]
    [InlineData(0b01, 0b10, DmaAccess.Read, FaultReason.SecondStageEntryNotPresent)]
    [InlineData(0b10, 0b11, DmaAccess.Read, FaultReason.ScalableReadDenied)]
    // A zero-length read needs a present page and no right (CAP.ZLR).
    [InlineData(0b11, 0b10, DmaAccess.ZeroLengthRead, FaultReason.None)]
    [InlineData(0b11, 0b00, DmaAccess.ZeroLengthRead, FaultReason.SecondStageEntryNotPresent)]
    [Specification("3.7.1/1", "3.7.1/2", "3.7.1/3", "6.2.4/3", "7.1.3/15")]
    public void Rights_are_those_of_all_levels(ulong upper, ulong leaf, DmaAccess access, FaultReason expected)
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage(levels: 5);
        space.Tables[SpaceFixture.Input] = SpaceFixture.Page | leaf;
        space.Tables[SpaceFixture.Input, 3] = space.Tables[SpaceFixture.Input, 3] & ~0b11UL | upper;

        Assert.Equal(expected, space.Fault(access));
    }

    [Theory]
    // Without CAP.ZLR a zero-length read needs the read right.
    [InlineData(true)]
    [InlineData(false)]
    [Specification("3.14/1", "3.14/2")]
    public void A_zero_length_read_of_a_write_only_page_needs_ZLR(bool zeroLengthRead)
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage(UnitFixture.With(cap => cap with { ZeroLengthRead = zeroLengthRead }));
        space.Tables[SpaceFixture.Input] = SpaceFixture.Page | 0b10;

        DmaRequest request = new(UnitFixture.Device, SpaceFixture.Input, DmaAccess.Read, SpaceFixture.Prefix);
        Assert.Equal(zeroLengthRead ? CompletionStatus.Success : CompletionStatus.UnsupportedRequest, space.Fixture.Unit.Read(request, []));
    }

    [Theory]
    [InlineData(DmaAccess.Read, EntryBits.SecondAccessed)]
    [InlineData(DmaAccess.Write, EntryBits.SecondAccessed | EntryBits.SecondDirty)]
    [InlineData(DmaAccess.Atomic, EntryBits.SecondAccessed | EntryBits.SecondDirty)]
    [Specification("3.7.2/1", "3.7.2/2", "6.2.4.1/3")]
    public void With_SSADE_accessed_and_dirty_bits_are_set(DmaAccess access, ulong leaf)
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage(levels: 5, change: Updating);

        Assert.Equal(FaultReason.None, space.Fault(access));

        Assert.Equal(SpaceFixture.Page | EntryBits.ReadWrite | leaf, space.Tables[SpaceFixture.Input]);
        Assert.All([2, 3, 4, 5], level => Assert.Equal(EntryBits.SecondAccessed, space.Tables[SpaceFixture.Input, level] & (EntryBits.SecondAccessed | EntryBits.SecondDirty)));
    }

    [Fact]
    [Specification("3.7.2/3")]
    public void Without_SSADE_nothing_is_set()
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage();

        Assert.Equal(FaultReason.None, space.Fault(DmaAccess.Write));
        Assert.All([1, 2, 3, 4], level => Assert.Equal(EntryBits.ReadWrite, space.Tables[SpaceFixture.Input, level] & 0xFFF));
    }

    [Theory]
    // 7Ch of the second stage corresponds to 90h of the first (VT-d 7.1.3).
    [InlineData(0UL, DmaAccess.Read, FaultReason.SecondStageUpdateNoSnoop)]
    [InlineData(EntryBits.SecondAccessed, DmaAccess.Read, FaultReason.None)]
    [InlineData(EntryBits.SecondAccessed, DmaAccess.Write, FaultReason.SecondStageUpdateNoSnoop)]
    [InlineData(EntryBits.SecondAccessed | EntryBits.SecondDirty, DmaAccess.Write, FaultReason.None)]
    [Specification("3.10/1")]
    public void A_walk_that_does_not_snoop_cannot_set_bits(ulong set, DmaAccess access, FaultReason expected)
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage(change: entry => Updating(entry) with { PageWalkSnoop = false });
        for (int level = 1; level <= 4; level++)
            space.Tables[SpaceFixture.Input, level] |= level == 1 ? set : EntryBits.SecondAccessed;

        Assert.Equal(expected, space.Fault(access));
        Assert.Equal(SpaceFixture.Page | EntryBits.ReadWrite | set, space.Tables[SpaceFixture.Input]);
    }

    [Fact]
    public void SSADE_without_the_capability_is_a_reserved_bit()
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage(UnitFixture.With(ecap => ecap with { SecondStageAccessedDirty = false }), change: Updating);

        Assert.Equal(FaultReason.PasidEntryReserved, space.Fault(DmaAccess.Read));
    }

    [Fact]
    public void A_write_after_a_cached_read_sets_the_dirty_bit()
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage(change: Updating);
        space.Output(DmaAccess.Read);
        space.Output(DmaAccess.Write);

        Assert.NotEqual(0UL, space.Tables[SpaceFixture.Input] & EntryBits.SecondDirty);
    }

    [Fact]
    public void Atomic_operations_change_memory_where_the_page_is()
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage();
        space.Fixture.Set(SpaceFixture.Page + 8, 40);
        DmaRequest request = new(UnitFixture.Device, SpaceFixture.Input + 8, DmaAccess.Atomic, SpaceFixture.Prefix);

        Assert.Equal(CompletionStatus.Success, space.Fixture.Unit.Atomic(request, AtomicOperation.FetchAdd, 8, 2, 0, out ulong previous));
        Assert.Equal((40UL, 42UL), (previous, space.Fixture.Word(SpaceFixture.Page + 8)));

        Assert.Equal(CompletionStatus.Success, space.Fixture.Unit.Atomic(request, AtomicOperation.CompareAndSwap, 4, 7, 41, out previous));
        Assert.Equal((42UL, 42UL), (previous, space.Fixture.Word(SpaceFixture.Page + 8)));

        space.Tables[SpaceFixture.Input] = 0;
        space.Fixture.EnableQueue();
        space.Fixture.Submit(Descriptor.Domain(SpaceFixture.Domain));
        Assert.Equal(CompletionStatus.UnsupportedRequest, space.Fixture.Unit.Atomic(request, AtomicOperation.Swap, 8, 1, 0, out _));
        Assert.Equal(42UL, space.Fixture.Word(SpaceFixture.Page + 8));

        // T1 and T2 are both set for an AtomicOp (VT-d 11.4.7.6).
        Assert.Equal((FaultRequestType.AtomicOperation, FaultReason.SecondStageEntryNotPresent), (space.Fixture.Record(0).RequestType, space.Fixture.Record(0).Reason));
    }

    [Theory]
    [InlineData("", 1, FaultReason.None)]
    [InlineData("", 2, FaultReason.None)]
    [InlineData("", 3, FaultReason.None)]
    [InlineData("SSLPS 1 GiB", 2, FaultReason.None)]
    [InlineData("SSLPS 1 GiB", 3, FaultReason.SecondStageEntryReserved)]
    [InlineData("SSLPS", 2, FaultReason.SecondStageEntryReserved)]
    [Specification("3.7/3")]
    public void Pages_have_the_sizes_that_SSLPS_allows(string lacking, int level, FaultReason expected)
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage(Lacking.Capability(lacking));
        ulong last = (1UL << 3 + 9 * level) - 8;
        space.Tables[0x4000_0000 + last, level] = 0x8000_0000 | EntryBits.ReadWrite | (level > 1 ? EntryBits.PageSize : 0);

        Translation translation = space.Fixture.Translate(DmaAccess.Read, 0x4000_0000 + last, SpaceFixture.Prefix);
        Assert.Equal((expected, expected == FaultReason.None ? 0x8000_0000 + last : 0), (translation.Reason, translation.Address));
    }

    private static PasidEntry Updating(PasidEntry entry) => entry with { SecondStageAccessedDirtyEnable = true, PageWalkSnoop = true };
}
