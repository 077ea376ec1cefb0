using IoAsid.Typed.DmaEngine;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The order in which capabilities are enabled and disabled, and what a reset leaves.</summary>
public sealed class CapabilityTests
{
    public static TheoryData<string, Action<EmulatedDmaEngine>, Action<EmulatedDmaEngine>> WrongOrders() => new()
    {
        { "PASID after ATS", engine => engine.Ats!.Enabled = true, engine => engine.Pasid!.Enabled = true },
        { "PASID away under ATS", EnableAll, engine => engine.Pasid!.Enabled = false },
        { "PRI before ATS", _ => { }, engine => engine.Pri!.Enabled = true },
        { "ATS away under PRI", EnableBoth, engine => engine.Ats!.Enabled = false },
        { "PRI again without a reset", EnableAndStop, engine => engine.Pri!.Enabled = true },
        { "PRI reset while enabled", EnableBoth, engine => engine.Pri!.Reset() },
        { "allocation while enabled", EnableBoth, engine => engine.Pri!.Allocation = 3 },
        { "allocation of nothing", _ => { }, engine => engine.Pri!.Allocation = 0 },
        { "allocation beyond capacity", _ => { }, engine => engine.Pri!.Allocation = 33 },
    };

    [Theory]
    [MemberData(nameof(WrongOrders))]
    public void A_wrong_order_is_an_error_and_changes_nothing(string what, Action<EmulatedDmaEngine> before, Action<EmulatedDmaEngine> wrong)
    {
        EmulatedDmaEngine engine = new DmaBench(0).Engine;
        before(engine);
        (bool, bool, bool, int) state = StateOf(engine);

        Exception error = Assert.ThrowsAny<Exception>(() => wrong(engine));

        Assert.True(error is InvalidOperationException or ArgumentOutOfRangeException, what);
        Assert.Equal(state, StateOf(engine));
    }

    [Fact]
    public void Page_requests_can_be_enabled_again_after_a_reset_of_theirs()
    {
        EmulatedDmaEngine engine = new DmaBench(0).Engine;
        EnableBoth(engine);
        engine.Pri!.Enabled = false;
        Assert.True(engine.Pri.Stopped);
        engine.Pri.Reset();
        engine.Pri.Allocation = 5;
        engine.Pri.Enabled = true;

        Assert.Equal((false, true, true, 5), StateOf(engine));
    }

    [Fact]
    public void Taking_page_requests_away_stops_new_ones_and_those_under_way_are_answered()
    {
        DmaBench bench = new DmaBench(0).Enable();
        ulong first = bench.Submit(DmaBench.SharedQueue, DmaBench.Blocking(8));
        bench.Machine.Run();
        bench.Engine.Pri!.Enabled = false;
        Assert.False(bench.Engine.Pri.Stopped);

        PageRequestMessage asked = bench.Unit.PageRequests.Single();
        bench.MapPage(DmaBench.Pasid, asked.Address);
        bench.Unit.Downstream.Send(new PageGroupResponseMessage(asked.Requester, asked.GroupIndex, 0, asked.Prefix));
        bench.Machine.Run();

        Assert.True(bench.Engine.Pri.Stopped);
        Assert.Single(bench.Unit.PageRequests);
        Assert.Equal((DmaStatus.PageFault, DmaBench.Destination), (bench.RecordAt(first).Status, bench.RecordAt(first).FaultAddress));
    }

    [Fact]
    public void Absent_capabilities_are_null()
    {
        EmulatedDmaEngine engine = new DmaBench(0, new DmaEngineOptions { PasidWidth = 0, InvalidateQueueDepth = 0, PageRequestCapacity = 0 }).Engine;

        Assert.Null(engine.Pasid);
        Assert.Null(engine.Ats);
        Assert.Null(engine.Pri);
    }

