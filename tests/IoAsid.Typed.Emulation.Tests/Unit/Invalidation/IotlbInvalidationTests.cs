using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The IOTLB entries that each invalidation removes (VT-d Tables 23, 24 and 27).</summary>
public sealed class IotlbInvalidationTests
{
    private const ulong Page = FilledIotlb.Page;

    public static TheoryData<PasidGrantType> Grants { get; } =
        [PasidGrantType.FirstStage, PasidGrantType.SecondStage, PasidGrantType.Nested, PasidGrantType.PassThrough];

    [Fact]
    [Specification("6.5.2.3/1")]
    public void Global_invalidation_removes_all_translations()
    {
        using FilledIotlb iotlb = new();
        iotlb.Fixture.Submit(new Descriptor(Descriptor.AllTranslations.Low | 0xABCDUL << 16));

        Assert.Empty(iotlb.Left());
    }

    [Theory]
    [MemberData(nameof(Grants))]
    [Specification("6.2.4/1", "6.2.4.1/4", "6.5.2.3/2")]
    public void Domain_selective_invalidation_removes_the_domain(PasidGrantType grant) =>
        AssertDrops(Descriptor.Domain(FilledIotlb.DomainOf(grant)), entry => entry.Domain == FilledIotlb.DomainOf(grant));

    [Theory]
    [MemberData(nameof(Grants))]
    [Specification("6.5.2.3/3", "6.5.2.3/4")]
    public void Page_selective_invalidation_by_domain_removes_all_nested_pages(PasidGrantType grant) => AssertDrops(
        Descriptor.Pages(FilledIotlb.DomainOf(grant), Page),
        entry => entry.Domain == FilledIotlb.DomainOf(grant)
            && (entry.Page == Page || grant is PasidGrantType.FirstStage or PasidGrantType.Nested));

    [Theory]
    [MemberData(nameof(Grants))]
    [Specification("6.5.2.4/1", "6.5.2.4/8")]
    public void PASID_selective_invalidation_removes_the_PASID_in_the_domain(PasidGrantType grant) => AssertDrops(
        Descriptor.Pasid(FilledIotlb.DomainOf(grant), FilledIotlb.PasidOf(grant)),
        entry => entry.Domain == FilledIotlb.DomainOf(grant) && entry.Pasid == FilledIotlb.PasidOf(grant));

