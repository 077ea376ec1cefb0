using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The entries that each invalidation removes and keeps (VT-d 6.5.2).</summary>
public sealed class GranularityTests
{
    private const ulong Base = 0x1000_0000;

    public static TheoryData<string, Descriptor, string> OfFirstStage => new()
    {
        { "all", Descriptor.AllTranslations, "" },
        { "domain", Descriptor.Domain(new DomainId(7)), "" },
        { "another domain", Descriptor.Domain(new DomainId(8)), "0 1 2 3" },
        { "PASID", Descriptor.Pasid(new DomainId(7), new Pasid(5)), "" },
        { "another PASID", Descriptor.Pasid(new DomainId(7), new Pasid(6)), "0 1 2 3" },
        { "PASID of another domain", Descriptor.Pasid(new DomainId(8), new Pasid(5)), "0 1 2 3" },
        { "a page", Descriptor.PasidPages(new DomainId(7), new Pasid(5), Base + 0x1000), "0 2 3" },
        { "two pages", Descriptor.PasidPages(new DomainId(7), new Pasid(5), Base + 0x2000, 1), "0 1" },
        { "two pages, named by the second", Descriptor.PasidPages(new DomainId(7), new Pasid(5), Base + 0x3000, 1), "0 1" },
        { "four pages", Descriptor.PasidPages(new DomainId(7), new Pasid(5), Base, 2), "" },
        // CAP.PSI and MAMV limit page-selective invalidation of the second stage only (VT-d 6.5.2.3).
        { "everything by pages", Descriptor.PasidPages(new DomainId(7), new Pasid(5), 0, 52), "" },
        { "more than everything by pages", Descriptor.PasidPages(new DomainId(7), new Pasid(5), 0, 63), "" },
        { "pages elsewhere", Descriptor.PasidPages(new DomainId(7), new Pasid(5), 0, 16), "0 1 2 3" },
        { "the PASID cache alone", Descriptor.AllPasids, "0 1 2 3" },
        { "the context cache alone", Descriptor.AllContexts, "0 1 2 3" },
    };

    public static TheoryData<string, Descriptor, string> OfSecondStage => new()
    {
        { "domain", Descriptor.Domain(new DomainId(7)), "" },
        { "another domain", Descriptor.Domain(new DomainId(8)), "0 1 2 3" },
        { "PASID", Descriptor.Pasid(new DomainId(7), new Pasid(5)), "" },
        { "PASID of another domain", Descriptor.Pasid(new DomainId(8), new Pasid(5)), "0 1 2 3" },
        // A page-selective PASID-based invalidation applies to the first stage only (VT-d 6.5.2.4, Table 24).
        { "a page by PASID", Descriptor.PasidPages(new DomainId(7), new Pasid(5), Base + 0x1000), "0 1 2 3" },
        { "a page", Descriptor.Pages(new DomainId(7), Base + 0x1000), "0 2 3" },
        { "two pages", Descriptor.Pages(new DomainId(7), Base + 0x2000, 1), "0 1" },
        { "a page of another domain", Descriptor.Pages(new DomainId(8), Base + 0x1000), "0 1 2 3" },
        { "as many pages as MAMV allows", Descriptor.Pages(new DomainId(7), 0, 18), "" },
    };