    public static TheoryData<string, DmaEngineOptions> Impossible() => new()
    {
        { "PasidWidth", new DmaEngineOptions { PasidWidth = 21 } },
        { "InvalidateQueueDepth", new DmaEngineOptions { InvalidateQueueDepth = 33 } },
        { "PageRequestCapacity", new DmaEngineOptions { InvalidateQueueDepth = 0 } },
        { "PagesPerGroup", new DmaEngineOptions { PagesPerGroup = 0 } },
        { "MaximumRequestLength", new DmaEngineOptions { MaximumRequestLength = 96 } },
        { "DeviceTlbEntries", new DmaEngineOptions { DeviceTlbEntries = 0 } },
        { "Queues", new DmaEngineOptions { Queues = 0 } },
        { "QueueDepth", new DmaEngineOptions { QueueDepth = 70000 } },
        { "Engines", new DmaEngineOptions { Engines = 65 } },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Options_that_do_not_fit_together_are_named(string option, DmaEngineOptions options) =>
        Assert.StartsWith(option, Assert.Throws<ArgumentException>(() => new DmaBench(0, options)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_reset_forgets_everything_and_lets_what_was_sent_travel()
    {
        for (ulong seed = 0; seed < 30; seed++)
        {
            DmaBench bench = new DmaBench(seed).Enable();
            bench.MapFilled(DmaBench.Pasid, DmaBench.Source, pages: 4, first: 1);
            bench.AnswerPageRequests();
            bench.Machine.Run(async () =>
            {
                for (int number = 0; number < 4; number++)
                    bench.Submit(DmaBench.DedicatedQueue, DmaBench.Blocking(0x4000));
                await bench.Machine.Scheduler.WaitUntil(() => bench.Unit.PageRequests.Count > 0, DmaBench.Patience);
                await bench.Engine.ResetAsync();
            });
            bench.Machine.Run();
            int requests = bench.Unit.Requests.Count;

            Assert.Equal((false, false, false, 32), StateOf(bench.Engine));
            Assert.False(bench.Engine.BusMasterEnabled);
            Assert.Equal((0, 0), (bench.Engine.DeviceTlbCount, bench.Engine.PageRequestsOutstanding));
            Assert.Equal(0UL, bench.Engine.Registers.Read64(DmaEngineRegisters.QueueConfiguration(0)));

            Assert.Equal(DmaStatus.Success, bench.Enable().Do(DmaBench.DedicatedQueue, DmaBench.Blocking(0x1000)).Status);
            Assert.True(bench.Unit.Requests.Count > requests);
        }
    }

    [Fact]
    public void During_a_reset_nobody_answers()
    {
        DmaBench bench = new DmaBench(0).Enable();
        bench.Machine.Run(async () =>
        {
            ValueTask reset = bench.Engine.ResetAsync();
            Assert.Equal(ulong.MaxValue, bench.Engine.Registers.Read64(DmaEngineRegisters.Capabilities));
            bench.Engine.BusMasterEnabled = true;
            Assert.False(bench.Engine.BusMasterEnabled);
            await reset;
            Assert.Equal(4, new DmaEngineCapabilities(bench.Engine.Registers.Read64(DmaEngineRegisters.Capabilities)).Queues);
        });
        Assert.True(bench.Machine.Scheduler.Clock.GetElapsedTime(0) >= TimeSpan.FromMilliseconds(100));
    }

    private static void EnableAll(EmulatedDmaEngine engine)
    {
        engine.Pasid!.Enabled = true;
        EnableBoth(engine);
    }

    private static void EnableAndStop(EmulatedDmaEngine engine)
    {
        EnableBoth(engine);
        engine.Pri!.Enabled = false;
    }

    private static void EnableBoth(EmulatedDmaEngine engine)
    {
        engine.Ats!.Enabled = true;
        engine.Pri!.Enabled = true;
    }

    private static (bool Pasid, bool Ats, bool Pri, int Allocation) StateOf(EmulatedDmaEngine engine) =>
        (engine.Pasid!.Enabled, engine.Ats!.Enabled, engine.Pri!.Enabled, engine.Pri.Allocation);
}
