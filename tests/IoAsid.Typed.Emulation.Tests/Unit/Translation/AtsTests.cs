using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// Translation requests and translated requests (VT-d chapter 4). <see cref="Table30Tests"/> has the results of fault conditions.
/// </summary>
public sealed class AtsTests
{
    [Fact]
    public void A_request_for_zero_pages_is_unsupported()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        TranslationRequest request = new(UnitFixture.Device, 0x1000, Pages: 0, NoWrite: false);

        Assert.Equal(CompletionStatus.UnsupportedRequest, fixture.Unit.Translate(request, new TranslationEntry[1], out int count));
        Assert.Equal(CompletionStatus.UnsupportedRequest, fixture.Unit.Translate(request with { Pages = 1 }, [], out _));
        Assert.Equal(0, count);
    }

    [Theory]
    [Specification("4.1.2/3", "4.2.3/2", "4.2.3/3", "4.2.3.1/1", "4.2.3.1/2")]
    // First-stage bits of the page, the no-write flag, and the rights in the completion. D is set if the completion grants write, because the device sends no further request.
    [InlineData(0b111, false, true, true, EntryBits.Accessed | EntryBits.Dirty)]
    [InlineData(0b111, true, true, false, EntryBits.Accessed)]
    [InlineData(0b101, false, true, false, EntryBits.Accessed)]
    [InlineData(0b000, false, false, false, 0)]
    [InlineData(0b011, false, false, false, 0)]
    public void A_completion_has_the_requested_and_granted_rights(ulong bits, bool noWrite, bool read, bool write, ulong marks)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Tables[SpaceFixture.Input] = SpaceFixture.Page | bits;

        TranslationEntry entry = Ask(space, noWrite);

        Assert.Equal((read, write), (entry.Read, entry.Write));
        Assert.Equal(SpaceFixture.Page | bits | marks, space.Tables[SpaceFixture.Input]);
        Assert.Equal(FaultReason.None, space.Fixture.RecordedReason);
    }

    [Theory]
    [InlineData(0b11, true, true)]
    [InlineData(0b01, true, false)]
    [InlineData(0b10, false, true)]
    [InlineData(0b00, false, false)]
    public void A_completion_has_the_second_stage_rights(ulong bits, bool read, bool write)
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage();
        space.Tables[SpaceFixture.Input] = SpaceFixture.Page | bits;
        TranslationEntry entry = Ask(space);

        Assert.Equal((read, write), (entry.Read, entry.Write));
    }

    [Fact]
    [Specification("4.2.3/4", "4.2.3.1/3")]
    public void Without_NWFS_the_no_write_flag_is_ignored()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(UnitFixture.With(ecap => ecap with { NoWriteFlag = false }));

        Assert.True(Ask(space, noWrite: true).Write);
    }

    [Theory]
    [InlineData(1, 12)]
    [InlineData(2, 21)]
    [InlineData(3, 30)]
    [Specification("4.2.3/12", "4.2.3/14")]
    public void A_completion_is_for_a_whole_large_page(int level, int shift)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Tables[SpaceFixture.Input, level] = 0x8000_0000 | EntryBits.User | (level > 1 ? EntryBits.PageSize : 0);
        TranslationEntry entry = Ask(space);

        Assert.Multiple(
            () => Assert.Equal(0x8000_0000UL, entry.Address),
            () => Assert.Equal(shift, entry.PageShift),
            () => Assert.True(entry.Read));
    }

    [Fact]
    [Specification("4.1.1/1", "4.2.3.2/1")]
    public void A_completion_has_several_pages_in_order()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Tables[SpaceFixture.Input + 0x2000] = 0x66_0000 | EntryBits.User;
        TranslationEntry[] entries = new TranslationEntry[4];
        TranslationRequest request = new(UnitFixture.Device, SpaceFixture.Input, 3, NoWrite: false, SpaceFixture.Prefix);

        Assert.Equal(CompletionStatus.Success, space.Fixture.Unit.Translate(request, entries, out int count));
        Assert.Equal([(SpaceFixture.Page, true), (0, false), (0x66_0000, true)], entries[..count].Select(entry => (entry.Address, entry.Read)));
    }

    [Fact]
    [Specification("4.2.3.2/2")]
    public void A_completion_ends_before_another_page_size_or_an_error()
    {
        using SpaceFixture space = SpaceFixture.OfSecondStage();
        ulong large = SpaceFixture.Input & ~0x1F_FFFFUL;
        space.Tables[large - 0x2000] = 0x66_0000 | EntryBits.ReadWrite;
        space.Tables[large - 0x1000] = 0x67_0000 | EntryBits.ReadWrite;
        space.Tables[large, 2] = 0x80_0000 | EntryBits.ReadWrite | EntryBits.PageSize;
        TranslationEntry[] entries = new TranslationEntry[4];
        TranslationRequest request = new(UnitFixture.Device, large - 0x2000, 4, NoWrite: false, SpaceFixture.Prefix);

        Assert.Equal(CompletionStatus.Success, space.Fixture.Unit.Translate(request, entries, out int count));
        Assert.Equal([0x66_0000UL, 0x67_0000], entries[..count].Select(entry => entry.Address));

        space.Tables[large - 0x1000] |= 1UL << 50;
        space.Fixture.EnableQueue();
        space.Fixture.Submit(Descriptor.AllTranslations);
        Assert.Equal(CompletionStatus.Success, space.Fixture.Unit.Translate(request, entries, out count));
        Assert.Equal((1, FaultReason.None), (count, space.Fixture.RecordedReason));
    }

    [Theory]
    // A device can request a translation of its interrupts. It must send them untranslated (VT-d Table 30, S.1, S.2).
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    // Without NWFS the flag is ignored.
    [InlineData(false, true, true)]
    [Specification("4.2.3/13", "7.1.3/25", "7.1.3/26")]
    public void In_the_interrupt_range_a_completion_has_U_set(bool noWriteFlag, bool noWrite, bool writes)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.With(ecap => ecap with { NoWriteFlag = noWriteFlag }));
        fixture.PassThrough(default);
        TranslationEntry entry = Ask(fixture, 0xFEE0_0000, default, noWrite);

        Assert.Multiple(
            () => Assert.False(entry.Read),
            () => Assert.Equal(writes, entry.Write),
            () => Assert.Equal(writes, entry.UntranslatedOnly),
            () => Assert.Equal(12, entry.PageShift));
        Assert.Equal(FaultReason.None, fixture.RecordedReason);
    }

    [Fact]
    [Specification("4.2.3/15")]
    public void With_a_PASID_the_interrupt_range_is_translated_normally()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Tables[0xFEE0_0000] = 0x66_0000 | EntryBits.User;

        Assert.Equal(0x66_0000UL, Ask(space.Fixture, 0xFEE0_0000, SpaceFixture.Prefix).Address);
    }

    [Theory]
    // The support of 1 GiB pages by each stage, and the size of the region.
    [InlineData(true, 0b11, 30)]
    [InlineData(false, 0b11, 30)]
    [InlineData(true, 0b01, 30)]
    [InlineData(false, 0b01, 21)]
    [Specification("4.2.3/16")]
    public void A_pass_through_completion_has_the_largest_page_size(bool firstStage, int secondStage, int shift)
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.With(
            cap => cap with { OneGigabyteFirstStagePages = firstStage, SecondStageLargePages = (byte)secondStage }));
        fixture.PassThrough(SpaceFixture.Pasid);

        // The first request reads the entry, and the second uses the cached entry.
        for (int round = 0; round < 2; round++)
        {
            TranslationEntry entry = Ask(fixture, 0xC123_4000, SpaceFixture.Prefix);
            Assert.Multiple(
                () => Assert.Equal(0xC123_4000UL >> shift << shift, entry.Address),
                () => Assert.Equal(shift, entry.PageShift),
                () => Assert.True(entry.Read),
                () => Assert.True(entry.Write));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Specification("4.2.3/7")]
    public void PRIV_is_set_for_privileged_requests_only(bool privileged)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(change: entry => entry with { SupervisorRequestEnable = true });

        TranslationEntry entry = Ask(space.Fixture, SpaceFixture.Input, privileged ? SpaceFixture.Supervisor : SpaceFixture.Prefix);

        Assert.Equal((true, privileged), (entry.Read, entry.Privileged));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Specification("4.2.3/8", "4.2.3/9")]
    public void A_privileged_request_without_SRE_gets_no_rights(bool supervisorRequests)
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage(supervisorRequests ? null : UnitFixture.With(
            ecap => ecap with { SupervisorRequests = false, RidPrivilege = false }));

        TranslationEntry entry = Ask(space.Fixture, SpaceFixture.Input, SpaceFixture.Supervisor);

        Assert.Multiple(
            () => Assert.False(entry.Read),
            () => Assert.False(entry.Write),
            () => Assert.False(entry.Execute),
            () => Assert.True(entry.Privileged));
    }

    [Fact]
    [Specification("4.2.3/10")]
    public void With_RID_PRIV_the_rights_are_those_of_a_supervisor_and_PRIV_is_clear()
    {
        const ulong RidPrivilege = 1 << 20;
        using SpaceFixture space = SpaceFixture.OfFirstStage(change: entry => entry with { SupervisorRequestEnable = true });
        space.Fixture.SetContext(
            UnitFixture.Device, UnitFixture.PasidDirectory | UnitFixture.DeviceTlbEnable | UnitFixture.PasidEnable | 1, SpaceFixture.Pasid.Value | RidPrivilege);
        space.Tables[SpaceFixture.Input] = SpaceFixture.Page | 0b001;

        TranslationEntry entry = Ask(space.Fixture, SpaceFixture.Input, default);

        Assert.Multiple(
            () => Assert.True(entry.Read),
            () => Assert.True(entry.Write),
            () => Assert.False(entry.Privileged));
    }

    [Fact]
    [Specification("4.1.2/4", "4.1.2/5", "4.2.3/5", "4.2.3/11")]
    public void EXE_and_G_are_clear()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Tables[SpaceFixture.Input] |= 1 << 8;

        TranslationEntry entry = Ask(space.Fixture, SpaceFixture.Input, SpaceFixture.Prefix);

        Assert.Multiple(
            () => Assert.True(entry.Read),
            () => Assert.False(entry.Execute),
            () => Assert.False(entry.Global));
    }

    [Fact]
    [Specification("4.2.1/4")]
    public void Only_untranslated_requests_work_while_translation_is_disabled()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode();
        fixture.Clear(1u << 31);
        DmaRequest translated = new(UnitFixture.Device, 0x12_3000, DmaAccess.Write, IsTranslated: true);

        Assert.Equal(
            CompletionStatus.UnsupportedRequest, fixture.Unit.Translate(new(UnitFixture.Device, 0x1000, 1, NoWrite: false), new TranslationEntry[1], out int count));
        Assert.Equal(CompletionStatus.UnsupportedRequest, fixture.Unit.Write(translated, [1]));
        Assert.Equal(CompletionStatus.UnsupportedRequest, fixture.Unit.Read(translated with { Access = DmaAccess.Read }, new byte[1]));
        Assert.Equal(CompletionStatus.Success, fixture.Unit.Write(translated with { IsTranslated = false }, [1]));
        Assert.Equal((0, FaultReason.None), (count, fixture.RecordedReason));
    }

    [Theory]
    // The unit supports PASIDs in translated requests from revision 5.0, with ECAP.PTRS.
    [InlineData(VtdRevision.Four1, true)]
    [InlineData(VtdRevision.Five0, false)]
    [InlineData(VtdRevision.Five0, true)]
    [Specification("4.2.1/3", "4.2.5/1")]
    public void A_translated_request_with_a_PASID_needs_its_capability(VtdRevision revision, bool supported)
    {
        bool enabled = revision >= VtdRevision.Five0 && supported;
        using UnitFixture fixture = UnitFixture.InScalableMode(UnitFixture.Options with
        {
            Capabilities = VtdCapabilities.Everything with
            {
                Revision = revision,
                ExtendedCapability = VtdCapabilities.Everything.ExtendedCapability with { PasidInTranslatedRequests = supported },
            },
        }, UnitFixture.DeviceTlbEnable | UnitFixture.PasidEnable | (enabled ? 1UL << 6 : 0));

        Assert.Equal(enabled ? CompletionStatus.Success : CompletionStatus.UnsupportedRequest, fixture.Unit.Write(new(UnitFixture.Device, 0x12_3000, DmaAccess.Write, SpaceFixture.Prefix, IsTranslated: true), [1]));
        Assert.Equal(FaultReason.None, fixture.RecordedReason);
    }

    [Fact]
    [Specification("4.1.3/1", "4.2.5/4")]
    public void Translated_requests_are_not_translated_again_but_need_DTE()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Fixture.SetPasid(default, space.Entry);
        DmaRequest request = new(UnitFixture.Device, 0x12_3000, DmaAccess.Write, IsTranslated: true);
        Assert.Equal(CompletionStatus.Success, space.Fixture.Unit.Write(request, [1]));
        Assert.Equal(1UL, space.Fixture.Word(0x12_3000));

        space.Fixture.SetContext(UnitFixture.OtherDevice, UnitFixture.PasidDirectory | UnitFixture.PasidEnable | 1);
        Assert.Equal(CompletionStatus.UnsupportedRequest, space.Fixture.Unit.Write(request with { Requester = UnitFixture.OtherDevice }, [2]));
        Assert.Equal((FaultReason.DeviceTlbDisabled, AddressType.Translated), (space.Fixture.RecordedReason, space.Fixture.Record(0).AddressType));
    }

    private static TranslationEntry Ask(SpaceFixture space, bool noWrite = false) => Ask(space.Fixture, SpaceFixture.Input, SpaceFixture.Prefix, noWrite);

    private static TranslationEntry Ask(UnitFixture fixture, ulong address, PasidPrefix prefix, bool noWrite = false)
    {
        TranslationEntry[] entries = new TranslationEntry[1];
        Assert.Equal(CompletionStatus.Success, fixture.Unit.Translate(new(UnitFixture.Device, address, 1, noWrite, prefix), entries, out int count));
        Assert.Equal(1, count);
        return entries[0];
    }
}
