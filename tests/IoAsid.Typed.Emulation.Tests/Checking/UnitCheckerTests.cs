using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The findings of the checker: it reports each error with its cause, and reports nothing about correct use.</summary>
public sealed class UnitCheckerTests
{
    private readonly CheckerFixture _fixture = new(seed: 0);

    [Fact]
    public void Stale_translation_before_the_invalidation_is_harmless()
    {
        Write();
        _fixture.MapPage(CheckerFixture.NewFrame);
        Write();

        Finding finding = Assert.Single(_fixture.Checker.Findings);
        Assert.Equal((FindingKind.StaleTranslation, false), (finding.Kind, finding.IsHarmful));
        Assert.Contains("0x203000", finding.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void Stale_translation_is_harmful_after_the_reuse_of_the_frame()
    {
        Write();
        _fixture.MapPage(CheckerFixture.NewFrame);
        _fixture.UseFrame(CheckerFixture.OldFrame);
        Write();

        Assert.True(Assert.Single(_fixture.Checker.Findings).IsHarmful);
    }

    [Fact]
    public void Completed_invalidation_causes_no_finding()
    {
        Write();
        _fixture.MapPage(CheckerFixture.NewFrame);
        _fixture.InvalidateIotlb();
        _fixture.Scheduler.Run();
        _fixture.UseFrame(CheckerFixture.OldFrame);
        Write();

        Assert.Empty(_fixture.Checker.Findings);
    }

    [Fact]
    public void PASID_entry_change_without_invalidation_is_stale()
    {
        Write();
        _fixture.ClearEntry();
        _fixture.SetNewEntry();
        _fixture.InvalidateIotlb();
        _fixture.UseFrame(CheckerFixture.OldFrame);
        Write();

        Finding finding = Assert.Single(_fixture.Checker.Findings);
        Assert.Equal((FindingKind.StaleTranslation, true), (finding.Kind, finding.IsHarmful));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Device_TLB_invalidated_before_the_IOTLB_gets_stale_entries_again(bool deviceFirst)
    {
        RequestTranslation();
        _fixture.MapPage(CheckerFixture.NewFrame);
        if (deviceFirst)
            RunEach(_fixture.InvalidateDeviceTlb, RequestTranslation, _fixture.InvalidateIotlb);
        else
            RunEach(_fixture.InvalidateIotlb, _fixture.InvalidateDeviceTlb, RequestTranslation);

        Assert.Equal(deviceFirst ? CheckerFixture.OldFrame : CheckerFixture.NewFrame, _fixture.Translation.Address);
        Assert.Equal(deviceFirst, _fixture.Checker.Findings.Any(finding => finding.Kind == FindingKind.StaleTranslation));
    }

    [Fact]
    public void Device_may_use_a_translation_until_it_completes_the_invalidation()
    {
        RequestTranslation();
        WriteTranslated(CheckerFixture.OldFrame);
        Assert.Empty(_fixture.Checker.Findings);

        _fixture.InvalidateDeviceTlb();
        _fixture.Scheduler.Run();
        WriteTranslated(CheckerFixture.OldFrame);
        Assert.Equal(FindingKind.UsedAfterInvalidation, Assert.Single(_fixture.Checker.Findings).Kind);
    }

    [Fact]
    public void Stale_device_translation_is_harmful_after_the_reuse_of_the_frame()
    {
        RequestTranslation();
        _fixture.MapPage(CheckerFixture.NewFrame);
        WriteTranslated(CheckerFixture.OldFrame);
        _fixture.UseFrame(CheckerFixture.OldFrame);
        WriteTranslated(CheckerFixture.OldFrame);

        Assert.Equal(
            [(FindingKind.StaleDeviceTranslation, false), (FindingKind.StaleDeviceTranslation, true)],
            _fixture.Checker.Findings.Select(finding => (finding.Kind, finding.IsHarmful)));
    }

    [Fact]
    public void Removed_right_is_stale_in_a_completion_and_in_the_device()
    {
        RequestTranslation();
        _fixture.ProtectPage();
        RequestTranslation();
        WriteTranslated(CheckerFixture.OldFrame);

        Assert.Equal(
            [FindingKind.StaleTranslation, FindingKind.StaleDeviceTranslation], _fixture.Checker.Findings.Select(finding => finding.Kind));
    }

    [Fact]
    public void Clear_of_a_whole_table_counts_as_a_change()
    {
        Write();
        _fixture.UseFrame(CheckerFixture.OldLeafTable);
        _fixture.UseFrame(CheckerFixture.OldFrame);
        Write();

        Assert.True(Assert.Single(_fixture.Checker.Findings).IsHarmful);
    }

    [Fact]
    public void Disposed_checker_reports_nothing()
    {
        Write();
        _fixture.Checker.Dispose();
        _fixture.MapPage(CheckerFixture.NewFrame);
        Write();

        Assert.Empty(_fixture.Checker.Findings);
    }

    [Fact]
    public void Translated_request_without_a_received_translation_is_reported()
    {
        WriteTranslated(CheckerFixture.NewFrame);
        Assert.Equal(FindingKind.TranslationNeverReceived, Assert.Single(_fixture.Checker.Findings).Kind);
    }

    [Fact]
    public void Second_response_to_a_group_is_reported()
    {
        _fixture.SendPageRequest(group: 3);
        _fixture.Scheduler.Run();
        _fixture.Respond(3);
        _fixture.Scheduler.Run();
        _fixture.Checker.FindMissingResponses();
        Assert.Empty(_fixture.Checker.Findings);

        _fixture.Respond(3);
        _fixture.Scheduler.Run();
        Assert.Equal(FindingKind.DuplicateResponse, Assert.Single(_fixture.Checker.Findings).Kind);
    }

    [Fact]
    public void Forbidden_use_of_the_unit_is_a_harmless_finding()
    {
        const uint WriteBufferFlush = 1u << 27;
        uint enabled = _fixture.Unit.Registers.Read32(RegisterOffsets.GlobalStatus) & 0x96FF_FFFF;

        _fixture.Unit.Registers.Write32(RegisterOffsets.GlobalCommand, enabled | WriteBufferFlush);

        Finding finding = Assert.Single(_fixture.Checker.Findings);
        Assert.Equal((FindingKind.Misuse, false), (finding.Kind, finding.IsHarmful));
        Assert.Contains("GCMD.WBF", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_of_a_removed_function_need_no_response()
    {
        _fixture.SendPageRequest(group: 3);
        _fixture.SendPageRequest(group: 4);
        _fixture.Scheduler.Run();

        ((IFabricObserver)_fixture.Checker).Lost(new FabricMessage { Kind = FabricMessageKind.PageGroupResponse, Function = _fixture.RequesterId });
        _fixture.Respond(3);
        _fixture.Scheduler.Run();
        _fixture.Checker.FindMissingResponses();

        Assert.Empty(_fixture.Checker.Findings);
    }

    [Fact]
    public void Missing_response_is_reported_at_the_end()
    {
        _fixture.SendPageRequest(group: 3);
        _fixture.Scheduler.Run();
        _fixture.Checker.FindMissingResponses();

        Finding finding = Assert.Single(_fixture.Checker.Findings);
        Assert.Equal((FindingKind.MissingResponse, 3UL), (finding.Kind, finding.Address));
    }

    private void Write() => RunEach(() => _fixture.SendWrite());

    private void WriteTranslated(ulong frame) => RunEach(() => _fixture.SendWrite(frame, translated: true));

    private void RequestTranslation() => RunEach(_fixture.SendTranslationRequest);

    private void RunEach(params Action[] steps)
    {
        foreach (Action step in steps)
        {
            step();
            _fixture.Scheduler.Run();
        }
    }
}
