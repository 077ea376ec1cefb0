using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The meaning of the fields of root, context, PASID directory and PASID entries (VT-d 9.1 to 9.6), and their faults (VT-d 7.1.3).</summary>
public sealed class EntryMeaningTests
{
    private const ulong Page = 0x1000;
    private const uint Number = 5;

    private static readonly Pasid Pasid = new(Number);
    private const ulong Output = 0x50_0000;
    private static readonly ulong ContextPlace = UnitFixture.Contexts + UnitFixture.Device.Value * 32UL;
    private const ulong EnablePasidInTranslatedRequests = 1 << 6;

    [Theory]
    [InlineData("root", FaultReason.ScalableRootNotPresent)]
    [InlineData("context", FaultReason.ScalableContextNotPresent)]
    [InlineData("directory", FaultReason.PasidDirectoryNotPresent)]
    [InlineData("entry", FaultReason.PasidEntryNotPresent)]
    [Specification("9.2/1", "9.4/1", "9.5/1", "9.6/1")]
    public void Nothing_else_matters_in_an_entry_that_is_not_present(string entry, FaultReason expected)
    {
        using UnitFixture fixture = Make();
        fixture.SetPasid(Pasid, Entry(PasidGrantType.FirstStage));
        (ulong place, int words) = entry switch
        {
            "root" => (UnitFixture.Root, 1),
            "context" => (ContextPlace, 4),
            "directory" => (UnitFixture.PasidDirectory, 1),
            _ => (UnitFixture.PasidTable + Number * 64, 8),
        };
        for (int word = 0; word < words; word++)
            fixture.Set(place + (ulong)word * 8, word == 0 ? ~0b11UL : ulong.MaxValue);

        Assert.Equal(expected, Fault(fixture));
    }

    [Theory]
    [InlineData("root", FaultReason.RootNotPresent)]
    [InlineData("context", FaultReason.ContextNotPresent)]
    [Specification("9.1/1", "9.3/1")]
    public void Nothing_else_matters_in_an_entry_of_legacy_mode_that_is_not_present(string entry, FaultReason expected)
    {
        using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000);
        ulong place = entry == "root" ? UnitFixture.Root : UnitFixture.Contexts + UnitFixture.Device.Value * 16UL;
        fixture.Set(place, ~0b11UL);
        fixture.Set(place + 8, ulong.MaxValue);