    [Theory]
    [MemberData(nameof(OfFirstStage))]
    [Specification("6.5.2.4/7")]
    public void First_stage_translations_are_invalidated_by_PASID_and_domain(string descriptorName, Descriptor descriptor, string left)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        Assert.Equal((descriptorName, left), (descriptorName, LeftAfter(space, descriptor, EntryBits.User)));
    }

    [Theory]
    [MemberData(nameof(OfSecondStage))]
    public void Second_stage_translations_are_invalidated_by_domain(string descriptorName, Descriptor descriptor, string left)
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage();
        Assert.Equal((descriptorName, left), (descriptorName, LeftAfter(space, descriptor, EntryBits.ReadWrite)));
    }

    [Fact]
    [Specification("6.5.2.3/6")]
    public void Without_PSI_no_page_selective_invalidation_exists()
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage(UnitFixture.With(cap => cap with { PageSelectiveInvalidation = false }));
        space.Fixture.EnableQueue();
        space.Fixture.Submit(Descriptor.Pages(new DomainId(7), Base));
        Assert.Equal((ulong)InvalidationQueueError.ReservedField, space.Fixture.Registers.Read64(0xB0) & 0xF);
    }

    [Fact]
    [Specification("6.5.3.2/1")]
    public void Invalidation_of_a_page_removes_the_large_page_around_it()
    {
        foreach (SpaceFixture space in (SpaceFixture[])[SpaceFixture.OfFirstStage(), SpaceFixture.OfSecondStage()])
        {
            using (space)
            {
                bool first = space.Entry.GrantType == PasidGrantType.FirstStage;
                space.Tables[Base, 2] = 0x60_0000 | EntryBits.PageSize | (first ? EntryBits.User : EntryBits.ReadWrite);
                space.Output(DmaAccess.Read, Base);
                space.Tables[Base, 2] = 0;
                space.Fixture.EnableQueue();
                space.Fixture.Submit(first ? Descriptor.PasidPages(new DomainId(7), new Pasid(5), Base + 0x1F_F000) : Descriptor.Pages(new DomainId(7), Base + 0x1F_F000));

                Assert.NotEqual(FaultReason.None, space.Fault(DmaAccess.Read, Base));
            }
        }
    }

    [Theory]
    // PASID cache: 0 domain, 1 PASID in domain, 3 global (VT-d 6.5.2.2).
    [InlineData("global", true)]
    [InlineData("domain", true)]
    [InlineData("another domain", false)]
    [InlineData("entry", true)]
    [InlineData("another entry", false)]
    [InlineData("entry of another domain", false)]
    [Specification("6.5.2.2/1", "6.5.2.2/2", "6.5.2.2/3")]
    public void PASID_entries_are_invalidated_by_domain_and_PASID(string granularity, bool goes)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Output(DmaAccess.Read);
        space.Fixture.SetPasid(SpaceFixture.Pasid, default);
        space.Fixture.EnableQueue();
        space.Fixture.Submit(granularity switch
        {
            "global" => Descriptor.AllPasids,
            "domain" => Descriptor.PasidsOf(new DomainId(7)),
            "another domain" => Descriptor.PasidsOf(new DomainId(8)),
            "entry" => Descriptor.PasidEntry(new DomainId(7), new Pasid(5)),
            "another entry" => Descriptor.PasidEntry(new DomainId(7), new Pasid(6)),
            _ => Descriptor.PasidEntry(new DomainId(8), new Pasid(5)),
        });

        Assert.Equal(goes ? FaultReason.PasidEntryNotPresent : FaultReason.None, space.Fault(DmaAccess.Read));
    }

    [Theory]
    // FM selects the ignored bits: 0 none, 1 bit 2, 2 bits 2:1, 3 bits 2:0 (VT-d 6.5.2.1, Table 21).
    [InlineData(0x10, 0, true)]
    [InlineData(0x14, 0, false)]
    [InlineData(0x14, 1, true)]
    [InlineData(0x12, 1, false)]
    [InlineData(0x16, 2, true)]
    [InlineData(0x11, 2, false)]
    [InlineData(0x17, 3, true)]
    [InlineData(0x18, 3, false)]
    [Specification("6.5.2.1/3", "6.5.2.1/5")]
    public void Contexts_are_invalidated_by_device_and_mask(ushort named, int mask, bool goes)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Output(DmaAccess.Read);
        space.Fixture.SetContext(UnitFixture.Device, 0);
        space.Fixture.EnableQueue();
        space.Fixture.Submit(Descriptor.ContextOf(new RequesterId(named), mask: mask));

        Assert.Equal(goes ? FaultReason.ScalableContextNotPresent : FaultReason.None, space.Fault(DmaAccess.Read));
    }

    [Theory]
    [InlineData("global", 0, true)]
    [InlineData("domain", 7, true)]
    [InlineData("domain", 8, false)]
    [Specification("6.5.2.1/1", "6.5.2.1/2")]
    public void Contexts_of_legacy_mode_are_invalidated_by_domain(string granularity, int named, bool goes)
    {
        using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000);
        _ = new PageTables(new TablePages(fixture.Memory, 0x20_0000), 4, EntryBits.ReadWrite) { [Base] = 0x50_0000 | EntryBits.ReadWrite };
        fixture.Output(DmaAccess.Read, Base);
        fixture.Set(UnitFixture.Contexts + UnitFixture.Device.Value * 16UL, 0);
        fixture.EnableQueue();
        fixture.Submit(granularity == "global" ? Descriptor.AllContexts : Descriptor.ContextsOf(new DomainId((ushort)named)), Descriptor.AllTranslations);

        Assert.Equal(goes ? FaultReason.ContextNotPresent : FaultReason.None, fixture.Fault(DmaAccess.Read, Base));
    }

    [Theory]
    [InlineData("global", 0)]
    [InlineData("domain", 7)]
    [InlineData("domain", 8)]
    [Specification("6.5.2.1/1", "6.5.2.1/2")]
    public void Contexts_of_scalable_mode_have_no_domain(string granularity, int named)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Output(DmaAccess.Read);
        space.Fixture.SetContext(UnitFixture.Device, 0);
        space.Fixture.EnableQueue();
        space.Fixture.Submit(granularity == "global" ? Descriptor.AllContexts : Descriptor.ContextsOf(new DomainId((ushort)named)));

        Assert.Equal(FaultReason.ScalableContextNotPresent, space.Fault(DmaAccess.Read));
    }

    [Fact]
    [Specification("6.5.2.2/5")]
    public void Domain_id_bits_beyond_ND_are_ignored_by_invalidations_of_PASIDs()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(Lacking.Capability("ND"));
        space.Output(DmaAccess.Read);
        space.Fixture.SetPasid(SpaceFixture.Pasid, default);
        space.Fixture.EnableQueue();
        space.Fixture.Submit(Descriptor.PasidsOf(new DomainId(0xFF07)));

        Assert.Equal(FaultReason.PasidEntryNotPresent, space.Fault(DmaAccess.Read));
    }

    private static string LeftAfter(SpaceFixture space, Descriptor descriptor, ulong rights)
    {
        for (ulong page = 0; page < 4; page++)
        {
            space.Tables[Base + page * 4096] = 0x60_0000 + page * 4096 | rights;
            space.Output(DmaAccess.Read, Base + page * 4096);
        }

        for (ulong page = 0; page < 4; page++)
            space.Tables[Base + page * 4096] = 0;
        space.Fixture.EnableQueue();
        space.Fixture.Submit(descriptor);
        Assert.Equal(32UL, space.Fixture.Registers.Read64(0x80));
        return string.Join(' ', Enumerable.Range(0, 4).Where(page => space.Fault(DmaAccess.Read, Base + (ulong)page * 4096) == FaultReason.None));
    }
}
