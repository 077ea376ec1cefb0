using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// Translation requests (VT-d 4.1): a page that is missing is an answer without rights and no record; what is wrong with the request or its
/// tables is an error, and recorded.
/// </summary>
public sealed class AtsTests
{
    [Fact]
    public void A_request_for_no_pages_is_refused()
    {
        using UnitBench bench = UnitBench.InScalableMode();
        TranslationRequest request = new(UnitBench.Device, 0x1000, Pages: 0, NoWrite: false);

        Assert.Equal(CompletionStatus.UnsupportedRequest, bench.Unit.Translate(request, new TranslationEntry[1], out int count));
        Assert.Equal(CompletionStatus.UnsupportedRequest, bench.Unit.Translate(request with { Pages = 1 }, [], out _));
        Assert.Equal(0, count);
    }

    [Theory]
    // First-stage bits of the page, no-write flag, rights in the answer. D is set where the answer allows writing, as nobody asks again.
    [InlineData(0b111, false, true, true, PageTables.Accessed | PageTables.Dirty)]
    [InlineData(0b111, true, true, false, PageTables.Accessed)]
    [InlineData(0b101, false, true, false, PageTables.Accessed)]
    [InlineData(0b000, false, false, false, 0)]
    [InlineData(0b011, false, false, false, 0)]
    public void An_answer_has_the_rights_that_were_asked_for_and_given(ulong bits, bool noWrite, bool read, bool write, ulong marks)
    {
        using SpaceBench space = SpaceBench.OfFirstStage();
        space.Tables[SpaceBench.Input] = SpaceBench.Page | bits;

        TranslationEntry entry = Ask(space, noWrite);

        Assert.Equal((read, write), (entry.Read, entry.Write));
        Assert.Equal(SpaceBench.Page | bits | marks, space.Tables[SpaceBench.Input]);
        Assert.Equal(FaultReason.None, space.Bench.RecordedReason);
    }

    [Theory]
    [InlineData(0b11, true, true)]
    [InlineData(0b01, true, false)]
    [InlineData(0b10, false, true)]
    [InlineData(0b00, false, false)]
    public void Second_stage_rights_are_answered_as_they_are(ulong bits, bool read, bool write)
    {
        using SpaceBench space = SpaceBench.OfSecondStage();
        space.Tables[SpaceBench.Input] = SpaceBench.Page | bits;
        TranslationEntry entry = Ask(space);

        Assert.Equal((read, write), (entry.Read, entry.Write));
    }

    [Fact]
    public void Without_NWFS_the_no_write_flag_is_ignored()
    {
        using SpaceBench space = SpaceBench.OfFirstStage(UnitBench.With(ecap => ecap with { NoWriteFlag = false }));

        Assert.True(Ask(space, noWrite: true).Write);
    }

    [Theory]
    [InlineData(1, 12)]
    [InlineData(2, 21)]
    [InlineData(3, 30)]
    public void A_large_page_is_answered_whole(int level, int shift)
    {
        using SpaceBench space = SpaceBench.OfFirstStage();
        space.Tables[SpaceBench.Input, level] = 0x8000_0000 | PageTables.User | (level > 1 ? PageTables.PageSize : 0);
        TranslationEntry entry = Ask(space);

        Assert.Equal((0x8000_0000UL, shift, true), (entry.Address, entry.PageShift, entry.Read));
    }

    [Fact]
    public void Several_pages_are_answered_in_order()
    {
        using SpaceBench space = SpaceBench.OfFirstStage();
        space.Tables[SpaceBench.Input + 0x2000] = 0x66_0000 | PageTables.User;
        TranslationEntry[] entries = new TranslationEntry[4];
        TranslationRequest request = new(UnitBench.Device, SpaceBench.Input, 3, NoWrite: false, SpaceBench.Prefix);

        Assert.Equal(CompletionStatus.Success, space.Bench.Unit.Translate(request, entries, out int count));
        Assert.Equal([(SpaceBench.Page, true), (0, false), (0x66_0000, true)], entries[..count].Select(entry => (entry.Address, entry.Read)));
    }

