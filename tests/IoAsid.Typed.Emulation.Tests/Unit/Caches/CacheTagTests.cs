using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The tags of each cache, and the entries that are cached and not cached (VT-d Table 17, 6.2.2 to 6.2.7).</summary>
public sealed class CacheTagTests
{
    private const ulong Page = 0x1000;
    private const ulong OtherDirectory = 0x10_5000;
    private const ulong OtherTable = 0x10_6000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Specification("6.2.1/3")]
    public void Two_devices_do_not_share_translations_of_one_domain(bool secondStage)
    {
        using UnitBench bench = MakeTwoDevices();
        SetPage(bench, new Pasid(5), 0x20_0000, 0x50_0000, secondStage);
        SetPage(bench, new Pasid(5), 0x28_0000, 0x55_0000, secondStage, OtherTable);

        Assert.Equal(0x50_0000UL, bench.Output(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5))));
        Assert.Equal(0x55_0000UL, bench.Output(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5)), UnitBench.OtherDevice));
    }

    [Fact]
    [Specification("6.2.1/3", "6.2.7/1")]
    public void Two_devices_do_not_share_translations_of_one_domain_in_legacy_mode()
    {
        using UnitBench bench = UnitBench.InLegacyMode(0x20_0000, UnitBench.WithoutStructures);
        _ = new PageTables(bench.Memory, 0x20_0000, 4, PageTables.ReadWrite) { [Page] = 0x50_0000 | PageTables.ReadWrite };
        _ = new PageTables(bench.Memory, 0x28_0000, 4, PageTables.ReadWrite) { [Page] = 0x55_0000 | PageTables.ReadWrite };
        bench.Set(UnitBench.Contexts + UnitBench.OtherDevice.Value * 16UL, 0x28_0001);
        bench.Set(UnitBench.Contexts + UnitBench.OtherDevice.Value * 16UL + 8, 7 << 8 | 2);

        Assert.Equal(0x50_0000UL, bench.Output(DmaAccess.Read, Page));
        Assert.Equal(0x55_0000UL, bench.Output(DmaAccess.Read, Page, device: UnitBench.OtherDevice));
        bench.Set(0x20_0000, 0);
        bench.Set(0x28_0000, 0);
        Assert.Equal(0x50_0000UL, bench.Output(DmaAccess.Read, Page));
        Assert.Equal(0x55_0000UL, bench.Output(DmaAccess.Read, Page, device: UnitBench.OtherDevice));
    }

    [Fact]
    [Specification("6.2.1/1")]
    public void Contexts_are_cached_by_device()
    {
        using UnitBench bench = MakeTwoDevices();
        SetPage(bench, new Pasid(5), 0x20_0000, 0x50_0000);
        bench.Output(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5)));
        bench.SetContext(UnitBench.Device, 0);
        bench.SetContext(UnitBench.OtherDevice, 0);

        Assert.Equal(FaultReason.None, bench.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5))));
        Assert.Equal(FaultReason.ScalableContextNotPresent, bench.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5)), UnitBench.OtherDevice));
    }

    [Fact]
    [Specification("6.2.1/2", "6.2.3/1")]
    public void PASID_entries_are_cached_by_device_and_PASID()
    {
        using UnitBench bench = MakeTwoDevices();
        SetPage(bench, new Pasid(5), 0x20_0000, 0x50_0000);
        SetPage(bench, new Pasid(6), 0x20_0000, 0x50_0000);
        SetPage(bench, new Pasid(5), 0x20_0000, 0x50_0000, table: OtherTable);
        bench.Output(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5)));
        bench.SetPasid(new Pasid(5), default);
        bench.SetPasid(new Pasid(6), default);
        bench.SetPasid(new Pasid(5), default, OtherTable);

        Assert.Equal(FaultReason.None, bench.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5))));
        Assert.Equal(FaultReason.PasidEntryNotPresent, bench.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(6))));
        Assert.Equal(FaultReason.PasidEntryNotPresent, bench.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5)), UnitBench.OtherDevice));
    }

    [Fact]
    [Specification("6.2.1/5")]
    public void Requests_without_PASID_find_the_cached_entry_of_RID_PASID()
    {
        using UnitBench bench = UnitBench.InScalableMode();
        SetRidPasid(bench, new Pasid(5));
        SetPage(bench, new Pasid(5), 0x20_0000, 0x50_0000);
        bench.Output(DmaAccess.Read, Page);
        bench.EnableQueue();
        bench.SetPasid(new Pasid(5), default);
        bench.Submit(Descriptor.AllTranslations, Descriptor.PasidEntry(new DomainId(7), new Pasid(0)));
        Assert.Equal(FaultReason.None, bench.Fault(DmaAccess.Read, Page));

        bench.Submit(Descriptor.PasidEntry(new DomainId(7), new Pasid(5)));
        Assert.Equal(FaultReason.PasidEntryNotPresent, bench.Fault(DmaAccess.Read, Page));
    }

    [Theory]
    [InlineData(5u, true)]
    [InlineData(0u, false)]
    [Specification("6.2.1/4")]
    public void Translations_without_PASID_are_invalidated_by_RID_PASID(uint named, bool goes)
    {
        using UnitBench bench = UnitBench.InScalableMode();
        SetRidPasid(bench, new Pasid(5));
        PageTables tables = SetPage(bench, new Pasid(5), 0x20_0000, 0x50_0000);
        bench.Output(DmaAccess.Read, Page);
        tables[Page] = 0;
        bench.EnableQueue();
        bench.Submit(Descriptor.PasidPages(new DomainId(7), new Pasid(named), Page));

        Assert.Equal(goes ? FaultReason.FirstStageEntryNotPresent : FaultReason.None, bench.Fault(DmaAccess.Read, Page));
    }

    [Fact]
    [Specification("6.2.1/4")]
    public void A_translation_without_PASID_is_not_found_by_a_request_with_one()
    {
        using UnitBench bench = UnitBench.InScalableMode(UnitBench.WithoutStructures);
        SetRidPasid(bench, new Pasid(5));
        SetPage(bench, new Pasid(5), 0x20_0000, 0x50_0000);
        bench.Output(DmaAccess.Read, Page);

        // Now requests without PASID use another PASID entry, and requests with PASID 5 use other tables.
        SetRidPasid(bench, new Pasid(6));
        SetPage(bench, new Pasid(5), 0x28_0000, 0x55_0000);
        bench.EnableQueue();
        bench.Submit(Descriptor.AllContexts, Descriptor.AllPasids);

        Assert.Equal(0x55_0000UL, bench.Output(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [Specification("6.2.1/6")]
    public void A_cached_page_serves_the_addresses_in_it(int level)
    {
        using UnitBench bench = UnitBench.InScalableMode();
        ulong size = 1UL << 3 + 9 * level;
        PageTables tables = SetPage(bench, new Pasid(5), 0x20_0000, 0x50_0000);
        tables[0x4000_0000, level] = 0xC000_0000 | PageTables.User | (level > 1 ? PageTables.PageSize : 0);
        bench.Output(DmaAccess.Read, 0x4000_0000, new PasidPrefix(new Pasid(5)));
        tables[0x4000_0000, level] = 0;

        Assert.Equal(0xC000_0000 + size - 1, bench.Output(DmaAccess.Read, 0x4000_0000 + size - 1, new PasidPrefix(new Pasid(5))));
        Assert.NotEqual(FaultReason.None, bench.Fault(DmaAccess.Read, 0x4000_0000 + size, new PasidPrefix(new Pasid(5))));
    }

    [Theory]
    [InlineData("root")]
    [InlineData("context")]
    [InlineData("directory")]
    [InlineData("entry")]
    [InlineData("page")]
    [InlineData("right")]
    [Specification("6.1/1", "6.2.2/1", "6.2.3/2", "6.2.4.1/1")]
    public void A_faulting_translation_is_not_cached(string what)
    {
        foreach (bool cachingMode in (bool[])[false, true])
        {
            using UnitBench bench = UnitBench.InScalableMode(UnitBench.With(cap => cap with { CachingMode = cachingMode }));
            PageTables tables = SetPage(bench, new Pasid(5), 0x20_0000, 0x50_0000);
            ulong place = what switch
            {
                "root" => UnitBench.Root,
                "context" => UnitBench.Contexts + UnitBench.Device.Value * 32UL,
                "directory" => UnitBench.PasidDirectory,
                "entry" => UnitBench.PasidTable + 5 * 64,
                _ => tables.PlaceOf(Page),
            };
            ulong before = bench.Word(place);
            bench.Set(place, what == "right" ? before & ~2UL : 0);
            Assert.NotEqual(FaultReason.None, bench.Fault(DmaAccess.Write, Page, new PasidPrefix(new Pasid(5))));
            bench.Set(place, before);

            Assert.Equal(FaultReason.None, bench.Fault(DmaAccess.Write, Page, new PasidPrefix(new Pasid(5))));
        }
    }

    [Fact]
    [Specification("6.2.7/2")]
    public void A_cached_pass_through_context_is_used_in_legacy_mode()
    {
        using UnitBench bench = UnitBench.InLegacyMode(0b10 << 2);
        Assert.Equal(TranslationKind.Identity, bench.Translate(DmaAccess.Read, Page).Kind);
        bench.Set(UnitBench.Contexts + UnitBench.Device.Value * 16UL, 0);

        Assert.Equal(TranslationKind.Identity, bench.Translate(DmaAccess.Read, Page + 0x1000).Kind);
    }

    [Fact]
    [Specification("6.2.8/1")]
    public void Translations_of_PASIDs_with_shared_tables_are_invalidated_separately()
    {
        using UnitBench bench = UnitBench.InScalableMode();
        PageTables tables = SetPage(bench, new Pasid(5), 0x20_0000, 0x50_0000);
        bench.SetPasid(new Pasid(6), new PasidEntry
        {
            Present = true,
            GrantType = PasidGrantType.FirstStage,
            FirstStageTable = 0x20_0000,
            DomainId = new(7),
            PageWalkSnoop = true,
        });
        bench.Output(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5)));
        bench.Output(DmaAccess.Read, Page, new PasidPrefix(new Pasid(6)));
        tables[Page] = 0;
        bench.EnableQueue();
        bench.Submit(Descriptor.PasidPages(new DomainId(7), new Pasid(5), Page));
        Assert.Equal(FaultReason.FirstStageEntryNotPresent, bench.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5))));
        Assert.Equal(FaultReason.None, bench.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(6))));

        bench.Submit(Descriptor.PasidPages(new DomainId(7), new Pasid(6), Page));
        Assert.Equal(FaultReason.FirstStageEntryNotPresent, bench.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(6))));
    }

    private static UnitBench MakeTwoDevices()
    {
        UnitBench bench = UnitBench.InScalableMode(UnitBench.WithoutStructures);
        bench.SetContext(UnitBench.OtherDevice, OtherDirectory | UnitBench.PasidEnable | 1);
        bench.Set(OtherDirectory, OtherTable | 1);
        return bench;
    }

    private static void SetRidPasid(UnitBench bench, Pasid pasid) =>
        bench.SetContext(UnitBench.Device, bench.Word(UnitBench.Contexts + UnitBench.Device.Value * 32UL), pasid.Value);

    private static PageTables SetPage(
        UnitBench bench, Pasid pasid, ulong tables, ulong page, bool secondStage = false, ulong table = UnitBench.PasidTable)
    {
        ulong rights = secondStage ? PageTables.ReadWrite : PageTables.User;
        bench.SetPasid(pasid, new PasidEntry
        {
            Present = true,
            GrantType = secondStage ? PasidGrantType.SecondStage : PasidGrantType.FirstStage,
            AddressWidth = secondStage ? AddressWidth.Bits48 : AddressWidth.Invalid,
            FirstStageTable = secondStage ? 0 : tables,
            SecondStageTable = secondStage ? tables : 0,
            DomainId = new(7),
            PageWalkSnoop = true,
        }, table);
        return new PageTables(bench.Memory, tables, 4, rights) { [Page] = page | rights };
    }
}
