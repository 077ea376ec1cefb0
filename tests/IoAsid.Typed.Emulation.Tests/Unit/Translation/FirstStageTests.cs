using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The first stage alone (VT-d 3.6): widths, rights, privilege, accessed and dirty bits.</summary>
public sealed class FirstStageTests
{
    [Theory]
    // The canonical check of all 64 bits of the input (VT-d 3.6, 80h), at the edges of 48 and of 57 bits.
    [InlineData(4, 0x0000_7FFF_FFFF_F000, true)]
    [InlineData(4, 0x0000_8000_0000_0000, false)]
    [InlineData(4, 0xFFFF_7FFF_FFFF_F000, false)]
    [InlineData(4, 0xFFFF_8000_0000_0000, true)]
    [InlineData(4, 0xFFFF_FFFF_FFFF_F000, true)]
    [InlineData(4, 0x8000_0000_0000_0000, false)]
    [InlineData(5, 0x0000_8000_0000_0000, true)]
    [InlineData(5, 0x00FF_FFFF_FFFF_F000, true)]
    [InlineData(5, 0x0100_0000_0000_0000, false)]
    [InlineData(5, 0xFEFF_FFFF_FFFF_F000, false)]
    [InlineData(5, 0xFF00_0000_0000_0000, true)]
    [InlineData(5, 0xFFFF_FFFF_FFFF_F000, true)]
    [Specification("3.6/1", "3.6/2")]
    public void Only_canonical_addresses_are_translated(int levels, ulong input, bool canonical)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(levels: levels);
        space.Tables[input] = 0x60_0000 | EntryBits.User;

