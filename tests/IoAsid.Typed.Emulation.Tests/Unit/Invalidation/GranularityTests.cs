using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>What each invalidation reaches, and what it leaves (VT-d 6.5.2; FACTS 8e, 9).</summary>
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
        // "CAP.PSI and MAMV do not limit type 6" (FACTS 9).
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
        // A translation by the second stage alone has no PASID: PASID-based invalidation does not reach it.
        { "PASID", Descriptor.Pasid(new DomainId(7), new Pasid(5)), "0 1 2 3" },
        { "a page by PASID", Descriptor.PasidPages(new DomainId(7), new Pasid(5), Base + 0x1000), "0 1 2 3" },
        { "a page", Descriptor.Pages(new DomainId(7), Base + 0x1000), "0 2 3" },
        { "two pages", Descriptor.Pages(new DomainId(7), Base + 0x2000, 1), "0 1" },
        { "a page of another domain", Descriptor.Pages(new DomainId(8), Base + 0x1000), "0 1 2 3" },
        { "as many pages as MAMV allows", Descriptor.Pages(new DomainId(7), 0, 18), "" },
    };

    [Theory]
    [MemberData(nameof(OfFirstStage))]
    public void First_stage_translations_go_by_PASID_and_domain(string what, Descriptor descriptor, string left)
    {
        using SpaceBench space = SpaceBench.OfFirstStage();
        Assert.Equal((what, left), (what, LeftAfter(space, descriptor, PageTables.User)));
    }

    [Theory]
    [MemberData(nameof(OfSecondStage))]
    public void Second_stage_translations_go_by_domain(string what, Descriptor descriptor, string left)
    {
        using SpaceBench space = SpaceBench.OfSecondStage();
        Assert.Equal((what, left), (what, LeftAfter(space, descriptor, PageTables.ReadWrite)));
    }

    [Fact]
    public void Without_PSI_pages_go_with_their_domain()
    {
        using SpaceBench space = SpaceBench.OfSecondStage(UnitBench.With(cap => cap with { PageSelectiveInvalidation = false }));
        Assert.Equal("", LeftAfter(space, Descriptor.Pages(new DomainId(7), Base), PageTables.ReadWrite));
    }

    [Fact]
    public void A_page_invalidated_takes_the_large_page_around_it_with_it()
    {
        foreach (SpaceBench space in (SpaceBench[])[SpaceBench.OfFirstStage(), SpaceBench.OfSecondStage()])
        {
            using (space)
            {
                bool first = space.Entry.GrantType == PasidGrantType.FirstStage;
                space.Tables[Base, 2] = 0x60_0000 | PageTables.PageSize | (first ? PageTables.User : PageTables.ReadWrite);
                space.Output(DmaAccess.Read, Base);
                space.Tables[Base, 2] = 0;
                space.Bench.EnableQueue();
                space.Bench.Submit(first ? Descriptor.PasidPages(new DomainId(7), new Pasid(5), Base + 0x1F_F000) : Descriptor.Pages(new DomainId(7), Base + 0x1F_F000));

                Assert.NotEqual(FaultReason.None, space.Fault(DmaAccess.Read, Base));
            }
        }
    }

    [Theory]
    // PASID cache: 0 domain, 1 PASID in domain, 3 global (FACTS 9).
    [InlineData("global", true)]
    [InlineData("domain", true)]
    [InlineData("another domain", false)]
    [InlineData("entry", true)]
    [InlineData("another entry", false)]
    [InlineData("entry of another domain", false)]
    public void PASID_entries_go_by_domain_and_PASID(string what, bool goes)
    {
        using SpaceBench space = SpaceBench.OfFirstStage();
        space.Output(DmaAccess.Read);
        space.Bench.SetPasid(SpaceBench.Pasid, default);
        space.Bench.EnableQueue();
        space.Bench.Submit(what switch
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
    // FM: 0 none, 1 bit 2, 2 bits 2:1, 3 bits 2:0 do not matter (FACTS 9, type 1).
    [InlineData(0x10, 0, true)]
    [InlineData(0x14, 0, false)]
    [InlineData(0x14, 1, true)]
    [InlineData(0x12, 1, false)]
    [InlineData(0x16, 2, true)]
    [InlineData(0x11, 2, false)]
    [InlineData(0x17, 3, true)]
    [InlineData(0x18, 3, false)]
    public void Contexts_go_by_device_and_mask(ushort named, int mask, bool goes)
    {
        using SpaceBench space = SpaceBench.OfFirstStage();
        space.Output(DmaAccess.Read);
        space.Bench.SetContext(UnitBench.Device, 0);
        space.Bench.EnableQueue();
        space.Bench.Submit(Descriptor.ContextOf(new RequesterId(named), mask: mask));

        Assert.Equal(goes ? FaultReason.ScalableContextNotPresent : FaultReason.None, space.Fault(DmaAccess.Read));
    }

    private static string LeftAfter(SpaceBench space, Descriptor descriptor, ulong rights)
    {
        for (ulong page = 0; page < 4; page++)
        {
            space.Tables[Base + page * 4096] = 0x60_0000 + page * 4096 | rights;
            space.Output(DmaAccess.Read, Base + page * 4096);
        }

        for (ulong page = 0; page < 4; page++)
            space.Tables[Base + page * 4096] = 0;
        space.Bench.EnableQueue();
        space.Bench.Submit(descriptor);
        Assert.Equal(32UL, space.Bench.Registers.Read64(0x80));
        return string.Join(' ', Enumerable.Range(0, 4).Where(page => space.Fault(DmaAccess.Read, Base + (ulong)page * 4096) == FaultReason.None));
    }
}
