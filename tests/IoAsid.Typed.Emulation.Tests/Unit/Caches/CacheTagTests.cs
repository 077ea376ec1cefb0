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
        using UnitFixture fixture = MakeTwoDevices();
        SetPage(fixture, new Pasid(5), 0x20_0000, 0x50_0000, secondStage);
        SetPage(fixture, new Pasid(5), 0x28_0000, 0x55_0000, secondStage, OtherTable);

        Assert.Equal(0x50_0000UL, fixture.Output(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5))));
        Assert.Equal(0x55_0000UL, fixture.Output(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5)), UnitFixture.OtherDevice));
    }

    [Fact]
    [Specification("6.2.1/3", "6.2.7/1")]
    public void Two_devices_do_not_share_translations_of_one_domain_in_legacy_mode()
    {
        using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000, UnitFixture.WithoutStructures);
        _ = new PageTables(new TablePages(fixture.Memory, 0x20_0000), 4, EntryBits.ReadWrite) { [Page] = 0x50_0000 | EntryBits.ReadWrite };
        _ = new PageTables(new TablePages(fixture.Memory, 0x28_0000), 4, EntryBits.ReadWrite) { [Page] = 0x55_0000 | EntryBits.ReadWrite };
        fixture.Set(UnitFixture.Contexts + UnitFixture.OtherDevice.Value * 16UL, 0x28_0001);
        fixture.Set(UnitFixture.Contexts + UnitFixture.OtherDevice.Value * 16UL + 8, 7 << 8 | 2);

        Assert.Equal(0x50_0000UL, fixture.Output(DmaAccess.Read, Page));
        Assert.Equal(0x55_0000UL, fixture.Output(DmaAccess.Read, Page, device: UnitFixture.OtherDevice));
        fixture.Set(0x20_0000, 0);
        fixture.Set(0x28_0000, 0);
        Assert.Equal(0x50_0000UL, fixture.Output(DmaAccess.Read, Page));
        Assert.Equal(0x55_0000UL, fixture.Output(DmaAccess.Read, Page, device: UnitFixture.OtherDevice));
    }

    [Fact]
    [Specification("6.2.1/1")]
    public void Contexts_are_cached_by_device()
    {
        using UnitFixture fixture = MakeTwoDevices();
        SetPage(fixture, new Pasid(5), 0x20_0000, 0x50_0000);
        fixture.Output(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5)));
        fixture.SetContext(UnitFixture.Device, 0);
        fixture.SetContext(UnitFixture.OtherDevice, 0);

        Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5))));
        Assert.Equal(FaultReason.ScalableContextNotPresent, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5)), UnitFixture.OtherDevice));
    }

    [Fact]
    [Specification("6.2.1/2", "6.2.3/1")]
    public void PASID_entries_are_cached_by_device_and_PASID()
    {
        using UnitFixture fixture = MakeTwoDevices();
        SetPage(fixture, new Pasid(5), 0x20_0000, 0x50_0000);
        SetPage(fixture, new Pasid(6), 0x20_0000, 0x50_0000);
        SetPage(fixture, new Pasid(5), 0x20_0000, 0x50_0000, table: OtherTable);
        fixture.Output(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5)));
        fixture.SetPasid(new Pasid(5), default);
        fixture.SetPasid(new Pasid(6), default);
        fixture.SetPasid(new Pasid(5), default, OtherTable);

        Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5))));
        Assert.Equal(FaultReason.PasidEntryNotPresent, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(6))));
        Assert.Equal(FaultReason.PasidEntryNotPresent, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5)), UnitFixture.OtherDevice));
    }

    [Fact]
    [Specification("6.2.1/5")]
    public void Requests_without_PASID_find_the_cached_entry_of_RID_PASID()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        SetRidPasid(fixture, new Pasid(5));
        SetPage(fixture, new Pasid(5), 0x20_0000, 0x50_0000);
        fixture.Output(DmaAccess.Read, Page);
        fixture.EnableQueue();
        fixture.SetPasid(new Pasid(5), default);
        fixture.Submit(Descriptor.AllTranslations, Descriptor.PasidEntry(new DomainId(7), new Pasid(0)));
        Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Read, Page));

        fixture.Submit(Descriptor.PasidEntry(new DomainId(7), new Pasid(5)));
        Assert.Equal(FaultReason.PasidEntryNotPresent, fixture.Fault(DmaAccess.Read, Page));
    }

    [Theory]
    [InlineData(5u, true)]
    [InlineData(0u, false)]
    [Specification("6.2.1/4")]
    public void Translations_without_PASID_are_invalidated_by_RID_PASID(uint named, bool goes)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        SetRidPasid(fixture, new Pasid(5));
        PageTables tables = SetPage(fixture, new Pasid(5), 0x20_0000, 0x50_0000);
        fixture.Output(DmaAccess.Read, Page);
        tables[Page] = 0;
        fixture.EnableQueue();
        fixture.Submit(Descriptor.PasidPages(new DomainId(7), new Pasid(named), Page));

        Assert.Equal(goes ? FaultReason.FirstStageEntryNotPresent : FaultReason.None, fixture.Fault(DmaAccess.Read, Page));
    }

    [Fact]
    [Specification("6.2.1/4")]
    public void A_translation_without_PASID_is_not_found_by_a_request_with_one()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.WithoutStructures);
        SetRidPasid(fixture, new Pasid(5));
        SetPage(fixture, new Pasid(5), 0x20_0000, 0x50_0000);
        fixture.Output(DmaAccess.Read, Page);

        // Now requests without PASID use another PASID entry, and requests with PASID 5 use other tables.
        SetRidPasid(fixture, new Pasid(6));
        SetPage(fixture, new Pasid(5), 0x28_0000, 0x55_0000);
        fixture.EnableQueue();
        fixture.Submit(Descriptor.AllContexts, Descriptor.AllPasids);

        Assert.Equal(0x55_0000UL, fixture.Output(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [Specification("6.2.1/6")]
    public void A_cached_page_serves_the_addresses_in_it(int level)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        ulong size = 1UL << 3 + 9 * level;
        PageTables tables = SetPage(fixture, new Pasid(5), 0x20_0000, 0x50_0000);
        tables[0x4000_0000, level] = 0xC000_0000 | EntryBits.User | (level > 1 ? EntryBits.PageSize : 0);
        fixture.Output(DmaAccess.Read, 0x4000_0000, new PasidPrefix(new Pasid(5)));
        tables[0x4000_0000, level] = 0;

        Assert.Equal(0xC000_0000 + size - 1, fixture.Output(DmaAccess.Read, 0x4000_0000 + size - 1, new PasidPrefix(new Pasid(5))));
        Assert.NotEqual(FaultReason.None, fixture.Fault(DmaAccess.Read, 0x4000_0000 + size, new PasidPrefix(new Pasid(5))));
    }

    [Theory]
    [InlineData("root")]
    [InlineData("context")]
    [InlineData("directory")]
    [InlineData("entry")]
    [InlineData("page")]
    [InlineData("right")]
    [Specification("6.1/1", "6.2.2/1", "6.2.3/2", "6.2.4.1/1")]
    public void A_faulting_translation_is_not_cached(string cause)
    {
        foreach (bool cachingMode in (bool[])[false, true])
        {
            using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.With(cap => cap with { CachingMode = cachingMode }));
            PageTables tables = SetPage(fixture, new Pasid(5), 0x20_0000, 0x50_0000);
            ulong place = cause switch
            {
                "root" => UnitFixture.Root,
                "context" => UnitFixture.Contexts + UnitFixture.Device.Value * 32UL,
                "directory" => UnitFixture.PasidDirectory,
                "entry" => UnitFixture.PasidTable + 5 * 64,
                _ => tables.PlaceOf(Page),
            };
            ulong before = fixture.Word(place);
            fixture.Set(place, cause == "right" ? before & ~2UL : 0);
            Assert.NotEqual(FaultReason.None, fixture.Fault(DmaAccess.Write, Page, new PasidPrefix(new Pasid(5))));
            fixture.Set(place, before);

            Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Write, Page, new PasidPrefix(new Pasid(5))));
        }
    }

    [Fact]
    [Specification("6.2.7/2")]
    public void A_cached_pass_through_context_is_used_in_legacy_mode()
    {
        using UnitFixture fixture = UnitFixture.InLegacyMode(0b10 << 2);
        Assert.Equal(TranslationKind.Identity, fixture.Translate(DmaAccess.Read, Page).Kind);
        fixture.Set(UnitFixture.Contexts + UnitFixture.Device.Value * 16UL, 0);

        Assert.Equal(TranslationKind.Identity, fixture.Translate(DmaAccess.Read, Page + 0x1000).Kind);
    }

    [Fact]
    [Specification("6.2.8/1")]
    public void Translations_of_PASIDs_with_shared_tables_are_invalidated_separately()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        PageTables tables = SetPage(fixture, new Pasid(5), 0x20_0000, 0x50_0000);
        fixture.SetPasid(new Pasid(6), new PasidEntry
        {
            Present = true,
            GrantType = PasidGrantType.FirstStage,
            FirstStageTable = 0x20_0000,
            DomainId = new(7),
            PageWalkSnoop = true,
        });
        fixture.Output(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5)));
        fixture.Output(DmaAccess.Read, Page, new PasidPrefix(new Pasid(6)));
        tables[Page] = 0;
        fixture.EnableQueue();
        fixture.Submit(Descriptor.PasidPages(new DomainId(7), new Pasid(5), Page));
        Assert.Equal(FaultReason.FirstStageEntryNotPresent, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(5))));
        Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(6))));

        fixture.Submit(Descriptor.PasidPages(new DomainId(7), new Pasid(6), Page));
        Assert.Equal(FaultReason.FirstStageEntryNotPresent, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(6))));
    }

    private static UnitFixture MakeTwoDevices()
    {
        UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.WithoutStructures);
        fixture.SetContext(UnitFixture.OtherDevice, OtherDirectory | UnitFixture.PasidEnable | 1);
        fixture.Set(OtherDirectory, OtherTable | 1);
        return fixture;
    }

    private static void SetRidPasid(UnitFixture fixture, Pasid pasid) =>
        fixture.SetContext(UnitFixture.Device, fixture.Word(UnitFixture.Contexts + UnitFixture.Device.Value * 32UL), pasid.Value);

    private static PageTables SetPage(
        UnitFixture fixture, Pasid pasid, ulong tables, ulong page, bool secondStage = false, ulong table = UnitFixture.PasidTable)
    {
        ulong rights = secondStage ? EntryBits.ReadWrite : EntryBits.User;
        fixture.SetPasid(pasid, new PasidEntry
        {
            Present = true,
            GrantType = secondStage ? PasidGrantType.SecondStage : PasidGrantType.FirstStage,
            AddressWidth = secondStage ? AddressWidth.Bits48 : AddressWidth.Invalid,
            FirstStageTable = secondStage ? 0 : tables,
            SecondStageTable = secondStage ? tables : 0,
            DomainId = new(7),
            PageWalkSnoop = true,
        }, table);
        return new PageTables(new TablePages(fixture.Memory, tables), 4, rights) { [Page] = page | rights };
    }
}
