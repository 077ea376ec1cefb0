using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The rights of cached translations, with missing rights and clear dirty bits (VT-d 6.2.4.1).</summary>
public sealed class CachedRightsTests
{
    private const ulong Elsewhere = 0x60_0000;

    [Theory]
    [InlineData(false, FaultReason.None)]
    [InlineData(true, FaultReason.ScalableWriteDenied)]
    public void A_right_that_was_added_is_found_by_a_walk_or_at_the_next_invalidation(bool faults, FaultReason expected)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(UnitFixture.Options with { FaultsOnCachedRights = faults });
        space.Tables[SpaceFixture.Input] = SpaceFixture.Page | 0b101;
        space.Output(DmaAccess.Read);
        space.Tables[SpaceFixture.Input] = SpaceFixture.Page | EntryBits.User;

        Assert.Equal(expected, space.Fault(DmaAccess.Write));
    }

    [Fact]
    public void A_translation_request_walks_for_a_right_that_is_not_cached()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(UnitFixture.Options with { FaultsOnCachedRights = true });
        space.Tables[SpaceFixture.Input] = SpaceFixture.Page | 0b101;
        space.Output(DmaAccess.Read);
        space.Tables[SpaceFixture.Input] = SpaceFixture.Page | EntryBits.User;

        Assert.True(Ask(space).Write);
    }

    [Fact]
    public void A_completion_without_rights_is_not_cached()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(UnitFixture.Options with { FaultsOnCachedRights = true });
        space.Tables[SpaceFixture.Input] = SpaceFixture.Page | 0b011;
        Assert.False(Ask(space).Read);
        space.Tables[SpaceFixture.Input] = SpaceFixture.Page | EntryBits.User;

        Assert.Equal(FaultReason.None, space.Fault(DmaAccess.Read));
    }

    [Theory]
    // A write uses the cached translation of a read, unless D must be set.
    [InlineData(false, DmaAccess.Read, true)]
    [InlineData(true, DmaAccess.Read, false)]
    [InlineData(true, DmaAccess.Write, true)]
    public void A_write_uses_a_cached_translation_once_D_is_set(bool keepsDirty, DmaAccess first, bool cached)
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage(change: entry => entry with { SecondStageAccessedDirtyEnable = keepsDirty, PageWalkSnoop = true });
        space.Output(first);
        space.Tables[SpaceFixture.Input] = Elsewhere | EntryBits.ReadWrite;

        Assert.Equal(cached ? SpaceFixture.Page : Elsewhere, space.Output(DmaAccess.Write));
    }

    [Fact]
    public void A_supervisor_writes_a_cached_page_that_cannot_be_read()
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage(
            UnitFixture.Options with { FaultsOnCachedRights = true }, change: entry => entry with { SupervisorRequestEnable = true });
        space.Tables[SpaceFixture.Input] = SpaceFixture.Page | 0b10;

        Assert.Equal(FaultReason.None, space.Fault(DmaAccess.Write, SpaceFixture.Supervisor));
        Assert.Equal(FaultReason.None, space.Fault(DmaAccess.Write, SpaceFixture.Supervisor));
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void A_unit_with_caches_keeps_the_translation_of_a_plain_walk(bool caching, int kept)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.Options with { Caching = caching }, observed: false);
        PageTables tables = new(new TablePages(fixture.Memory, 0x20_0000), 4, EntryBits.User | EntryBits.Accessed | EntryBits.Dirty);
        tables.Map(SpaceFixture.Input, SpaceFixture.Page);
        fixture.SetPasid(SpaceFixture.Pasid, UnitFixture.EntryOf(PasidGrantType.FirstStage, tables.Top, 0));
        fixture.Output(DmaAccess.Write, SpaceFixture.Input, SpaceFixture.Prefix);

        Assert.Equal(kept, fixture.Unit.Parts.Caches.Iotlb.Count);
    }

    [Fact]
    public void With_WPE_a_supervisor_writes_writable_pages()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(change: entry => entry with { SupervisorRequestEnable = true, WriteProtectEnable = true });

        Assert.Equal(FaultReason.None, space.Fault(DmaAccess.Write, SpaceFixture.Supervisor));
        space.Tables[SpaceFixture.Input + 0x1000] = SpaceFixture.Page | 0b101;
        Assert.Equal(FaultReason.ScalableWriteDenied, space.Fixture.Fault(DmaAccess.Write, SpaceFixture.Input + 0x1000, SpaceFixture.Supervisor));
    }

    [Fact]
    public void An_entry_whose_accessed_bit_cannot_be_set_ends_a_walk_at_any_level()
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage(change: entry => entry with { SecondStageAccessedDirtyEnable = true });
        space.Tables[SpaceFixture.Input] |= EntryBits.SecondAccessed | EntryBits.SecondDirty;

        Assert.Equal(FaultReason.SecondStageUpdateNoSnoop, space.Fault(DmaAccess.Read));
        Assert.Equal(0UL, space.Tables[SpaceFixture.Input, 4] & EntryBits.SecondAccessed);
    }

    [Fact]
    public void A_translation_request_keeps_a_read_only_page_clean()
    {
        using SpaceFixture second = SpaceFixture.OfSecondStage(change: entry => entry with { SecondStageAccessedDirtyEnable = true, PageWalkSnoop = true });
        second.Tables[SpaceFixture.Input] = SpaceFixture.Page | 0b01;
        Assert.False(Ask(second).Write);
        Assert.Equal(0UL, second.Tables[SpaceFixture.Input] & EntryBits.SecondDirty);

        using SpaceFixture nested = SpaceFixture.OfBothStages();
        nested.Second[SpaceFixture.GuestPage] = SpaceFixture.GuestPage + SpaceFixture.Offset | 0b01;
        TranslationEntry[] entries = new TranslationEntry[1];
        nested.Fixture.Unit.Translate(new(UnitFixture.Device, SpaceFixture.Input, 1, NoWrite: false, SpaceFixture.Prefix), entries, out int count);
        Assert.Multiple(
            () => Assert.Equal(1, count),
            () => Assert.True(entries[0].Read),
            () => Assert.False(entries[0].Write));
        Assert.Equal(0UL, nested.First[SpaceFixture.Input] & EntryBits.Dirty);
    }

    [Fact]
    public void A_large_page_around_the_interrupt_range_maps_pages_beside_the_range()
    {
        const ulong GuestPage = 0xFEF0_0000;
        using SpaceFixture nested = SpaceFixture.OfBothStages();
        nested.First[SpaceFixture.Input] = GuestPage | EntryBits.User;
        nested.Second[GuestPage, 2] = 0xFEE0_0000 | EntryBits.PageSize | EntryBits.ReadWrite;
        TranslationEntry[] entries = new TranslationEntry[1];

        Assert.Equal(CompletionStatus.Success, nested.Fixture.Unit.Translate(new(UnitFixture.Device, SpaceFixture.Input, 1, NoWrite: false, SpaceFixture.Prefix), entries, out _));
        Assert.Equal((GuestPage, true), (entries[0].Address, entries[0].Read));
    }

    [Fact]
    public void RID_PRIV_does_not_apply_to_requests_with_a_PASID()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(change: entry => entry with { SupervisorRequestEnable = true });
        space.Fixture.SetContext(UnitFixture.Device, UnitFixture.PasidDirectory | UnitFixture.PasidEnable | 1, 1UL << 20);
        space.Tables[SpaceFixture.Input] = SpaceFixture.Page | 0b011;

        Assert.Equal(FaultReason.UserDenied, space.Fault(DmaAccess.Read));
    }

    [Fact]
    public void A_translated_request_with_a_PASID_needs_EPTR_and_not_PASIDE()
    {
        VtdCapabilities later = VtdCapabilities.Everything with
        {
            Revision = VtdRevision.Five0,
            ExtendedCapability = VtdCapabilities.Everything.ExtendedCapability with { PasidInTranslatedRequests = true },
        };
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.Options with { Capabilities = later }, UnitFixture.DeviceTlbEnable);
        fixture.Unit.Write(new DmaRequest(UnitFixture.Device, 0x1000, DmaAccess.Write, new PasidPrefix(new Pasid(5)), IsTranslated: true), [1]);

        Assert.Equal(FaultReason.PasidInTranslatedRequestsDisabled, fixture.RecordedReason);
    }

    [Theory]
    [InlineData("", 30)]
    [InlineData("FS1GP, SSLPS", 21)]
    [InlineData("FSTS, SSLPS 1 GiB", 21)]
    [InlineData("FSTS, SSLPS", 12)]
    public void Pass_through_completes_with_the_largest_page_of_the_unit(string lacking, int shift)
    {
        VtdCapabilities capabilities = VtdCapabilities.Everything;
        foreach (string name in lacking.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            VtdCapabilities without = Lacking.Capability(name).Capabilities;
            capabilities = capabilities with
            {
                Capability = new(capabilities.Capability.Bits & without.Capability.Bits),
                ExtendedCapability = new(capabilities.ExtendedCapability.Bits & without.ExtendedCapability.Bits),
            };
        }

        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.Options with { Capabilities = capabilities });
        fixture.PassThrough(new Pasid(5));
        TranslationEntry[] entries = new TranslationEntry[1];
        Assert.Equal(CompletionStatus.Success, fixture.Unit.Translate(new(UnitFixture.Device, 0xFEE0_1000, 1, NoWrite: false, new PasidPrefix(new Pasid(5))), entries, out _));

        Assert.Equal((shift, 0xFEE0_1000UL >> shift << shift), (entries[0].PageShift, entries[0].Address));
    }

    [Fact]
    public void Peek_reads_no_cache_and_fills_none()
    {
        using SpaceFixture first = SpaceFixture.OfFirstStage();
        using SpaceFixture second = SpaceFixture.OfSecondStage(change: entry => entry with { SecondStageAccessedDirtyEnable = true, PageWalkSnoop = true });
        using SpaceFixture nested = SpaceFixture.OfBothStages();
        using UnitFixture through = UnitFixture.InScalableMode();
        through.PassThrough(new Pasid(5));
        using UnitFixture legacy = UnitFixture.InLegacyMode(0x20_0000);
        foreach (UnitFixture fixture in (UnitFixture[])[first.Fixture, second.Fixture, nested.Fixture, through, legacy])
        {
            PasidPrefix prefix = fixture == legacy ? default : new PasidPrefix(new Pasid(5));
            fixture.OnTableAccess(access => Assert.False(access.IsUpdate, "The peek writes to a table."));
            ulong address = fixture == through ? 0x1000 : SpaceFixture.Input;
            fixture.Unit.Peek(TranslationQuery.Of(new DmaRequest(UnitFixture.Device, address, DmaAccess.Write, prefix)));
            UnitCaches caches = fixture.Unit.Parts.Caches;
            Assert.Multiple(
                () => Assert.Equal(0, caches.Iotlb.Count),
                () => Assert.Equal(0, caches.Contexts.Count),
                () => Assert.Equal(0, caches.Pasids.Count),
                () => Assert.Equal(0, caches.LegacyContexts.Count));
        }
    }

    [Fact]
    public void Peek_ignores_a_cached_context()
    {
        using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000);
        _ = new PageTables(new TablePages(fixture.Memory, 0x20_0000), 4, EntryBits.ReadWrite) { [0x1000] = SpaceFixture.Page | EntryBits.ReadWrite };
        fixture.Output(DmaAccess.Read, 0x1000);
        fixture.Set(UnitFixture.Contexts + UnitFixture.Device.Value * 16UL, 0);

        Assert.Equal(FaultReason.ContextNotPresent, fixture.Unit.Peek(TranslationQuery.Of(new DmaRequest(UnitFixture.Device, 0x1000, DmaAccess.Read))).Reason);
    }

    [Fact]
    [Specification("6.2.7/2")]
    public void Legacy_pass_through_is_not_cached_in_the_IOTLB()
    {
        using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000);
        fixture.Set(UnitFixture.Contexts + UnitFixture.Device.Value * 16UL, 0x20_0000 | 2 << 2 | 1);
        Assert.Equal(TranslationKind.Identity, fixture.Translate(DmaAccess.Read, 0x1000).Kind);

        Assert.Equal((0, 1), (fixture.Unit.Parts.Caches.Iotlb.Count, fixture.Unit.Parts.Caches.LegacyContexts.Count));
    }

    private static TranslationEntry Ask(SpaceFixture space)
    {
        TranslationEntry[] entries = new TranslationEntry[1];
        Assert.Equal(CompletionStatus.Success, space.Fixture.Unit.Translate(new(UnitFixture.Device, SpaceFixture.Input, 1, NoWrite: false, SpaceFixture.Prefix), entries, out _));
        return entries[0];
    }
}
