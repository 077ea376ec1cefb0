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
        using SpaceBench space = SpaceBench.OfFirstStage(UnitBench.Options with { FaultsOnCachedRights = faults });
        space.Tables[SpaceBench.Input] = SpaceBench.Page | 0b101;
        space.Output(DmaAccess.Read);
        space.Tables[SpaceBench.Input] = SpaceBench.Page | PageTables.User;

        Assert.Equal(expected, space.Fault(DmaAccess.Write));
    }

    [Fact]
    public void A_translation_request_walks_for_a_right_that_is_not_cached()
    {
        using SpaceBench space = SpaceBench.OfFirstStage(UnitBench.Options with { FaultsOnCachedRights = true });
        space.Tables[SpaceBench.Input] = SpaceBench.Page | 0b101;
        space.Output(DmaAccess.Read);
        space.Tables[SpaceBench.Input] = SpaceBench.Page | PageTables.User;

        Assert.True(Ask(space).Write);
    }

    [Fact]
    public void A_completion_without_rights_is_not_cached()
    {
        using SpaceBench space = SpaceBench.OfFirstStage(UnitBench.Options with { FaultsOnCachedRights = true });
        space.Tables[SpaceBench.Input] = SpaceBench.Page | 0b011;
        Assert.False(Ask(space).Read);
        space.Tables[SpaceBench.Input] = SpaceBench.Page | PageTables.User;

        Assert.Equal(FaultReason.None, space.Fault(DmaAccess.Read));
    }

    [Theory]
    // A write finds the translation of a read cached unless D has to be set.
    [InlineData(false, DmaAccess.Read, true)]
    [InlineData(true, DmaAccess.Read, false)]
    [InlineData(true, DmaAccess.Write, true)]
    public void A_write_uses_a_cached_translation_once_D_is_set(bool keepsDirty, DmaAccess first, bool cached)
    {
        using SpaceBench space = SpaceBench.OfSecondStage(change: entry => entry with { SecondStageAccessedDirtyEnable = keepsDirty, PageWalkSnoop = true });
        space.Output(first);
        space.Tables[SpaceBench.Input] = Elsewhere | PageTables.ReadWrite;

        Assert.Equal(cached ? SpaceBench.Page : Elsewhere, space.Output(DmaAccess.Write));
    }

    [Fact]
    public void With_WPE_a_supervisor_writes_writable_pages()
    {
        using SpaceBench space = SpaceBench.OfFirstStage(change: entry => entry with { SupervisorRequestEnable = true, WriteProtectEnable = true });

        Assert.Equal(FaultReason.None, space.Fault(DmaAccess.Write, SpaceBench.Supervisor));
        space.Tables[SpaceBench.Input + 0x1000] = SpaceBench.Page | 0b101;
        Assert.Equal(FaultReason.ScalableWriteDenied, space.Bench.Fault(DmaAccess.Write, SpaceBench.Input + 0x1000, SpaceBench.Supervisor));
    }

    [Fact]
    public void An_entry_whose_accessed_bit_cannot_be_set_ends_a_walk_at_any_level()
    {
        using SpaceBench space = SpaceBench.OfSecondStage(change: entry => entry with { SecondStageAccessedDirtyEnable = true });
        space.Tables[SpaceBench.Input] |= PageTables.SecondAccessed | PageTables.SecondDirty;

        Assert.Equal(FaultReason.SecondStageUpdateNoSnoop, space.Fault(DmaAccess.Read));
        Assert.Equal(0UL, space.Tables[SpaceBench.Input, 4] & PageTables.SecondAccessed);
    }

    [Fact]
    public void A_translation_request_keeps_a_read_only_page_clean()
    {
        using SpaceBench second = SpaceBench.OfSecondStage(change: entry => entry with { SecondStageAccessedDirtyEnable = true, PageWalkSnoop = true });
        second.Tables[SpaceBench.Input] = SpaceBench.Page | 0b01;
        Assert.False(Ask(second).Write);
        Assert.Equal(0UL, second.Tables[SpaceBench.Input] & PageTables.SecondDirty);

        using NestedBench nested = new();
        nested.Second[NestedBench.GuestPage] = NestedBench.GuestPage + NestedBench.Offset | 0b01;
        TranslationEntry[] entries = new TranslationEntry[1];
        nested.Bench.Unit.Translate(new(UnitBench.Device, NestedBench.Input, 1, NoWrite: false, NestedBench.Prefix), entries, out int count);
        Assert.Equal((1, true, false), (count, entries[0].Read, entries[0].Write));
        Assert.Equal(0UL, nested.First[NestedBench.Input] & PageTables.Dirty);
    }

    [Fact]
    public void A_large_page_around_the_interrupt_range_maps_pages_beside_the_range()
    {
        const ulong GuestPage = 0xFEF0_0000;
        using NestedBench nested = new();
        nested.First[NestedBench.Input] = GuestPage | PageTables.User;
        nested.Second[GuestPage, 2] = 0xFEE0_0000 | PageTables.PageSize | PageTables.ReadWrite;
        TranslationEntry[] entries = new TranslationEntry[1];

        Assert.Equal(CompletionStatus.Success, nested.Bench.Unit.Translate(new(UnitBench.Device, NestedBench.Input, 1, NoWrite: false, NestedBench.Prefix), entries, out _));
        Assert.Equal((GuestPage, true), (entries[0].Address, entries[0].Read));
    }

    [Fact]
    public void RID_PRIV_does_not_apply_to_requests_with_a_PASID()
    {
        using SpaceBench space = SpaceBench.OfFirstStage(change: entry => entry with { SupervisorRequestEnable = true });
        space.Bench.SetContext(UnitBench.Device, UnitBench.PasidDirectory | UnitBench.PasidEnable | 1, 1UL << 20);
        space.Tables[SpaceBench.Input] = SpaceBench.Page | 0b011;

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
        using UnitBench bench = UnitBench.InScalableMode(UnitBench.Options with { Capabilities = later }, UnitBench.DeviceTlbEnable);
        bench.Unit.Write(new DmaRequest(UnitBench.Device, 0x1000, DmaAccess.Write, new PasidPrefix(new Pasid(5)), IsTranslated: true), [1]);

        Assert.Equal(FaultReason.PasidInTranslatedRequestsDisabled, bench.RecordedReason);
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

        using UnitBench bench = UnitBench.InScalableMode(UnitBench.Options with { Capabilities = capabilities });
        bench.PassThrough(new Pasid(5));
        TranslationEntry[] entries = new TranslationEntry[1];
        Assert.Equal(CompletionStatus.Success, bench.Unit.Translate(new(UnitBench.Device, 0xFEE0_1000, 1, NoWrite: false, new PasidPrefix(new Pasid(5))), entries, out _));

        Assert.Equal((shift, 0xFEE0_1000UL >> shift << shift), (entries[0].PageShift, entries[0].Address));
    }

    [Fact]
    public void Peek_reads_no_cache_and_fills_none()
    {
        using SpaceBench first = SpaceBench.OfFirstStage();
        using SpaceBench second = SpaceBench.OfSecondStage(change: entry => entry with { SecondStageAccessedDirtyEnable = true, PageWalkSnoop = true });
        using NestedBench nested = new();
        using UnitBench through = UnitBench.InScalableMode();
        through.PassThrough(new Pasid(5));
        using UnitBench legacy = UnitBench.InLegacyMode(0x20_0000);
        foreach (UnitBench bench in (UnitBench[])[first.Bench, second.Bench, nested.Bench, through, legacy])
        {
            PasidPrefix prefix = bench == legacy ? default : new PasidPrefix(new Pasid(5));
            bench.Unit.BeforeTableAccess = access => Assert.False(access.IsUpdate, "A look at memory changes it.");
            ulong address = bench == through ? 0x1000 : SpaceBench.Input;
            bench.Unit.Peek(TranslationQuery.Of(new DmaRequest(UnitBench.Device, address, DmaAccess.Write, prefix)));
            UnitCaches caches = bench.Unit.Parts.Caches;
            Assert.Equal((0, 0, 0, 0), (caches.Iotlb.Count, caches.Contexts.Count, caches.Pasids.Count, caches.LegacyContexts.Count));
        }
    }

    [Fact]
    public void Peek_ignores_a_cached_context()
    {
        using UnitBench bench = UnitBench.InLegacyMode(0x20_0000);
        _ = new PageTables(bench.Memory, 0x20_0000, 4, PageTables.ReadWrite) { [0x1000] = SpaceBench.Page | PageTables.ReadWrite };
        bench.Output(DmaAccess.Read, 0x1000);
        bench.Set(UnitBench.Contexts + UnitBench.Device.Value * 16UL, 0);

        Assert.Equal(FaultReason.ContextNotPresent, bench.Unit.Peek(TranslationQuery.Of(new DmaRequest(UnitBench.Device, 0x1000, DmaAccess.Read))).Reason);
    }

    [Fact]
    [Specification("6.2.7/2")]
    public void Legacy_pass_through_is_not_cached_in_the_IOTLB()
    {
        using UnitBench bench = UnitBench.InLegacyMode(0x20_0000);
        bench.Set(UnitBench.Contexts + UnitBench.Device.Value * 16UL, 0x20_0000 | 2 << 2 | 1);
        Assert.Equal(TranslationKind.Identity, bench.Translate(DmaAccess.Read, 0x1000).Kind);

        Assert.Equal((0, 1), (bench.Unit.Parts.Caches.Iotlb.Count, bench.Unit.Parts.Caches.LegacyContexts.Count));
    }

    private static TranslationEntry Ask(SpaceBench space)
    {
        TranslationEntry[] entries = new TranslationEntry[1];
        Assert.Equal(CompletionStatus.Success, space.Bench.Unit.Translate(new(UnitBench.Device, SpaceBench.Input, 1, NoWrite: false, SpaceBench.Prefix), entries, out _));
        return entries[0];
    }
}
