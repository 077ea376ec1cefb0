using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The checker names what went wrong and what made it wrong, and is silent about what is right.</summary>
public sealed class UnitCheckerTests
{
    private readonly CheckedBench _bench = new(seed: 0);

    [Fact]
    public void A_translation_used_between_the_change_and_its_invalidation_is_seen_and_harmless()
    {
        Write();
        _bench.MapPage(CheckedBench.NewFrame);
        Write();

        Finding finding = Assert.Single(_bench.Checker.Findings);
        Assert.Equal((FindingKind.StaleTranslation, false), (finding.Kind, finding.IsHarmful));
        Assert.Contains("0x203000", finding.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void It_does_harm_once_the_frame_is_used_again()
    {
        Write();
        _bench.MapPage(CheckedBench.NewFrame);
        _bench.UseFrame(CheckedBench.OldFrame);
        Write();

        Assert.True(Assert.Single(_bench.Checker.Findings).IsHarmful);
    }

    [Fact]
    public void After_the_invalidation_there_is_nothing_to_find()
    {
        Write();
        _bench.MapPage(CheckedBench.NewFrame);
        _bench.InvalidateIotlb();
        _bench.Scheduler.Run();
        _bench.UseFrame(CheckedBench.OldFrame);
        Write();

        Assert.Empty(_bench.Checker.Findings);
    }

    [Fact]
    public void A_PASID_entry_that_changed_without_its_cache_being_invalidated_leads_to_the_old_tables()
    {
        Write();
        _bench.ClearEntry();
        _bench.SetNewEntry();
        _bench.InvalidateIotlb();
        _bench.UseFrame(CheckedBench.OldFrame);
        Write();

        Finding finding = Assert.Single(_bench.Checker.Findings);
        Assert.Equal((FindingKind.StaleTranslation, true), (finding.Kind, finding.IsHarmful));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_device_TLB_flushed_before_the_IOTLB_is_filled_again_with_what_is_stale(bool deviceFirst)
    {
        Ask();
        _bench.MapPage(CheckedBench.NewFrame);
        if (deviceFirst)
            Flush(_bench.InvalidateDeviceTlb, Ask, _bench.InvalidateIotlb);
        else
            Flush(_bench.InvalidateIotlb, _bench.InvalidateDeviceTlb, Ask);

        Assert.Equal(deviceFirst ? CheckedBench.OldFrame : CheckedBench.NewFrame, _bench.Translation.Address);
        Assert.Equal(deviceFirst, _bench.Checker.Findings.Any(finding => finding.Kind == FindingKind.StaleTranslation));
    }

    [Fact]
    public void A_device_may_use_what_it_was_given_until_it_has_completed_the_invalidation()
    {
        Ask();
        WriteTranslated(CheckedBench.OldFrame);
        Assert.Empty(_bench.Checker.Findings);

        _bench.InvalidateDeviceTlb();
        _bench.Scheduler.Run();
        WriteTranslated(CheckedBench.OldFrame);
        Assert.Equal(FindingKind.UsedAfterInvalidation, Assert.Single(_bench.Checker.Findings).Kind);
    }

    [Fact]
    public void A_device_that_uses_what_the_tables_do_not_give_any_more_does_harm_when_the_frame_is_used_again()
    {
        Ask();
        _bench.MapPage(CheckedBench.NewFrame);
        WriteTranslated(CheckedBench.OldFrame);
        _bench.UseFrame(CheckedBench.OldFrame);
        WriteTranslated(CheckedBench.OldFrame);

        Assert.Equal(
            [(FindingKind.StaleDeviceTranslation, false), (FindingKind.StaleDeviceTranslation, true)],
            _bench.Checker.Findings.Select(finding => (finding.Kind, finding.IsHarmful)));
    }

    [Fact]
    public void A_right_that_is_taken_away_is_stale_in_an_answer_and_in_the_device()
    {
        Ask();
        _bench.ProtectPage();
        Ask();
        WriteTranslated(CheckedBench.OldFrame);

        Assert.Equal(
            [FindingKind.StaleTranslation, FindingKind.StaleDeviceTranslation], _bench.Checker.Findings.Select(finding => finding.Kind));
    }

    [Fact]
    public void A_table_that_is_cleared_as_a_whole_is_a_change_like_another()
    {
        Write();
        _bench.UseFrame(CheckedBench.OldLeafTable);
        _bench.UseFrame(CheckedBench.OldFrame);
        Write();

        Assert.True(Assert.Single(_bench.Checker.Findings).IsHarmful);
    }

    [Fact]
    public void A_checker_that_is_disposed_of_is_silent()
    {
        Write();
        _bench.Checker.Dispose();
        _bench.MapPage(CheckedBench.NewFrame);
        Write();

        Assert.Empty(_bench.Checker.Findings);
    }

    [Fact]
    public void A_page_that_a_device_was_never_given_is_not_its_own()
    {
        WriteTranslated(CheckedBench.NewFrame);
        Assert.Equal(FindingKind.TranslationNeverGiven, Assert.Single(_bench.Checker.Findings).Kind);
    }

    [Fact]
    public void A_group_is_answered_once()
    {
        _bench.SendPageRequest(group: 3);
        _bench.Scheduler.Run();
        _bench.Respond(3);
        _bench.Scheduler.Run();
        _bench.Checker.FindMissingResponses();
        Assert.Empty(_bench.Checker.Findings);

        _bench.Respond(3);
        _bench.Scheduler.Run();
        Assert.Equal(FindingKind.ResponseDoubled, Assert.Single(_bench.Checker.Findings).Kind);
    }

    [Fact]
    public void What_the_architecture_forbids_is_a_finding_that_did_no_harm()
    {
        const uint WriteBufferFlush = 1u << 27;
        uint switchedOn = _bench.Unit.Registers.Read32(RegisterOffsets.GlobalStatus) & 0x96FF_FFFF;

        _bench.Unit.Registers.Write32(RegisterOffsets.GlobalCommand, switchedOn | WriteBufferFlush);

        Finding finding = Assert.Single(_bench.Checker.Findings);
        Assert.Equal((FindingKind.Misuse, false), (finding.Kind, finding.IsHarmful));
        Assert.Contains("GCMD.WBF", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_waits_for_the_groups_of_a_function_that_is_gone_and_answers_to_them_do_no_harm()
    {
        _bench.SendPageRequest(group: 3);
        _bench.SendPageRequest(group: 4);
        _bench.Scheduler.Run();

        ((IFabricObserver)_bench.Checker).Lost(new FabricMessage { Kind = FabricMessageKind.PageGroupResponse, Function = _bench.RequesterId });
        _bench.Respond(3);
        _bench.Scheduler.Run();
        _bench.Checker.FindMissingResponses();

        Assert.Empty(_bench.Checker.Findings);
    }

    [Fact]
    public void A_group_that_is_never_answered_is_missed_at_the_end()
    {
        _bench.SendPageRequest(group: 3);
        _bench.Scheduler.Run();
        _bench.Checker.FindMissingResponses();

        Finding finding = Assert.Single(_bench.Checker.Findings);
        Assert.Equal((FindingKind.ResponseMissing, 3UL), (finding.Kind, finding.Address));
    }

    private void Write() => Flush(() => _bench.SendWrite());

    private void WriteTranslated(ulong frame) => Flush(() => _bench.SendWrite(frame, translated: true));

    private void Ask() => Flush(_bench.SendTranslationRequest);

    private void Flush(params Action[] steps)
    {
        foreach (Action step in steps)
        {
            step();
            _bench.Scheduler.Run();
        }
    }
}