    public static TheoryData<string, FaultReason> Errors => new()
    {
        { "DTE clear", FaultReason.DeviceTlbDisabled },
        { "PASIDE clear", FaultReason.PasidDisabled },
        { "reserved bit in the PASID entry", FaultReason.PasidEntryReserved },
        { "invalid PASID entry", FaultReason.PasidEntryInvalid },
        { "reserved bit in a paging entry", FaultReason.FirstStageEntryReserved },
        { "table without memory", FaultReason.FirstStageEntryAccess },
        { "no context", FaultReason.ScalableContextNotPresent },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void What_is_wrong_with_the_tables_is_an_error_and_recorded(string what, FaultReason expected)
    {
        using SpaceBench space = SpaceBench.OfFirstStage();
        const ulong Enables = UnitBench.DeviceTlbEnable | UnitBench.PasidEnable;
        switch (what)
        {
            case "DTE clear":
                space.Bench.SetContext(UnitBench.Device, UnitBench.PasidDirectory | UnitBench.PasidEnable | 1);
                break;
            case "PASIDE clear":
                space.Bench.SetContext(UnitBench.Device, UnitBench.PasidDirectory | UnitBench.DeviceTlbEnable | 1);
                break;
            case "reserved bit in the PASID entry":
                space.Bench.Set(UnitBench.PasidTable + SpaceBench.Pasid.Value * 64 + 56, 1);
                break;
            case "invalid PASID entry":
                space.Bench.SetPasid(SpaceBench.Pasid, space.Entry with { GrantType = PasidGrantType.Invalid });
                break;
            case "reserved bit in a paging entry":
                space.Tables[SpaceBench.Input] |= 1UL << 51;
                break;
            case "table without memory":
                space.Tables[SpaceBench.Input, 2] = UnitBench.Hole | PageTables.User;
                break;
            default:
                space.Bench.SetContext(UnitBench.Device, UnitBench.PasidDirectory | Enables);
                break;
        }

        TranslationRequest request = new(UnitBench.Device, SpaceBench.Input, 1, NoWrite: false, SpaceBench.Prefix);
        Assert.NotEqual(CompletionStatus.Success, space.Bench.Unit.Translate(request, new TranslationEntry[1], out int count));
        Assert.Equal((0, expected, AddressType.TranslationRequest), (count, space.Bench.RecordedReason, space.Bench.Record(0).AddressType));
    }

    [Fact]
    public void The_interrupt_range_has_no_translation()
    {
        using UnitBench bench = UnitBench.InScalableMode();
        bench.SetPasid(default, new PasidEntry { Present = true, GrantType = PasidGrantType.PassThrough });
        TranslationEntry[] entries = new TranslationEntry[1];

        // What the interrupt range is answered with is decided with chapter 4 (issue 16).
        CompletionStatus status = bench.Unit.Translate(new(UnitBench.Device, 0xFEE0_0000, 1, NoWrite: false), entries, out _);
        Assert.True(status != CompletionStatus.Success || !entries[0].Read && !entries[0].Write);
        Assert.Equal(CompletionStatus.Success, bench.Unit.Translate(new(UnitBench.Device, 0xFEF0_0000, 1, NoWrite: false), entries, out _));
        Assert.True(entries[0].Write);
    }

    [Fact]
    public void While_translation_is_off_nothing_is_answered()
    {
        using UnitBench bench = UnitBench.InScalableMode();
        bench.Clear(1u << 31);
        TranslationRequest request = new(UnitBench.Device, 0x1000, 1, NoWrite: false);

        Assert.NotEqual(CompletionStatus.Success, bench.Unit.Translate(request, new TranslationEntry[1], out int count));
        Assert.Equal(0, count);
    }

    [Fact]
    public void Translated_requests_are_not_translated_again_but_need_DTE()
    {
        using SpaceBench space = SpaceBench.OfFirstStage();
        space.Bench.SetPasid(default, space.Entry);
        DmaRequest request = new(UnitBench.Device, 0x12_3000, DmaAccess.Write, IsTranslated: true);
        Assert.Equal(CompletionStatus.Success, space.Bench.Unit.Write(request, [1]));
        Assert.Equal(1UL, space.Bench.Word(0x12_3000));

        space.Bench.SetContext(UnitBench.OtherDevice, UnitBench.PasidDirectory | UnitBench.PasidEnable | 1);
        Assert.Equal(CompletionStatus.UnsupportedRequest, space.Bench.Unit.Write(request with { Requester = UnitBench.OtherDevice }, [2]));
        Assert.Equal((FaultReason.DeviceTlbDisabled, AddressType.Translated), (space.Bench.RecordedReason, space.Bench.Record(0).AddressType));
    }

    private static TranslationEntry Ask(SpaceBench space, bool noWrite = false)
    {
        TranslationEntry[] entries = new TranslationEntry[1];
        TranslationRequest request = new(UnitBench.Device, SpaceBench.Input, 1, noWrite, SpaceBench.Prefix);
        Assert.Equal(CompletionStatus.Success, space.Bench.Unit.Translate(request, entries, out int count));
        Assert.Equal(1, count);
        return entries[0];
    }
}
