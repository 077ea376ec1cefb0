using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// The page request queue (VT-d 7.4 to 7.6) with 128 entries: events, overflow, blocked requests, and the responses of the unit itself (VT-d Table 31).
/// </summary>
public sealed class PageRequestQueueTests
{
    private const uint Pending = 1;
    private const uint Overflow = 2;
    private const int Entries = 128;

    [Fact]
    [Specification("7.4.1.1/1", "7.4.1.1/2")]
    public void A_request_is_written_to_the_queue_unchanged()
    {
        using UnitFixture fixture = Make();
        for (ulong word = 0; word < 8; word++)
            fixture.Memory.WriteUInt64(UnitFixture.Ring + word * 8, ulong.MaxValue);
        fixture.Unit.Receive(new PageRequestMessage(
            UnitFixture.Device, 0xFFFF_8000_1234_5678, 0x1A5, Read: true, Write: true, IsLast: true, new PasidPrefix(new Pasid(63), execute: true, privileged: true)));
        fixture.Unit.Receive(new PageRequestMessage(UnitFixture.Device, 0x1000, 1, Read: true, Write: false, IsLast: false));
        Assert.Equal(0UL, Tail(fixture));
        fixture.RunBriefly();

        // Type 7:0, PP 8, RID 31:16, PASID 51:32, EXR 52, PMR 53; RDR 64, WRR 65, LPIG 66, PRGI 75:67, address 127:76.
        Assert.Equal(64UL, Tail(fixture));
        Assert.Equal(
            [0x30_003F_0010_0101UL, 0xFFFF_8000_1234_5000UL | 0x1A5 << 3 | 0b111, 0, 0, 0x0010_0001, 0x1000 | 1 << 3 | 0b001, 0, 0],
            Enumerable.Range(0, 8).Select(word => fixture.Word(UnitFixture.Ring + (ulong)word * 8)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Specification("7.5/1", "7.5/2")]
    public void Each_request_raises_the_event_unless_PPR_is_set(bool last)
    {
        using UnitFixture fixture = Make();
        Send(fixture, 1, isLast: last);
        Assert.Equal((Pending, 1), (StatusOf(fixture), fixture.Interrupts.Count));

        Send(fixture, 2, isLast: last);
        Assert.Equal((Pending, 1), (StatusOf(fixture), fixture.Interrupts.Count));
    }

    [Fact]
    [Specification("7.4.1/4", "7.4.1/5")]
    public void The_queue_wraps_and_is_full_when_one_entry_is_left()
    {
        using UnitFixture fixture = Make();
        for (int round = 0; round < 3; round++)
        {
            for (int sent = 0; sent < Entries - 1; sent++)
                Send(fixture, sent);
            Assert.Equal((Pending, 0), (StatusOf(fixture), fixture.Responses.Count));
            fixture.Registers.Write64(0xC0, Tail(fixture));
            fixture.Registers.Write32(0xDC, Pending);
        }

        Assert.Equal(3 * (Entries - 1) * 32 % 4096, (int)Tail(fixture));
    }

    [Fact]
    [Specification("7.4.1/6", "7.4.1/7")]
    public void A_full_queue_responds_success_so_that_the_device_retries()
    {
        using UnitFixture fixture = Make();
        Fill(fixture);
        Send(fixture, 300);

        Assert.Equal((Pending | Overflow, (ulong)(Entries - 1) * 32), (StatusOf(fixture), Tail(fixture)));
        Assert.Equal([new PageGroupResponseMessage(UnitFixture.Device, 300, 0, new PasidPrefix(new Pasid(5)))], fixture.Responses);

        // While PRO is set all requests are dropped, even if the queue has room.
        fixture.Registers.Write64(0xC0, Tail(fixture));
        Send(fixture, 301);
        Assert.Equal((2, (ulong)(Entries - 1) * 32), (fixture.Responses.Count, Tail(fixture)));

        fixture.Registers.Write32(0xDC, Overflow);
        Send(fixture, 302);
        Assert.Equal((2, 0UL), (fixture.Responses.Count, Tail(fixture)));
    }

    [Fact]
    [Specification("7.4.1/8")]
    public void An_overflow_inside_a_group_responds_to_the_group_once()
    {
        using UnitFixture fixture = Make();
        for (int sent = 0; sent < Entries - 2; sent++)
            Send(fixture, 1);
        Send(fixture, 7, isLast: false);
        Send(fixture, 7, isLast: false);
        Send(fixture, 7, isLast: false);
        Assert.Empty(fixture.Responses);
        Send(fixture, 7);

        Assert.Equal([new PageGroupResponseMessage(UnitFixture.Device, 7, 0, new PasidPrefix(new Pasid(5)))], fixture.Responses);
        Assert.Equal(7UL, fixture.Word(UnitFixture.Ring + (Entries - 2) * 32 + 8) >> 3 & 0x1FF);
    }

    [Fact]
    public void A_stop_marker_is_written_and_gets_no_response()
    {
        using UnitFixture fixture = Make();
        SendStop(fixture);
        Assert.Equal((32UL, 0b100UL), (Tail(fixture), fixture.Word(UnitFixture.Ring + 8) & 0b111));
        Fill(fixture, 1);
        SendStop(fixture);

        Assert.Equal(Overflow, StatusOf(fixture) & Overflow);
        Assert.Empty(fixture.Responses);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    [Specification("11.4.3/14")]
    public void With_SMS_a_blocked_stop_marker_is_dropped_silently(string cause, FaultReason withoutSms)
    {
        using UnitFixture fixture = Make(UnitFixture.With(ecap => ecap with { StopMarkers = true }));
        Refuse(fixture, cause);
        SendStop(fixture, PasidOf(cause));

        Assert.Equal((FaultReason.None, 0), (fixture.RecordedReason, fixture.Responses.Count));

        fixture.Unit.Receive(new PageRequestMessage(UnitFixture.Device, 0x1000, 7, Read: true, Write: false, IsLast: true, new PasidPrefix(PasidOf(cause))));
        fixture.RunBriefly();
        Assert.Equal((withoutSms, 1), (fixture.RecordedReason, fixture.Responses.Count));
    }

    [Fact]
    [Specification("11.4.3/14")]
    public void With_SMS_a_stop_marker_without_room_is_dropped_silently()
    {
        using UnitFixture fixture = Make(UnitFixture.With(ecap => ecap with { StopMarkers = true }));
        SendStop(fixture);
        Assert.Equal(32UL, Tail(fixture));
        Fill(fixture, 1);
        SendStop(fixture);

        Assert.Equal((0u, 0), (StatusOf(fixture) & Overflow, fixture.Responses.Count));
    }

    public static TheoryData<string, FaultReason> Refusals => new()
    {
        { "PRE clear", FaultReason.PageRequestDisabled },
        { "PASIDE clear", FaultReason.PasidDisabled },
        { "PASID beyond the directory", FaultReason.PasidBeyondDirectory },
        { "no context", FaultReason.ScalableContextNotPresent },
        { "no root", FaultReason.ScalableRootNotPresent },
        { "legacy mode", FaultReason.PageRequestInLegacyMode },
        { "translation off", FaultReason.PageRequestInLegacyMode },
        { "reserved mode", FaultReason.RootTableAddressInvalid },
        { "abort-DMA mode", FaultReason.AbortDmaMode },
        { "RID_PASID", FaultReason.RidPasidInvalid },
        { "no directory entry", FaultReason.PasidDirectoryNotPresent },
        { "no PASID entry", FaultReason.PasidEntryNotPresent },
        { "invalid PASID entry", FaultReason.PasidEntryInvalid },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    [Specification("6.5.3.1/5", "7.4.1/1", "7.4.1/2", "7.4.1/3", "11.4.7.6/2")]
    public void A_blocked_request_is_recorded_and_gets_Invalid_Request_once(string cause, FaultReason expected)
    {
        using UnitFixture fixture = Make();
        Refuse(fixture, cause);
        Pasid pasid = PasidOf(cause);
        fixture.Unit.Receive(new PageRequestMessage(UnitFixture.Device, 0x1000, 7, Read: true, Write: false, IsLast: false, new PasidPrefix(pasid)));
        fixture.RunBriefly();
        Assert.Empty(fixture.Responses);
        fixture.Unit.Receive(new PageRequestMessage(UnitFixture.Device, 0x2000, 7, Read: true, Write: false, IsLast: true, new PasidPrefix(pasid)));
        fixture.RunBriefly();

        PageGroupResponseMessage response = Assert.Single(fixture.Responses);
        Assert.Multiple(
            () => Assert.Equal(7, response.GroupIndex),
            () => Assert.Equal(UnitFixture.Device, response.Target),
            () => Assert.Equal((int)PageResponse.InvalidRequest, response.Code));
        Assert.Multiple(
            () => Assert.Equal(expected, fixture.RecordedReason),
            () => Assert.Equal(FaultRequestType.PageRequest, fixture.Record(0).RequestType),
            () => Assert.Equal(0UL, Tail(fixture)));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_blocked_stop_marker_gets_no_response(string cause, FaultReason expected)
    {
        using UnitFixture fixture = Make();
        Refuse(fixture, cause);
        SendStop(fixture, PasidOf(cause));

        Assert.Equal((expected, 0), (fixture.RecordedReason, fixture.Responses.Count));
    }

    [Fact]
    public void A_queue_outside_of_memory_responds_Invalid_Request()
    {
        using UnitFixture fixture = Make();
        fixture.Registers.Write64(0xD0, UnitFixture.Hole);
        Send(fixture, 7);

        Assert.Equal((int)PageResponse.InvalidRequest, Assert.Single(fixture.Responses).Code);
        Assert.Equal(0UL, Tail(fixture));
        Assert.Contains(fixture.Reports, report => report.Contains("page request queue at", StringComparison.Ordinal));
    }

    [Fact]
    [Specification("7.6.1/5")]
    public void Without_PRS_a_response_is_invalid()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(
            UnitFixture.With(ecap => ecap with { PageRequests = false, PageRequestDrain = false }), UnitFixture.PasidEnable);
        fixture.EnableQueue();
        fixture.Submit(Descriptor.Response(UnitFixture.Device, new Pasid(5), group: 1, code: 0));

        Assert.Equal(1u << 4, fixture.Registers.Read32(0x34) & 1 << 4);
        Assert.Empty(fixture.Responses);
    }

    [Fact]
    [Specification("7.4.1/10")]
    public void A_unit_without_PRS_reports_page_requests()
    {
        using UnitFixture fixture = UnitFixture.InScalableMode(
            UnitFixture.With(ecap => ecap with { PageRequests = false, PageRequestDrain = false }), UnitFixture.PasidEnable);
        Send(fixture, 7);

        Assert.Contains("ECAP.PRS", Assert.Single(fixture.Reports), StringComparison.Ordinal);
    }

    [Fact]
    [Specification("7.4.1/9")]
    public void A_request_invalidates_its_page()
    {
        using SpaceFixture space = SpaceFixture.OfFirstStage();
        space.Fixture.Registers.Write64(0xD0, UnitFixture.Ring);
        space.Output(DmaAccess.Read);
        space.Tables[SpaceFixture.Input] = 0x77_0000 | EntryBits.User;
        Assert.Equal(SpaceFixture.Page, space.Output(DmaAccess.Read));

        Send(space.Fixture, 1, address: SpaceFixture.Input);

        Assert.Equal(0x77_0000UL, space.Output(DmaAccess.Read));
    }

    [Theory]
    // RC is 0 for success, 1 for invalid request and Fh for failure. With PP the response has the PASID. LPIG is ignored (VT-d 7.6.1).
    [InlineData(0, true, false)]
    [InlineData(1, true, true)]
    [InlineData(15, false, false)]
    [Specification("7.6.1/1", "7.6.1/2", "7.6.1/3", "7.6.1/4")]
    public void A_response_of_software_is_sent_to_the_device(int code, bool pasidPresent, bool last)
    {
        using UnitFixture fixture = Make();
        fixture.EnableQueue();
        fixture.Submit(new Descriptor(
            0x9 | (pasidPresent ? 1UL << 4 : 0) | (ulong)code << 12 | (ulong)UnitFixture.Device.Value << 16 | 0xF_1234UL << 32, 0x1FFUL << 3 | (last ? 1UL << 2 : 0)));

        Assert.Equal([new(UnitFixture.Device, 0x1FF, code, pasidPresent ? new PasidPrefix(new Pasid(0xF_1234)) : default)], fixture.Responses);
    }

    [Fact]
    [Specification("6.5.2.9/6", "7.7/1")]
    public void A_wait_with_PD_completes_after_earlier_requests_are_queued()
    {
        using UnitFixture fixture = Make();
        fixture.EnableQueue();
        ulong tailAtStatus = 0;
        using IDisposable events = UnitCallbacks.OnEvent(fixture.Unit, seen => tailAtStatus = seen.Kind == UnitEventKind.WaitCompleted ? Tail(fixture) : tailAtStatus);
        fixture.Store(Descriptor.Wait(UnitFixture.Status, 1, drain: true));
        fixture.Registers.Write64(0x88, fixture.StoredTail);
        for (int sent = 0; sent < 9; sent++)
            fixture.Unit.Receive(new PageRequestMessage(UnitFixture.Device, 0x1000, sent, Read: true, Write: false, IsLast: true, new PasidPrefix(new Pasid(5))));
        fixture.RunBriefly();

        Assert.Equal((9UL * 32, 1UL), (tailAtStatus, fixture.Word(UnitFixture.Status)));
    }

    [Fact]
    [Specification("7.7/1")]
    public void Each_wait_with_PD_drains_the_requests_before_it()
    {
        using UnitFixture fixture = Make();
        fixture.EnableQueue();
        List<ulong> tails = [];
        using IDisposable events = UnitCallbacks.OnEvent(fixture.Unit, seen =>
        {
            if (seen.Kind == UnitEventKind.WaitCompleted)
                tails.Add(Tail(fixture));
        });
        for (int wait = 1; wait <= 2; wait++)
        {
            fixture.Store(Descriptor.Wait(UnitFixture.Status, (uint)wait, drain: true));
            fixture.Registers.Write64(0x88, fixture.StoredTail);
            for (int sent = 0; sent < 9; sent++)
                fixture.Unit.Receive(Request(sent));
            fixture.RunBriefly();
        }

        Assert.Equal([9UL * 32, 18UL * 32], tails);
    }

    [Fact]
    public void An_aborted_wait_with_PD_leaves_no_state()
    {
        // The unit needs three steps for the requests. The queue is disabled before the third.
        const int Requests = 17;
        using UnitFixture fixture = Make();
        fixture.EnableQueue();
        ulong tailAtStatus = 0;
        using IDisposable events = UnitCallbacks.OnEvent(fixture.Unit, seen => tailAtStatus = seen.Kind == UnitEventKind.WaitCompleted ? Tail(fixture) : tailAtStatus);
        fixture.Store(Descriptor.Wait(UnitFixture.Status, 1, drain: true));
        fixture.Registers.Write64(0x88, fixture.StoredTail);
        for (int sent = 0; sent < Requests; sent++)
            fixture.Unit.Receive(Request(sent));
        fixture.Scheduler.Hardware.Post(() => fixture.Scheduler.Hardware.Post(() => fixture.Clear(1u << 26)));
        fixture.RunBriefly();
        Assert.Equal(((ulong)Requests * 32, 0UL), (Tail(fixture), fixture.Word(UnitFixture.Status)));

        fixture.StoredTail = 0;
        fixture.EnableQueue();
        fixture.Store(Descriptor.Wait(UnitFixture.Status, 2, drain: true));
        fixture.Registers.Write64(0x88, fixture.StoredTail);
        for (int sent = 0; sent < Requests; sent++)
            fixture.Unit.Receive(Request(sent));
        fixture.RunBriefly();

        Assert.Equal((2UL * Requests * 32, 2UL), (tailAtStatus, fixture.Word(UnitFixture.Status)));
    }

    [Fact]
    public void A_wait_with_PD_does_not_wait_for_later_requests()
    {
        using UnitFixture fixture = Make();
        fixture.EnableQueue();
        int sent = 0;
        for (int feed = 0; feed < 12; feed++)
            Feed();

        fixture.Submit(Descriptor.Wait(UnitFixture.Status, 1, drain: true));
        Assert.True(sent < 100, "The wait did not complete before all requests were sent.");

        // More requests arrive than the unit handles until the wait is complete.
        void Feed()
        {
            if (fixture.Word(UnitFixture.Status) != 0 || sent == 100)
                return;
            fixture.Unit.Receive(Request(sent++));
            fixture.Scheduler.Hardware.Post(Feed);
        }
    }

    [Theory]
    // While PPR is set, the overflow raises no event. After PPR is cleared, it raises the event (VT-d 7.5).
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    [Specification("7.5/2", "7.5/3")]
    public void An_overflow_raises_the_event_unless_PPR_is_set(bool cleared, int expected)
    {
        using UnitFixture fixture = Make();
        Fill(fixture);
        if (cleared)
            fixture.Registers.Write32(0xDC, 1);
        Send(fixture, 500);

        Assert.Equal((2u, expected), (StatusOf(fixture) & 2, fixture.Interrupts.Count));
    }

    [Fact]
    [Specification("7.5/5")]
    public void Pending_event_stays_until_PPR_is_cleared()
    {
        using UnitFixture fixture = Make();
        fixture.Registers.Write32(0xE0, 1u << 31);
        Send(fixture, 1);
        fixture.Registers.Write32(0xDC, 0);
        Assert.Equal(1u << 30, fixture.Registers.Read32(0xE0) & 1u << 30);
        fixture.Registers.Write32(0xDC, 1);

        Assert.Equal(0u, fixture.Registers.Read32(0xE0) & 1u << 30);
    }

    [Fact]
    public void Observers_are_notified_of_the_result_of_each_request()
    {
        using UnitFixture fixture = Make();
        List<UnitEvent> seen = fixture.RecordEvents();
        Send(fixture, 1, isLast: false);
        SendStop(fixture);
        Send(fixture, 2);

        PasidPrefix prefix = new(new Pasid(5));
        Assert.Equal(
            [
                new(UnitEventKind.PageRequestArrived, UnitFixture.Device, prefix, 0x1000, 1),
                new(UnitEventKind.PageRequestQueued, UnitFixture.Device, prefix, 0x1000, 0),
                new(UnitEventKind.PageRequestArrived, UnitFixture.Device, prefix, 0, 0),
                new(UnitEventKind.PageRequestQueued, UnitFixture.Device, prefix, 0, 32),
                new(UnitEventKind.PageRequestArrived, UnitFixture.Device, prefix, 0x1000, 2 | 1 << 16),
                new(UnitEventKind.PageRequestQueued, UnitFixture.Device, prefix, 0x1000, 64),
            ],
            seen);
        fixture.SetRoot(UnitFixture.Root);
        seen.Clear();
        Send(fixture, 3);
        Assert.Equal(
            [UnitEventKind.PageRequestArrived, UnitEventKind.Fault, UnitEventKind.PageRequestDropped, UnitEventKind.AutomaticResponse],
            seen.Select(happened => happened.Kind));
    }

    private static PageRequestMessage Request(int group) =>
        new(UnitFixture.Device, 0x1000, group, Read: true, Write: false, IsLast: true, new PasidPrefix(new Pasid(5)));

    private static UnitFixture Make(UnitOptions? options = null)
    {
        UnitFixture fixture = UnitFixture.InScalableMode(options);
        fixture.Registers.Write64(0xD0, UnitFixture.Ring);
        fixture.Registers.Write32(0xE0, 0);
        foreach (uint pasid in (uint[])[0, 5, 63])
            fixture.PassThrough(new Pasid(pasid));
        return fixture;
    }

    private static Pasid PasidOf(string refusal) => new(refusal switch
    {
        "PASID beyond the directory" => 1u << 13,
        "RID_PASID" => 0,
        "no directory entry" => 64,
        _ => 5,
    });

    private static void Refuse(UnitFixture fixture, string cause)
    {
        switch (cause)
        {
            case "PRE clear":
                fixture.SetContext(UnitFixture.Device, UnitFixture.PasidDirectory | UnitFixture.PasidEnable | 1);
                break;
            case "PASIDE clear":
                fixture.SetContext(UnitFixture.Device, UnitFixture.PasidDirectory | UnitFixture.DeviceTlbEnable | UnitFixture.PageRequestEnable | 1);
                break;
            case "no context":
                fixture.SetContext(UnitFixture.Device, 0);
                break;
            case "no root":
                fixture.Set(UnitFixture.Root, 0);
                break;
            case "legacy mode":
                fixture.SetRoot(UnitFixture.Root);
                break;
            case "translation off":
                fixture.Clear(1u << 31);
                break;
            case "reserved mode":
                fixture.SetRoot(UnitFixture.Root | 2 << 10);
                break;
            case "abort-DMA mode":
                fixture.SetRoot(UnitFixture.Root | 3 << 10);
                break;
            case "no PASID entry":
                fixture.SetPasid(new Pasid(5), default);
                break;
            case "invalid PASID entry":
                fixture.SetPasid(new Pasid(5), new PasidEntry { Present = true });
                break;
        }
    }

    private static void Send(UnitFixture fixture, int group, bool isLast = true, ulong address = 0x1000)
    {
        fixture.Unit.Receive(new PageRequestMessage(UnitFixture.Device, address, group, Read: true, Write: false, isLast, new PasidPrefix(new Pasid(5))));
        fixture.RunBriefly();
    }

    private static void SendStop(UnitFixture fixture, Pasid? pasid = null)
    {
        fixture.Unit.Receive(new PageRequestMessage(UnitFixture.Device, 0, 0, Read: false, Write: false, IsLast: true, new PasidPrefix(pasid ?? new Pasid(5))));
        fixture.RunBriefly();
    }

    private static void Fill(UnitFixture fixture, int already = 0)
    {
        for (int sent = already; sent < Entries - 1; sent++)
            Send(fixture, sent);
    }

    private static ulong Tail(UnitFixture fixture) => fixture.Registers.Read64(0xC8);

    private static uint StatusOf(UnitFixture fixture) => fixture.Registers.Read32(0xDC);
}
