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
        using UnitBench bench = Make();
        bench.Unit.Receive(new PageRequestMessage(
            UnitBench.Device, 0xFFFF_8000_1234_5678, 0x1A5, Read: true, Write: true, IsLast: true, new PasidPrefix(new Pasid(63), execute: true, privileged: true)));
        bench.Unit.Receive(new PageRequestMessage(UnitBench.Device, 0x1000, 1, Read: true, Write: false, IsLast: false));
        Assert.Equal(0UL, Tail(bench));
        bench.RunBriefly();

        // Type 7:0, PP 8, RID 31:16, PASID 51:32, EXR 52, PMR 53; RDR 64, WRR 65, LPIG 66, PRGI 75:67, address 127:76.
        Assert.Equal(64UL, Tail(bench));
        Assert.Equal(
            [0x30_003F_0010_0101UL, 0xFFFF_8000_1234_5000UL | 0x1A5 << 3 | 0b111, 0, 0, 0x0010_0001, 0x1000 | 1 << 3 | 0b001, 0, 0],
            Enumerable.Range(0, 8).Select(word => bench.Word(UnitBench.Ring + (ulong)word * 8)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Specification("7.5/1", "7.5/2")]
    public void Each_request_raises_the_event_unless_PPR_is_set(bool last)
    {
        using UnitBench bench = Make();
        Send(bench, 1, isLast: last);
        Assert.Equal((Pending, 1), (StatusOf(bench), bench.Interrupts.Count));

        Send(bench, 2, isLast: last);
        Assert.Equal((Pending, 1), (StatusOf(bench), bench.Interrupts.Count));
    }

    [Fact]
    [Specification("7.4.1/4", "7.4.1/5")]
    public void The_queue_wraps_and_is_full_when_one_entry_is_left()
    {
        using UnitBench bench = Make();
        for (int round = 0; round < 3; round++)
        {
            for (int sent = 0; sent < Entries - 1; sent++)
                Send(bench, sent);
            Assert.Equal((Pending, 0), (StatusOf(bench), bench.Responses.Count));
            bench.Registers.Write64(0xC0, Tail(bench));
            bench.Registers.Write32(0xDC, Pending);
        }

        Assert.Equal(3 * (Entries - 1) * 32 % 4096, (int)Tail(bench));
    }

    [Fact]
    [Specification("7.4.1/6", "7.4.1/7")]
    public void A_full_queue_responds_success_so_that_the_device_retries()
    {
        using UnitBench bench = Make();
        Fill(bench);
        Send(bench, 300);

        Assert.Equal((Pending | Overflow, (ulong)(Entries - 1) * 32), (StatusOf(bench), Tail(bench)));
        Assert.Equal([new PageGroupResponseMessage(UnitBench.Device, 300, 0, new PasidPrefix(new Pasid(5)))], bench.Responses);

        // While PRO is set all requests are dropped, even if the queue has room.
        bench.Registers.Write64(0xC0, Tail(bench));
        Send(bench, 301);
        Assert.Equal((2, (ulong)(Entries - 1) * 32), (bench.Responses.Count, Tail(bench)));

        bench.Registers.Write32(0xDC, Overflow);
        Send(bench, 302);
        Assert.Equal((2, 0UL), (bench.Responses.Count, Tail(bench)));
    }

    [Fact]
    [Specification("7.4.1/8")]
    public void An_overflow_inside_a_group_responds_to_the_group_once()
    {
        using UnitBench bench = Make();
        for (int sent = 0; sent < Entries - 2; sent++)
            Send(bench, 1);
        Send(bench, 7, isLast: false);
        Send(bench, 7, isLast: false);
        Send(bench, 7, isLast: false);
        Assert.Empty(bench.Responses);
        Send(bench, 7);

        Assert.Equal([new PageGroupResponseMessage(UnitBench.Device, 7, 0, new PasidPrefix(new Pasid(5)))], bench.Responses);
        Assert.Equal(7UL, bench.Word(UnitBench.Ring + (Entries - 2) * 32 + 8) >> 3 & 0x1FF);
    }

    [Fact]
    public void A_stop_marker_is_written_and_gets_no_response()
    {
        using UnitBench bench = Make();
        SendStop(bench);
        Assert.Equal((32UL, 0b100UL), (Tail(bench), bench.Word(UnitBench.Ring + 8) & 0b111));
        Fill(bench, 1);
        SendStop(bench);

        Assert.Equal(Overflow, StatusOf(bench) & Overflow);
        Assert.Empty(bench.Responses);
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
    public void A_blocked_request_is_recorded_and_gets_Invalid_Request_once(string why, FaultReason expected)
    {
        using UnitBench bench = Make();
        Refuse(bench, why);
        Pasid pasid = PasidOf(why);
        bench.Unit.Receive(new PageRequestMessage(UnitBench.Device, 0x1000, 7, Read: true, Write: false, IsLast: false, new PasidPrefix(pasid)));
        bench.RunBriefly();
        Assert.Empty(bench.Responses);
        bench.Unit.Receive(new PageRequestMessage(UnitBench.Device, 0x2000, 7, Read: true, Write: false, IsLast: true, new PasidPrefix(pasid)));
        bench.RunBriefly();

        PageGroupResponseMessage response = Assert.Single(bench.Responses);
        Assert.Equal((7, UnitBench.Device, (int)PageRequestResponseCode.InvalidRequest), (response.GroupIndex, response.Target, response.Code));
        Assert.Equal((expected, FaultRequestType.PageRequest, 0UL), (bench.RecordedReason, bench.Record(0).RequestType, Tail(bench)));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_blocked_stop_marker_gets_no_response(string why, FaultReason expected)
    {
        using UnitBench bench = Make();
        Refuse(bench, why);
        SendStop(bench, PasidOf(why));

        Assert.Equal((expected, 0), (bench.RecordedReason, bench.Responses.Count));
    }

    [Fact]
    public void A_queue_outside_of_memory_responds_Invalid_Request()
    {
        using UnitBench bench = Make();
        bench.Registers.Write64(0xD0, UnitBench.Hole);
        Send(bench, 7);

        Assert.Equal((int)PageRequestResponseCode.InvalidRequest, Assert.Single(bench.Responses).Code);
        Assert.Equal(0UL, Tail(bench));
        Assert.Contains(bench.Reports, report => report.Contains("page request queue at", StringComparison.Ordinal));
    }

    [Fact]
    [Specification("7.6.1/5")]
    public void Without_PRS_a_response_is_invalid()
    {
        using UnitBench bench = UnitBench.InScalableMode(
            UnitBench.With(ecap => ecap with { PageRequests = false, PageRequestDrain = false }), UnitBench.PasidEnable);
        bench.EnableQueue();
        bench.Submit(Descriptor.Response(UnitBench.Device, new Pasid(5), group: 1, code: 0));

        Assert.Equal(1u << 4, bench.Registers.Read32(0x34) & 1 << 4);
        Assert.Empty(bench.Responses);
    }

    [Fact]
    [Specification("7.4.1/10")]
    public void A_unit_without_PRS_reports_page_requests()
    {
        using UnitBench bench = UnitBench.InScalableMode(
            UnitBench.With(ecap => ecap with { PageRequests = false, PageRequestDrain = false }), UnitBench.PasidEnable);
        Send(bench, 7);

        Assert.Contains("ECAP.PRS", Assert.Single(bench.Reports), StringComparison.Ordinal);
    }

    [Fact]
    [Specification("7.4.1/9")]
    public void A_request_invalidates_its_page()
    {
        using SpaceBench space = SpaceBench.OfFirstStage();
        space.Bench.Registers.Write64(0xD0, UnitBench.Ring);
        space.Output(DmaAccess.Read);
        space.Tables[SpaceBench.Input] = 0x77_0000 | PageTables.User;
        Assert.Equal(SpaceBench.Page, space.Output(DmaAccess.Read));

        Send(space.Bench, 1, address: SpaceBench.Input);

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
        using UnitBench bench = Make();
        bench.EnableQueue();
        bench.Submit(new Descriptor(
            0x9 | (pasidPresent ? 1UL << 4 : 0) | (ulong)code << 12 | (ulong)UnitBench.Device.Value << 16 | 0xF_1234UL << 32, 0x1FFUL << 3 | (last ? 1UL << 2 : 0)));

        Assert.Equal([new(UnitBench.Device, 0x1FF, code, pasidPresent ? new PasidPrefix(new Pasid(0xF_1234)) : default)], bench.Responses);
    }

    [Fact]
    [Specification("6.5.2.9/6", "7.7/1")]
    public void A_wait_with_PD_completes_after_earlier_requests_are_queued()
    {
        using UnitBench bench = Make();
        bench.EnableQueue();
        ulong tailAtStatus = 0;
        bench.Unit.Observer = seen => tailAtStatus = seen.Kind == UnitEventKind.WaitCompleted ? Tail(bench) : tailAtStatus;
        bench.Store(Descriptor.Wait(UnitBench.Status, 1, drain: true));
        bench.Registers.Write64(0x88, bench.StoredTail);
        for (int sent = 0; sent < 9; sent++)
            bench.Unit.Receive(new PageRequestMessage(UnitBench.Device, 0x1000, sent, Read: true, Write: false, IsLast: true, new PasidPrefix(new Pasid(5))));
        bench.RunBriefly();

        Assert.Equal((9UL * 32, 1UL), (tailAtStatus, bench.Word(UnitBench.Status)));
    }

    [Fact]
    [Specification("7.7/1")]
    public void Each_wait_with_PD_drains_the_requests_before_it()
    {
        using UnitBench bench = Make();
        bench.EnableQueue();
        List<ulong> tails = [];
        bench.Unit.Observer = seen =>
        {
            if (seen.Kind == UnitEventKind.WaitCompleted)
                tails.Add(Tail(bench));
        };
        for (int wait = 1; wait <= 2; wait++)
        {
            bench.Store(Descriptor.Wait(UnitBench.Status, (uint)wait, drain: true));
            bench.Registers.Write64(0x88, bench.StoredTail);
            for (int sent = 0; sent < 9; sent++)
                bench.Unit.Receive(Request(sent));
            bench.RunBriefly();
        }

        Assert.Equal([9UL * 32, 18UL * 32], tails);
    }

    [Fact]
    public void An_aborted_wait_with_PD_leaves_no_state()
    {
        using UnitBench bench = Make();
        bench.EnableQueue();
        ulong tailAtStatus = 0;
        bench.Unit.Observer = seen => tailAtStatus = seen.Kind == UnitEventKind.WaitCompleted ? Tail(bench) : tailAtStatus;
        bench.Store(Descriptor.Wait(UnitBench.Status, 1, drain: true));
        bench.Registers.Write64(0x88, bench.StoredTail);
        for (int sent = 0; sent < 9; sent++)
            bench.Unit.Receive(Request(sent));
        bench.Scheduler.Hardware.Post(() => bench.Scheduler.Hardware.Post(() => bench.Clear(1u << 26)));
        bench.RunBriefly();
        Assert.Equal((9UL * 32, 0UL), (Tail(bench), bench.Word(UnitBench.Status)));

        bench.StoredTail = 0;
        bench.EnableQueue();
        bench.Store(Descriptor.Wait(UnitBench.Status, 2, drain: true));
        bench.Registers.Write64(0x88, bench.StoredTail);
        for (int sent = 0; sent < 9; sent++)
            bench.Unit.Receive(Request(sent));
        bench.RunBriefly();

        Assert.Equal((18UL * 32, 2UL), (tailAtStatus, bench.Word(UnitBench.Status)));
    }

    [Fact]
    public void A_wait_with_PD_does_not_wait_for_later_requests()
    {
        using UnitBench bench = Make();
        bench.EnableQueue();
        int sent = 0;
        Feed();
        Feed();
        bench.Submit(Descriptor.Wait(UnitBench.Status, 1, drain: true));
        Assert.True(sent < 100, "The wait outlasted all requests.");

        // One request is always in flight until the wait is complete.
        void Feed()
        {
            if (bench.Word(UnitBench.Status) != 0 || sent == 100)
                return;
            bench.Unit.Receive(Request(sent++));
            bench.Scheduler.Hardware.Post(Feed);
        }
    }

    [Theory]
    // While PPR is set, the overflow raises no event. After a clear of PPR it does (VT-d 7.5).
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    [Specification("7.5/2", "7.5/3")]
    public void An_overflow_raises_the_event_unless_PPR_is_set(bool cleared, int expected)
    {
        using UnitBench bench = Make();
        Fill(bench);
        if (cleared)
            bench.Registers.Write32(0xDC, 1);
        Send(bench, 500);

        Assert.Equal((2u, expected), (StatusOf(bench) & 2, bench.Interrupts.Count));
    }

    [Fact]
    [Specification("7.5/5")]
    public void Pending_event_stays_until_PPR_is_cleared()
    {
        using UnitBench bench = Make();
        bench.Registers.Write32(0xE0, 1u << 31);
        Send(bench, 1);
        bench.Registers.Write32(0xDC, 0);
        Assert.Equal(1u << 30, bench.Registers.Read32(0xE0) & 1u << 30);
        bench.Registers.Write32(0xDC, 1);

        Assert.Equal(0u, bench.Registers.Read32(0xE0) & 1u << 30);
    }

    [Fact]
    public void Observers_are_notified_of_the_result_of_each_request()
    {
        using UnitBench bench = Make();
        List<UnitEvent> seen = [];
        bench.Unit.Observer = seen.Add;
        Send(bench, 1, isLast: false);
        SendStop(bench);
        Send(bench, 2);

        PasidPrefix prefix = new(new Pasid(5));
        Assert.Equal(
            [
                new(UnitEventKind.PageRequestArrived, UnitBench.Device, prefix, 0x1000, 1),
                new(UnitEventKind.PageRequestQueued, UnitBench.Device, prefix, 0x1000, 0),
                new(UnitEventKind.PageRequestArrived, UnitBench.Device, prefix, 0, 0),
                new(UnitEventKind.PageRequestQueued, UnitBench.Device, prefix, 0, 32),
                new(UnitEventKind.PageRequestArrived, UnitBench.Device, prefix, 0x1000, 2 | 1 << 16),
                new(UnitEventKind.PageRequestQueued, UnitBench.Device, prefix, 0x1000, 64),
            ],
            seen);
        bench.SetRoot(UnitBench.Root);
        seen.Clear();
        Send(bench, 3);
        Assert.Equal(
            [UnitEventKind.PageRequestArrived, UnitEventKind.Fault, UnitEventKind.PageRequestDropped, UnitEventKind.AutomaticResponse],
            seen.Select(happened => happened.Kind));
    }

    private static PageRequestMessage Request(int group) =>
        new(UnitBench.Device, 0x1000, group, Read: true, Write: false, IsLast: true, new PasidPrefix(new Pasid(5)));

    private static UnitBench Make()
    {
        UnitBench bench = UnitBench.InScalableMode();
        bench.Registers.Write64(0xD0, UnitBench.Ring);
        bench.Registers.Write32(0xE0, 0);
        foreach (uint pasid in (uint[])[0, 5, 63])
            bench.PassThrough(new Pasid(pasid));
        return bench;
    }

    private static Pasid PasidOf(string refusal) => new(refusal switch
    {
        "PASID beyond the directory" => 1u << 13,
        "RID_PASID" => 0,
        "no directory entry" => 64,
        _ => 5,
    });

    private static void Refuse(UnitBench bench, string why)
    {
        switch (why)
        {
            case "PRE clear":
                bench.SetContext(UnitBench.Device, UnitBench.PasidDirectory | UnitBench.PasidEnable | 1);
                break;
            case "PASIDE clear":
                bench.SetContext(UnitBench.Device, UnitBench.PasidDirectory | UnitBench.DeviceTlbEnable | UnitBench.PageRequestEnable | 1);
                break;
            case "no context":
                bench.SetContext(UnitBench.Device, 0);
                break;
            case "no root":
                bench.Set(UnitBench.Root, 0);
                break;
            case "legacy mode":
                bench.SetRoot(UnitBench.Root);
                break;
            case "translation off":
                bench.Clear(1u << 31);
                break;
            case "reserved mode":
                bench.SetRoot(UnitBench.Root | 2 << 10);
                break;
            case "abort-DMA mode":
                bench.SetRoot(UnitBench.Root | 3 << 10);
                break;
            case "no PASID entry":
                bench.SetPasid(new Pasid(5), default);
                break;
            case "invalid PASID entry":
                bench.SetPasid(new Pasid(5), new PasidEntry { Present = true });
                break;
        }
    }

    private static void Send(UnitBench bench, int group, bool isLast = true, ulong address = 0x1000)
    {
        bench.Unit.Receive(new PageRequestMessage(UnitBench.Device, address, group, Read: true, Write: false, isLast, new PasidPrefix(new Pasid(5))));
        bench.RunBriefly();
    }

    private static void SendStop(UnitBench bench, Pasid? pasid = null)
    {
        bench.Unit.Receive(new PageRequestMessage(UnitBench.Device, 0, 0, Read: false, Write: false, IsLast: true, new PasidPrefix(pasid ?? new Pasid(5))));
        bench.RunBriefly();
    }

    private static void Fill(UnitBench bench, int already = 0)
    {
        for (int sent = already; sent < Entries - 1; sent++)
            Send(bench, sent);
    }

    private static ulong Tail(UnitBench bench) => bench.Registers.Read64(0xC8);

    private static uint StatusOf(UnitBench bench) => bench.Registers.Read32(0xDC);
}