    [Theory]
    [MemberData(nameof(Grants))]
    [Specification("6.5.2.4/2", "6.5.2.4/3")]
    public void Page_selective_invalidation_by_PASID_is_for_the_first_stage(PasidGrantType grant) => AssertDrops(
        Descriptor.PasidPages(FilledIotlb.DomainOf(grant), FilledIotlb.PasidOf(grant), Page),
        entry => entry.Domain == FilledIotlb.DomainOf(grant) && entry.Pasid == FilledIotlb.PasidOf(grant) && entry.Page == Page
            && grant is PasidGrantType.FirstStage or PasidGrantType.Nested);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(18)]
    [Specification("6.5.2.3/10")]
    public void AM_masks_low_bits_of_the_address(int mask)
    {
        const PasidGrantType Grant = PasidGrantType.SecondStage;
        ulong range = 4096UL << mask;
        AssertDrops(
            Descriptor.Pages(FilledIotlb.DomainOf(Grant), Page, mask),
            entry => entry.Domain == FilledIotlb.DomainOf(Grant) && entry.Page - Page < range);
    }

    [Fact]
    [Specification("6.5.2.3/9")]
    public void Address_bits_beyond_MGAW_are_ignored()
    {
        const PasidGrantType Grant = PasidGrantType.SecondStage;
        AssertDrops(
            Descriptor.Pages(FilledIotlb.DomainOf(Grant), Page | 0xFE00_0000_0000_0000),
            entry => entry.Domain == FilledIotlb.DomainOf(Grant) && entry.Page == Page);
    }

    [Theory]
    [InlineData("domain")]
    [InlineData("pages")]
    [InlineData("PASID")]
    [InlineData("pages of PASID")]
    [Specification("6.5.2.3/8", "6.5.2.4/6")]
    public void Domain_id_bits_beyond_ND_are_ignored(string granularity)
    {
        // With 64 domain ids, bits above bit 5 are ignored. The domain of the first stage is 7.
        DomainId domain = new(0xFFC7);
        UnitOptions options = UnitFixture.With(cap => cap with { NumberOfDomains = 1 });
        using FilledIotlb iotlb = new(options);
        iotlb.Fixture.Submit(granularity switch
        {
            "domain" => Descriptor.Domain(domain),
            "pages" => Descriptor.Pages(domain, Page),
            "PASID" => Descriptor.Pasid(domain, FilledIotlb.PasidOf(PasidGrantType.FirstStage)),
            _ => Descriptor.PasidPages(domain, FilledIotlb.PasidOf(PasidGrantType.FirstStage), Page),
        });

        Assert.DoesNotContain(iotlb.Left(), entry =>
            entry.Domain == FilledIotlb.DomainOf(PasidGrantType.FirstStage) && entry.Pasid == FilledIotlb.PasidOf(PasidGrantType.FirstStage) && entry.Page == Page);
    }

    [Theory]
    [MemberData(nameof(Grants))]
    [Specification("6.5.3.1/1", "6.5.3.1/2", "6.5.3.1/3")]
    public void A_page_request_invalidates_by_its_grant_type(PasidGrantType grant)
    {
        using FilledIotlb iotlb = new();
        iotlb.Fixture.Registers.Write64(0xD0, UnitFixture.Ring);

        // The tables that filled the entry determine the invalidated entries.
        iotlb.Restore();
        iotlb.Fixture.Unit.Receive(new PageRequestMessage(
            UnitFixture.Device, Page, GroupIndex: 1, Read: true, Write: true, IsLast: true, new PasidPrefix(FilledIotlb.PasidOf(grant))));
        iotlb.Fixture.RunBriefly();
        iotlb.Redirect();

        AssertLeft(iotlb, entry => entry.Domain == FilledIotlb.DomainOf(grant) && grant switch
        {
            PasidGrantType.FirstStage => entry.Pasid == FilledIotlb.PasidOf(grant) && entry.Page == Page,
            PasidGrantType.Nested => true,
            _ => entry.Page == Page,
        });
    }

    [Fact]
    [Specification("6.5.3.1/4")]
    public void A_page_request_without_PASID_invalidates_by_RID_PASID()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        UnitFixture fixture = space.Fixture;
        fixture.SetContext(UnitFixture.Device, fixture.Word(UnitFixture.Contexts + UnitFixture.Device.Value * 32UL), SpaceFixture.Pasid.Value);
        fixture.Registers.Write64(0xD0, UnitFixture.Ring);
        fixture.Output(DmaAccess.Read, SpaceFixture.Input);
        fixture.Unit.Receive(new PageRequestMessage(UnitFixture.Device, SpaceFixture.Input, GroupIndex: 1, Read: true, Write: false, IsLast: true));
        fixture.RunBriefly();
        space.Tables[SpaceFixture.Input] = 0;

        Assert.Equal(FaultReason.FirstStageEntryNotPresent, fixture.Fault(DmaAccess.Read, SpaceFixture.Input));
    }

    private static void AssertDrops(Descriptor descriptor, Func<FilledEntry, bool> isDropped)
    {
        using FilledIotlb iotlb = new();
        iotlb.Fixture.Submit(descriptor);
        AssertLeft(iotlb, isDropped);
    }

    private static void AssertLeft(FilledIotlb iotlb, Func<FilledEntry, bool> isDropped)
    {
        Assert.Equal(iotlb.Fixture.Registers.Read64(0x88), iotlb.Fixture.Registers.Read64(0x80));
        Assert.Equal(FilledIotlb.Entries.Where(entry => !isDropped(entry)), iotlb.Left());
    }
}