        if (canonical)
            Assert.Equal(0x60_0FFFUL, space.Output(DmaAccess.Read, input | 0xFFF));
        else
            Assert.Equal(FaultReason.NotCanonical, space.Fault(DmaAccess.Read, input));
    }

    [Fact]
    public void Five_levels_without_the_capability_are_an_invalid_entry()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(UnitFixture.With(cap => cap with { FiveLevelPaging = false }), levels: 5);

        Assert.Equal(FaultReason.PasidEntryInvalid, space.Fault(DmaAccess.Read));
    }

    [Theory]
    // PS selects a page at levels 2 and 3 (with FS1GP), and is reserved above (VT-d 9.7). Low address bits of a large page are reserved, except bit 12, which is PAT.
    [InlineData(2, 0x4000_0000UL, true, FaultReason.None)]
    [InlineData(3, 0x4000_0000UL, true, FaultReason.None)]
    [InlineData(3, 0x4000_0000UL, false, FaultReason.FirstStageEntryReserved)]
    [InlineData(4, 0x4000_0000UL, true, FaultReason.FirstStageEntryReserved)]
    [InlineData(5, 0x4000_0000UL, true, FaultReason.FirstStageEntryReserved)]
    [InlineData(2, 0x4000_1000UL, true, FaultReason.None)]
    [InlineData(2, 0x4000_2000UL, true, FaultReason.FirstStageEntryReserved)]
    [InlineData(3, 0x4020_0000UL, true, FaultReason.FirstStageEntryReserved)]
    [Specification("3.5/2", "3.6/3")]
    public void Large_pages_are_allowed_where_the_level_has_them(int level, ulong address, bool oneGigabyte, FaultReason expected)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(UnitFixture.With(cap => cap with { OneGigabyteFirstStagePages = oneGigabyte }), levels: 5);
        space.Tables[SpaceFixture.Input, level] = address | EntryBits.User | EntryBits.PageSize;

        Assert.Equal(expected, space.Fault(DmaAccess.Read));
    }

    [Theory]
    // With U/S=0 at any level a user request is 81h. With R/W=0 a user write is 85h. A supervisor write is 85h only with WPE (VT-d 3.6.1).
    [InlineData(0b111, false, false, DmaAccess.Write, FaultReason.None)]
    [InlineData(0b101, false, false, DmaAccess.Read, FaultReason.None)]
    [InlineData(0b101, false, false, DmaAccess.Write, FaultReason.ScalableWriteDenied)]
    [InlineData(0b101, false, false, DmaAccess.Atomic, FaultReason.ScalableWriteDenied)]
    [InlineData(0b011, false, false, DmaAccess.Read, FaultReason.UserDenied)]
    [InlineData(0b001, false, false, DmaAccess.Write, FaultReason.UserDenied)]
    [InlineData(0b011, true, false, DmaAccess.Write, FaultReason.None)]
    [InlineData(0b001, true, false, DmaAccess.Write, FaultReason.None)]
    [InlineData(0b001, true, true, DmaAccess.Write, FaultReason.ScalableWriteDenied)]
    [InlineData(0b001, true, true, DmaAccess.Read, FaultReason.None)]
    [InlineData(0b101, true, true, DmaAccess.Write, FaultReason.ScalableWriteDenied)]
    [Specification("3.6.1/1", "3.6.1/2", "3.6.1/3", "3.6.1/4")]
    public void Rights_depend_on_the_privilege_of_the_request(ulong bits, bool supervisor, bool writeProtect, DmaAccess access, FaultReason expected)
    {
        for (int level = 1; level <= 4; level++)
        {
            using SpaceFixture space = SpaceFixture.OfFirstStage(change: entry => entry with { SupervisorRequestEnable = true, WriteProtectEnable = writeProtect });
            space.Tables[SpaceFixture.Input, level] = space.Tables[SpaceFixture.Input, level] & ~0b111UL | bits;

            Assert.Equal(expected, space.Fault(access, supervisor ? SpaceFixture.Supervisor : SpaceFixture.Prefix));
        }
    }

    [Theory]
    // With SRE=0 supervisor requests are blocked before the walk (5Dh, VT-d 7.1.3).
    [InlineData(false, FaultReason.SupervisorRequestsDisabled)]
    [InlineData(true, FaultReason.None)]
    public void Supervisor_requests_have_to_be_enabled(bool enabled, FaultReason expected)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(change: entry => entry with { SupervisorRequestEnable = enabled });

        Assert.Equal(expected, space.Fault(DmaAccess.Read, SpaceFixture.Supervisor));
        Assert.Equal(FaultReason.None, space.Fault(DmaAccess.Read));
    }

    [Fact]
    [Specification("6.2.4/2")]
    public void A_translation_cached_for_a_supervisor_grants_a_user_nothing()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(change: entry => entry with { SupervisorRequestEnable = true });
        space.Tables[SpaceFixture.Input] &= ~0b100UL;

        Assert.Equal(FaultReason.None, space.Fault(DmaAccess.Write, SpaceFixture.Supervisor));
        Assert.Equal(FaultReason.UserDenied, space.Fault(DmaAccess.Write));
        Assert.Equal(FaultReason.None, space.Fault(DmaAccess.Write, SpaceFixture.Supervisor));
    }

    [Theory]
    // A is set in each used entry, D in the leaf for a write, and EA together with A if EAFE is set (VT-d 3.6.2).
    [InlineData(DmaAccess.Read, false, EntryBits.Accessed, EntryBits.Accessed)]
    [InlineData(DmaAccess.Write, false, EntryBits.Accessed, EntryBits.Accessed | EntryBits.Dirty)]
    [InlineData(DmaAccess.Atomic, false, EntryBits.Accessed, EntryBits.Accessed | EntryBits.Dirty)]
    [InlineData(DmaAccess.ZeroLengthRead, false, EntryBits.Accessed, EntryBits.Accessed)]
    [InlineData(DmaAccess.Read, true, EntryBits.Accessed | EntryBits.ExtendedAccessed, EntryBits.Accessed | EntryBits.ExtendedAccessed)]
    [Specification("3.6.2/1", "6.2.4.1/2")]
    public void Accessed_and_dirty_bits_depend_on_the_access(DmaAccess access, bool extended, ulong upper, ulong leaf)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(levels: 5, change: entry => entry with { ExtendedAccessedEnable = extended });
        const ulong All = EntryBits.Accessed | EntryBits.Dirty | EntryBits.ExtendedAccessed;

        Assert.Equal(FaultReason.None, space.Fault(access));

        Assert.Equal(leaf, space.Tables[SpaceFixture.Input] & All);
        Assert.All([2, 3, 4, 5], level => Assert.Equal(upper, space.Tables[SpaceFixture.Input, level] & All));
    }

    [Theory]
    // A can be set in entries that a faulting request has used, but D cannot (VT-d 3.6.2).
    [InlineData(0b101UL, FaultReason.ScalableWriteDenied)]
    [InlineData(0b000UL, FaultReason.FirstStageEntryNotPresent)]
    [Specification("3.6.2/4")]
    public void A_blocked_write_sets_accessed_bits_above_the_leaf_only(ulong bits, FaultReason expected)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Tables[SpaceFixture.Input] = SpaceFixture.Page | bits;

        Assert.Equal(expected, space.Fault(DmaAccess.Write));

        Assert.Equal(SpaceFixture.Page | bits, space.Tables[SpaceFixture.Input]);
        Assert.All([2, 3, 4], level => Assert.NotEqual(0UL, space.Tables[SpaceFixture.Input, level] & EntryBits.Accessed));
    }

    [Theory]
    // With PWSNP=0 a needed update is 90h and the entry does not change. Bits that are already set do not fault (VT-d 7.1.3).
    [InlineData(EntryBits.Accessed, DmaAccess.Read, FaultReason.None)]
    [InlineData(EntryBits.Accessed, DmaAccess.Write, FaultReason.FirstStageUpdateNoSnoop)]
    [InlineData(EntryBits.Accessed | EntryBits.Dirty, DmaAccess.Write, FaultReason.None)]
    [InlineData(0UL, DmaAccess.Read, FaultReason.FirstStageUpdateNoSnoop)]
    [Specification("3.10/1")]
    public void A_walk_that_does_not_snoop_cannot_set_bits(ulong set, DmaAccess access, FaultReason expected)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(change: entry => entry with { PageWalkSnoop = false });
        for (int level = 2; level <= 4; level++)
            space.Tables[SpaceFixture.Input, level] |= EntryBits.Accessed;
        space.Tables[SpaceFixture.Input] |= set;
        ulong before = space.Tables[SpaceFixture.Input];

        Assert.Equal(expected, space.Fault(access));
        Assert.Equal(before, space.Tables[SpaceFixture.Input]);
    }

    [Fact]
    public void Snooping_needs_the_capability()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(Lacking.Capability("SMPWCS"));

        // PWSNP is reserved without ECAP.SMPWCS: 5Ah (VT-d 9.6).
        Assert.Equal(FaultReason.PasidEntryReserved, space.Fault(DmaAccess.Read));
    }

    [Fact]
    [Specification("3.6.2/6")]
    public void A_write_after_a_cached_read_sets_the_dirty_bit()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Output(DmaAccess.Read);
        Assert.Equal(0UL, space.Tables[SpaceFixture.Input] & EntryBits.Dirty);

        space.Output(DmaAccess.Write);
        Assert.NotEqual(0UL, space.Tables[SpaceFixture.Input] & EntryBits.Dirty);

        // The cached translation is dirty now, so a clear of D without an invalidation has no effect (VT-d 3.6.2).
        space.Tables[SpaceFixture.Input] &= ~EntryBits.Dirty;
        space.Output(DmaAccess.Write);
        Assert.Equal(0UL, space.Tables[SpaceFixture.Input] & EntryBits.Dirty);
    }
}