        Assert.Equal(expected, fixture.Fault(DmaAccess.Read, Page));
    }

    [Theory]
    // P and FPD, with a fault of the page (6h) or of the entry itself (2h).
    [InlineData(true, false, FaultReason.ReadDenied)]
    [InlineData(true, true, FaultReason.None)]
    [InlineData(false, false, FaultReason.ContextNotPresent)]
    [InlineData(false, true, FaultReason.None)]
    [Specification("9.3/2")]
    public void FPD_of_a_context_entry_applies_without_P(bool present, bool silent, FaultReason expected)
    {
        using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000);
        fixture.Set(UnitFixture.Contexts + UnitFixture.Device.Value * 16UL, 0x20_0000 | (present ? 1UL : 0) | (silent ? 2UL : 0));

        Assert.Equal(expected, fixture.Fault(DmaAccess.Read, Page));
        Assert.Equal(TranslationKind.Blocked, fixture.Translate(DmaAccess.Read, Page).Kind);
    }

    [Theory]
    // TT, the absent capability, and the results of an untranslated and of a translated request.
    [InlineData(0, "", FaultReason.None, FaultReason.RequestTypeBlocked)]
    [InlineData(1, "", FaultReason.None, FaultReason.None)]
    [InlineData(1, "DT", FaultReason.ContextInvalid, FaultReason.ContextInvalid)]
    [InlineData(2, "", FaultReason.None, FaultReason.RequestTypeBlocked)]
    [InlineData(2, "PT", FaultReason.ContextInvalid, FaultReason.ContextInvalid)]
    [InlineData(3, "", FaultReason.ContextInvalid, FaultReason.ContextInvalid)]
    [Specification("9.3/3", "9.3/4", "9.3/5", "9.3/6")]
    public void TT_selects_the_allowed_requests(int type, string lacking, FaultReason untranslated, FaultReason translated)
    {
        using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000 | (ulong)type << 2, Lacking.Capability(lacking));
        MapSecond(fixture);

        Assert.Equal(untranslated, fixture.Fault(DmaAccess.Read, Page));
        if (untranslated == FaultReason.None)
            Assert.Equal(type == 2 ? Page : Output, fixture.Translate(DmaAccess.Read, Page).Address);
        fixture.ClearFaults();
        fixture.Unit.Translate(new DmaRequest(UnitFixture.Device, Output, DmaAccess.Read, IsTranslated: true));
        Assert.Equal(translated, fixture.RecordedReason);
    }

    [Theory]
    // AW, supported widths (bit 1 is 39 bits, 2 is 48, 3 is 57) and TT, with an address below 2^39 and one above.
    [InlineData(1, 0b0010, 0, FaultReason.ReadDenied, FaultReason.AddressBeyondWidth)]
    [InlineData(2, 0b0110, 0, FaultReason.ReadDenied, FaultReason.ReadDenied)]
    [InlineData(2, 0b0010, 0, FaultReason.ContextInvalid, FaultReason.ContextInvalid)]
    [InlineData(3, 0b0110, 2, FaultReason.ContextInvalid, FaultReason.ContextInvalid)]
    [InlineData(0, 0b1110, 0, FaultReason.ContextInvalid, FaultReason.ContextInvalid)]
    [InlineData(4, 0b1110, 0, FaultReason.ContextInvalid, FaultReason.ContextInvalid)]
    [Specification("9.3/7", "9.3/8")]
    public void AW_of_a_context_entry_is_a_supported_width(ulong width, byte supported, int type, FaultReason below, FaultReason above)
    {
        using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000 | (ulong)type << 2, UnitFixture.With(cap => cap with { SupportedAddressWidths = supported }));
        fixture.Set(UnitFixture.Contexts + UnitFixture.Device.Value * 16UL + 8, width);

        Assert.Equal(below, fixture.Fault(DmaAccess.Read, Page));
        Assert.Equal(above, fixture.Fault(DmaAccess.Read, 1UL << 39));
    }

    [Theory]
    // PGTT and the absent capability.
    [InlineData(0, "", FaultReason.PasidEntryInvalid)]
    [InlineData(1, "", FaultReason.None)]
    [InlineData(1, "FSTS", FaultReason.PasidEntryInvalid)]
    [InlineData(2, "", FaultReason.None)]
    [InlineData(2, "SSTS", FaultReason.PasidEntryInvalid)]
    [InlineData(3, "NEST", FaultReason.PasidEntryInvalid)]
    [InlineData(4, "", FaultReason.None)]
    [InlineData(4, "PT", FaultReason.PasidEntryInvalid)]
    [InlineData(5, "", FaultReason.PasidEntryInvalid)]
    [InlineData(6, "", FaultReason.PasidEntryInvalid)]
    [InlineData(7, "", FaultReason.PasidEntryInvalid)]
    [Specification("9.6/5", "9.6/6")]
    public void PGTT_selects_the_stages(int grant, string lacking, FaultReason expected)
    {
        using UnitFixture fixture = Make(Lacking.Capability(lacking));
        MapFirst(fixture);
        MapSecond(fixture);
        PasidEntry entry = Entry((PasidGrantType)grant);

        // Without a stage its fields are reserved. This check comes first.
        fixture.SetPasid(Pasid, lacking switch
        {
            "FSTS" => entry with { FirstStageTable = 0 },
            "SSTS" => entry with { SecondStageTable = 0, AddressWidth = AddressWidth.Invalid },
            _ => entry,
        });

        Assert.Equal(expected, Fault(fixture));
        if (expected == FaultReason.None)
            Assert.Equal(grant == 4 ? Page : Output, fixture.Translate(DmaAccess.Read, Page, new PasidPrefix(Pasid)).Address);
    }

    [Theory]
    // Grant type, AW, FSPM and the absent capability.
    [InlineData(PasidGrantType.SecondStage, 0, 0, "", FaultReason.PasidEntryInvalid)]
    [InlineData(PasidGrantType.SecondStage, 4, 0, "", FaultReason.PasidEntryInvalid)]
    [InlineData(PasidGrantType.SecondStage, 2, 3, "", FaultReason.None)]
    [InlineData(PasidGrantType.Nested, 0, 0, "", FaultReason.PasidEntryInvalid)]
    [InlineData(PasidGrantType.Nested, 2, 2, "", FaultReason.PasidEntryInvalid)]
    [InlineData(PasidGrantType.FirstStage, 7, 0, "", FaultReason.None)]
    [InlineData(PasidGrantType.FirstStage, 0, 2, "", FaultReason.PasidEntryInvalid)]
    [InlineData(PasidGrantType.FirstStage, 0, 3, "", FaultReason.PasidEntryInvalid)]
    [InlineData(PasidGrantType.FirstStage, 0, 1, "FS5LP", FaultReason.PasidEntryInvalid)]
    [InlineData(PasidGrantType.PassThrough, 7, 3, "", FaultReason.None)]
    [Specification("9.6/3", "9.6/14")]
    public void AW_and_FSPM_apply_if_their_stage_translates(PasidGrantType grant, int width, int mode, string lacking, FaultReason expected)
    {
        using UnitFixture fixture = Make(Lacking.Capability(lacking));
        MapFirst(fixture);
        MapSecond(fixture);
        fixture.SetPasid(Pasid, Entry(grant) with { AddressWidth = (AddressWidth)width, FirstStagePagingMode = (FirstStagePagingMode)mode });

        Assert.Equal(expected, Fault(fixture));
    }

    [Theory]
    [InlineData(PasidGrantType.FirstStage)]
    [InlineData(PasidGrantType.SecondStage)]
    [InlineData(PasidGrantType.PassThrough)]
    [Specification("9.6/13")]
    public void SRE_applies_to_all_grant_types(PasidGrantType grant)
    {
        using UnitFixture fixture = Make();
        MapFirst(fixture);
        MapSecond(fixture);
        PasidPrefix supervisor = new(Pasid, privileged: true);
        fixture.SetPasid(Pasid, Entry(grant));
        Assert.Equal(FaultReason.SupervisorRequestsDisabled, fixture.Fault(DmaAccess.Read, Page, supervisor));
        Assert.Equal(FaultReason.None, Fault(fixture));

        // The result is the same if the page is cached.
        Assert.Equal(FaultReason.SupervisorRequestsDisabled, fixture.Fault(DmaAccess.Read, Page, supervisor));

        fixture.EnableQueue();
        fixture.SetPasid(Pasid, Entry(grant) with { SupervisorRequestEnable = true });
        fixture.Submit(Descriptor.AllPasids);
        Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Read, Page, supervisor));
    }

    [Theory]
    [InlineData(0, 1u << 13)]
    [InlineData(3, 1u << 16)]
    [Specification("9.4/8", "7.1.3/5")]
    public void PDTS_limits_PASIDs(int size, uint limit)
    {
        using UnitFixture fixture = Make(context: UnitFixture.PasidEnable | (ulong)size << 9);

        Assert.Equal(FaultReason.PasidDirectoryNotPresent, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(limit - 1))));
        Assert.Equal(FaultReason.PasidBeyondDirectory, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(limit))));
    }

    [Theory]
    // DTE and PRE. The fault is 43h if only PRE is set.
    [InlineData(false, false, FaultReason.None)]
    [InlineData(true, false, FaultReason.None)]
    [InlineData(true, true, FaultReason.None)]
    [InlineData(false, true, FaultReason.ScalableContextInvalid)]
    [Specification("7.1.3/1")]
    public void Page_requests_need_translation_requests(bool deviceTlb, bool pageRequests, FaultReason expected)
    {
        using UnitFixture fixture = Make(context: (deviceTlb ? UnitFixture.DeviceTlbEnable : 0) | (pageRequests ? UnitFixture.PageRequestEnable : 0));
        MapFirst(fixture);
        fixture.SetPasid(new Pasid(0), Entry(PasidGrantType.FirstStage));

        Assert.Equal(expected, fixture.Fault(DmaAccess.Read, Page));
    }

    [Theory]
    [InlineData(0u, (1u << 13) - 1, FaultReason.PasidDirectoryNotPresent)]
    [InlineData(0u, 1u << 13, FaultReason.ScalableContextInvalid)]
    [InlineData(7u, (1u << 20) - 1, FaultReason.PasidDirectoryNotPresent)]
    [Specification("7.1.3/2")]
    public void RID_PASID_must_be_in_the_directory(uint size, uint number, FaultReason expected)
    {
        using UnitFixture fixture = Make();
        fixture.SetContext(UnitFixture.Device, UnitFixture.PasidDirectory | size << 9 | 1, number);

        Assert.Equal(expected, fixture.Fault(DmaAccess.Read, Page));
    }

    [Theory]
    [InlineData(false, FaultReason.PasidDisabled)]
    [InlineData(true, FaultReason.None)]
    [Specification("9.4/4", "7.1.3/4")]
    public void PASIDE_is_for_requests_with_a_PASID(bool enabled, FaultReason expected)
    {
        using UnitFixture fixture = Make(context: enabled ? UnitFixture.PasidEnable : 0);
        MapFirst(fixture);
        fixture.SetPasid(new Pasid(0), Entry(PasidGrantType.FirstStage));
        fixture.SetPasid(Pasid, Entry(PasidGrantType.FirstStage));

        Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Read, Page));
        Assert.Equal(expected, Fault(fixture));
    }

    [Theory]
    [InlineData(Number)]
    [InlineData(0u)]
    [Specification("7.1.3/6")]
    public void A_PASID_that_is_RID_PASID_is_refused(uint number)
    {
        using UnitFixture fixture = Make();
        MapFirst(fixture);
        fixture.SetContext(UnitFixture.Device, fixture.Word(ContextPlace), number);
        fixture.SetPasid(new Pasid(number), Entry(PasidGrantType.FirstStage));
        fixture.SetPasid(new Pasid(9), Entry(PasidGrantType.FirstStage));

        Assert.Equal(FaultReason.RidPasidInvalid, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(number))));
        Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Read, Page));
        Assert.Equal(FaultReason.None, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(9))));

        // The result is the same if the entries are cached.
        Assert.Equal(FaultReason.RidPasidInvalid, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(number))));
    }

    [Theory]
    // PSS is the number of bits minus 1. With 4 bits the largest PASID is 15.
    [InlineData(3, 15u, FaultReason.PasidEntryNotPresent)]
    [InlineData(3, 16u, FaultReason.PasidTooWide)]
    [InlineData(19, 16u, FaultReason.PasidEntryNotPresent)]
    [Specification("7.1.3/8")]
    public void A_PASID_has_at_most_PSS_bits(byte size, uint number, FaultReason expected)
    {
        using UnitFixture fixture = Make(UnitFixture.With(ecap => ecap with { PasidSize = size }));

        Assert.Equal(expected, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(new Pasid(number))));
    }

    [Theory]
    // Revision, EPTR and PASIDE for a translated request with a PASID, the fault reason, and true if the request succeeds.
    [InlineData(VtdRevision.Five0, true, true, FaultReason.None)]
    [InlineData(VtdRevision.Five10, true, true, FaultReason.None)]
    [InlineData(VtdRevision.Five0, false, true, FaultReason.PasidInTranslatedRequestsDisabled)]
    [InlineData(VtdRevision.Five0, true, false, FaultReason.ScalableContextInvalid)]
    [Specification("9.4/7", "7.1.3/3", "7.1.3/7")]
    public void EPTR_is_for_translated_requests_with_a_PASID(VtdRevision revision, bool enabled, bool pasids, FaultReason expected)
    {
        VtdCapabilities capabilities = VtdCapabilities.Everything with
        {
            Revision = revision,
            ExtendedCapability = VtdCapabilities.Everything.ExtendedCapability with { PasidInTranslatedRequests = true },
        };
        using UnitFixture fixture = Make(
            UnitFixture.Options with { Capabilities = capabilities },
            UnitFixture.DeviceTlbEnable | (pasids ? UnitFixture.PasidEnable : 0) | (enabled ? EnablePasidInTranslatedRequests : 0));
        MapFirst(fixture);
        fixture.SetPasid(Pasid, Entry(PasidGrantType.FirstStage));

        Translation translation = fixture.Unit.Translate(new DmaRequest(UnitFixture.Device, Output, DmaAccess.Read, new PasidPrefix(Pasid), IsTranslated: true));
        Assert.Equal(expected, translation.Reason);
        Assert.Equal(expected == FaultReason.None ? TranslationKind.Identity : TranslationKind.Blocked, translation.Kind);
    }

    [Theory]
    // The major version and the reason: 5Ch up to version 7, because the unit has no ECAP.ERS, and 34h from version 8.
    [InlineData(1, FaultReason.ExecuteRequestsDisabled)]
    [InlineData(7, FaultReason.ExecuteRequestsDisabled)]
    [InlineData(8, FaultReason.ExecuteRequested)]
    [Specification("7.1.3/14")]
    public void Execute_requests_are_refused(byte version, FaultReason expected)
    {
        using UnitFixture fixture = Make(UnitFixture.Options with { Capabilities = VtdCapabilities.Everything with { MajorVersion = version } });
        MapFirst(fixture);
        fixture.SetPasid(Pasid, Entry(PasidGrantType.FirstStage));

        Assert.Equal(expected, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(Pasid, execute: true)));
        Assert.Equal(FaultReason.None, Fault(fixture));
    }

    [Fact]
    [Specification("7.1.3/12")]
    public void A_PASID_in_legacy_mode_is_refused()
    {
        using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000);

        Assert.Equal(FaultReason.PasidInLegacyMode, fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(Pasid)));
    }

    [Fact]
    [Specification("7.1.3/11")]
    public void Scalable_tables_need_scalable_mode()
    {
        using UnitFixture fixture = UnitFixture.InLegacyMode(0x20_0000, UnitFixture.LegacyOptions);
        fixture.SetRoot(UnitFixture.Root | 1 << 10);

        Assert.Equal(FaultReason.RootTableAddressInvalid, fixture.Fault(DmaAccess.Read, Page));
    }

    private static UnitFixture Make(UnitOptions? options = null, ulong context = UnitFixture.PasidEnable) => UnitFixture.InScalableMode(options, context);

    private static FaultReason Fault(UnitFixture fixture) => fixture.Fault(DmaAccess.Read, Page, new PasidPrefix(Pasid));

    private static PasidEntry Entry(PasidGrantType grant) => new()
    {
        Present = true,
        GrantType = grant,
        FirstStageTable = 0x28_0000,
        SecondStageTable = 0x20_0000,
        AddressWidth = AddressWidth.Bits48,
        DomainId = new(7),
        PageWalkSnoop = true,
    };

    private static void MapFirst(UnitFixture fixture) => _ = new PageTables(new TablePages(fixture.Memory, 0x28_0000), 4, EntryBits.User) { [Page] = Output | EntryBits.User };

    private static void MapSecond(UnitFixture fixture) =>
        _ = new PageTables(new TablePages(fixture.Memory, 0x20_0000), 4, EntryBits.ReadWrite) { [Page] = Output | EntryBits.ReadWrite };
}
