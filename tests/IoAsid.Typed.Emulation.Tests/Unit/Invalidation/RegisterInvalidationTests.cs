using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>Invalidation by CCMD and IOTLB, in legacy mode only, with the actual granularity.</summary>
public sealed class RegisterInvalidationTests
{
    private const uint Ccmd = 0x28;
    private const uint Iva = 0x500;
    private const uint Iotlb = 0x508;
    private const ulong Start = 1UL << 63;
    private const ulong Page = 0x1000_0000;
    private const ushort Own = 7;

    [Theory]
    // Requested granularity, domain, device, function mask, the actual granularity, and true if the context entry of the device in domain 7 is removed.
    [InlineData(1, 0, 0, 0, 1, true)]
    [InlineData(2, 7, 0, 0, 1, true)]
    [InlineData(3, 7, 0x10, 0, 3, true)]
    [InlineData(3, 8, 0x10, 0, 3, false)]
    [InlineData(3, 7, 0x18, 0, 3, false)]
    [InlineData(3, 7, 0x14, 0, 3, false)]
    [InlineData(3, 7, 0x14, 1, 3, true)]
    [InlineData(0, 7, 0x10, 0, 0, false)]
    [Specification("6.5.1.1/1", "6.5.1.1/2", "6.5.1.1/3", "11.4.6.1/1", "11.4.6.1/2", "11.4.6.1/3")]
    public void CCMD_invalidates_contexts(ulong granularity, ulong named, ulong device, ulong mask, ulong done, bool goes)
    {
        using UnitFixture fixture = MakeLegacy();
        fixture.Output(DmaAccess.Read, Page);
        fixture.Set(UnitFixture.Contexts + UnitFixture.Device.Value * 16UL, 0);
        fixture.Registers.Write64(Ccmd, Start | granularity << 61 | mask << 32 | device << 16 | named);

        Assert.Equal((0UL, done), (fixture.Registers.Read64(Ccmd) >> 63, fixture.Registers.Read64(Ccmd) >> 59 & 3));
        Assert.Equal(goes ? FaultReason.ContextNotPresent : FaultReason.None, fixture.Fault(DmaAccess.Read, Page));
    }

    [Theory]
    // Requested granularity, domain, address, AM, the actual granularity, and true if the translation of the page in domain 7 is removed.
    [InlineData(1, 0, 0UL, 0, 1, true)]
    [InlineData(2, 7, 0UL, 0, 2, true)]
    [InlineData(2, 8, 0UL, 0, 2, false)]
    [InlineData(3, 7, Page, 0, 3, true)]
    [InlineData(3, 7, Page + 0x1000, 0, 3, false)]
    [InlineData(3, 7, Page + 0x1000, 1, 3, true)]
    [InlineData(3, 8, Page, 0, 3, false)]
    // AM above CAP.MAMV is an incorrect request, and so is granularity 0.
    [InlineData(3, 7, Page, 19, 0, false)]
    [InlineData(0, 7, Page, 0, 0, false)]
    // Bits beyond MGAW are ignored.
    [InlineData(3, 7, Page | 1UL << 57, 0, 3, true)]
    [Specification("6.5.1.2/1", "6.5.1.2/2", "6.5.1.2/3", "6.5.1.2/4", "11.4.6.3/1", "11.4.6.3/2", "11.4.6.4/1", "11.4.6.4/2")]
    public void IOTLB_invalidates_translations(ulong granularity, ulong named, ulong address, ulong mask, ulong done, bool goes)
    {
        using UnitFixture fixture = MakeLegacy();
        fixture.Output(DmaAccess.Read, Page);
        Unmap(fixture);
        fixture.Registers.Write64(Iva, address | mask);
        fixture.Registers.Write64(Iotlb, Start | granularity << 60 | named << 32);

        Assert.Equal((0UL, done), (fixture.Registers.Read64(Iotlb) >> 63, fixture.Registers.Read64(Iotlb) >> 57 & 3));
        Assert.Equal(goes ? FaultReason.ReadDenied : FaultReason.None, fixture.Fault(DmaAccess.Read, Page));
    }

    [Fact]
    [Specification("6.5.1.2/4")]
    public void Without_PSI_a_page_request_invalidates_the_domain_and_sets_IAIG()
    {
        using UnitFixture fixture = MakeLegacy(UnitFixture.With(cap => cap with { PageSelectiveInvalidation = false }));
        fixture.Output(DmaAccess.Read, Page);
        Unmap(fixture);
        fixture.Registers.Write64(Iotlb, Start | 3UL << 60 | (ulong)Own << 32);

        Assert.Equal(2UL, fixture.Registers.Read64(Iotlb) >> 57 & 3);
        Assert.Equal(FaultReason.ReadDenied, fixture.Fault(DmaAccess.Read, Page));
    }

    [Fact]
    [Specification("6.5.1.2/1")]
    public void Without_PSI_a_global_request_invalidates_everything()
    {
        using UnitFixture fixture = MakeLegacy(UnitFixture.With(cap => cap with { PageSelectiveInvalidation = false }));
        fixture.Registers.Write64(Iotlb, Start | 1UL << 60);

        Assert.Equal(1UL, fixture.Registers.Read64(Iotlb) >> 57 & 3);
    }

    [Theory]
    [InlineData(0xFFC7UL, true)]
    [InlineData(0xFFC8UL, false)]
    [Specification("11.4.6.1/4", "11.4.6.3/3")]
    public void Domain_id_bits_beyond_ND_are_ignored(ulong named, bool goes)
    {
        UnitOptions options = UnitFixture.With(cap => cap with { NumberOfDomains = 1 });
        using UnitFixture contexts = MakeLegacy(options);
        contexts.Output(DmaAccess.Read, Page);
        contexts.Set(UnitFixture.Contexts + UnitFixture.Device.Value * 16UL, 0);
        contexts.Registers.Write64(Ccmd, Start | 3UL << 61 | (ulong)UnitFixture.Device.Value << 16 | named);
        Assert.Equal(goes ? FaultReason.ContextNotPresent : FaultReason.None, contexts.Fault(DmaAccess.Read, Page));

        using UnitFixture translations = MakeLegacy(options);
        translations.Output(DmaAccess.Read, Page);
        Unmap(translations);
        translations.Registers.Write64(Iotlb, Start | 2UL << 60 | named << 32);
        Assert.Equal(goes ? FaultReason.ReadDenied : FaultReason.None, translations.Fault(DmaAccess.Read, Page));
    }

    [Theory]
    // TTM other than 00b, and all modes from major version 6.
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(0, 6)]
    [InlineData(0, 15)]
    [Specification("6.5/1", "6.5.1/2", "11.4.6.1/5", "11.4.6.3/4")]
    public void Registers_invalidate_only_in_legacy_mode_up_to_version_5(int mode, byte version)
    {
        UnitOptions options = UnitFixture.Options with { Capabilities = VtdCapabilities.Everything with { MajorVersion = version } };
        using UnitFixture fixture = MakeLegacy(options);
        fixture.Output(DmaAccess.Read, Page);
        Unmap(fixture);
        fixture.SetRoot(UnitFixture.Root | (ulong)mode << 10);
        fixture.Registers.Write64(Ccmd, Start | 1UL << 61);
        fixture.Registers.Write64(Iotlb, Start | 1UL << 60);
        fixture.SetRoot(UnitFixture.Root);

        Assert.Equal((0UL, 0UL), (fixture.Registers.Read64(Ccmd) >> 63, fixture.Registers.Read64(Ccmd) >> 59 & 3));
        Assert.Equal((0UL, 0UL), (fixture.Registers.Read64(Iotlb) >> 63, fixture.Registers.Read64(Iotlb) >> 57 & 3));
        Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Read, Page));
        Assert.Equal(2, fixture.Reports.Count(report => report.Contains("ignored", StringComparison.Ordinal)));
    }

    [Fact]
    public void Commands_without_their_start_bit_do_nothing()
    {
        using UnitFixture fixture = MakeLegacy();
        fixture.Output(DmaAccess.Read, Page);
        Unmap(fixture);
        fixture.Set(UnitFixture.Contexts + UnitFixture.Device.Value * 16UL, 0);
        fixture.Registers.Write64(Ccmd, 1UL << 61);
        fixture.Registers.Write64(Iotlb, 1UL << 60);

        Assert.Equal((0UL, 0UL), (fixture.Registers.Read64(Ccmd) >> 59 & 3, fixture.Registers.Read64(Iotlb) >> 57 & 3));
        Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Read, Page));
    }

    [Fact]
    [Specification("6.5/1")]
    public void Version_5_still_invalidates_by_registers()
    {
        using UnitFixture fixture = MakeLegacy(UnitFixture.Options with { Capabilities = VtdCapabilities.Everything with { MajorVersion = 5 } });
        fixture.Registers.Write64(Iotlb, Start | 1UL << 60);

        Assert.Equal(1UL, fixture.Registers.Read64(Iotlb) >> 57 & 3);
    }

    [Fact]
    [Specification("6.5.1/1")]
    public void Invalidation_by_registers_does_not_need_translation()
    {
        using UnitFixture fixture = MakeLegacy(UnitFixture.LegacyOptions);
        fixture.Output(DmaAccess.Read, Page);
        Unmap(fixture);
        fixture.Clear(1u << 31);
        fixture.Registers.Write64(Iotlb, Start | 1UL << 60);
        fixture.Command(1u << 31);

        Assert.Equal(FaultReason.ReadDenied, fixture.Fault(DmaAccess.Read, Page));
    }

    private static UnitFixture MakeLegacy(UnitOptions? options = null)
    {
        options ??= UnitFixture.Options;
        VtdCapabilities capabilities = options.Capabilities;
        UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000, options with
        {
            Capabilities = capabilities with { Capability = capabilities.Capability with { SetRootTableFlushes = false } },
        });
        _ = new PageTables(new TablePages(fixture.Memory, 0x20_0000), 4, EntryBits.ReadWrite) { [Page] = 0x50_0000 | EntryBits.ReadWrite };
        return fixture;
    }

    private static void Unmap(UnitFixture fixture) => _ = new PageTables(new TablePages(fixture.Memory, 0x20_0000), 4, EntryBits.ReadWrite) { [Page] = 0 };
}
