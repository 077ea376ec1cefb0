using IoAsid.Typed.DmaEngine;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The order in which capabilities are enabled and disabled, and the state after a reset.</summary>
public sealed class CapabilityTests
{
    public static TheoryData<string, Action<EmulatedDmaEngine>, Action<EmulatedDmaEngine>> WrongOrders() => new()
    {
        { "PASID after ATS", engine => engine.Ats!.Enabled = true, engine => engine.Pasid!.Enabled = true },
        { "PASID disabled with ATS enabled", EnableAll, engine => engine.Pasid!.Enabled = false },
        { "PRI before ATS", _ => { }, engine => engine.Pri!.Enabled = true },
        { "ATS disabled with PRI enabled", EnableBoth, engine => engine.Ats!.Enabled = false },
        { "PRI again without a reset", EnableAndStop, engine => engine.Pri!.Enabled = true },
        { "PRI reset while enabled", EnableBoth, engine => engine.Pri!.Reset() },
        { "allocation while enabled", EnableBoth, engine => engine.Pri!.Allocation = 3 },
        { "allocation of zero", _ => { }, engine => engine.Pri!.Allocation = 0 },
        { "allocation beyond capacity", _ => { }, engine => engine.Pri!.Allocation = 33 },
    };

    [Theory]
    [MemberData(nameof(WrongOrders))]
    public void A_wrong_order_is_an_error_and_changes_nothing(string order, Action<EmulatedDmaEngine> before, Action<EmulatedDmaEngine> wrong)
    {
        EmulatedDmaEngine engine = new DmaFixture(0).Engine;
        before(engine);
        CapabilityState state = StateOf(engine);

        Exception error = Assert.ThrowsAny<Exception>(() => wrong(engine));

        Assert.True(error is InvalidOperationException or ArgumentOutOfRangeException, order);
        Assert.Equal(state, StateOf(engine));
    }

    [Fact]
    public void Page_requests_can_be_enabled_again_after_their_reset()
    {
        EmulatedDmaEngine engine = new DmaFixture(0).Engine;
        EnableBoth(engine);
        engine.Pri!.Enabled = false;
        Assert.True(engine.Pri.Stopped);
        engine.Pri.Reset();
        engine.Pri.Allocation = 5;
        engine.Pri.Enabled = true;

        Assert.Equal(new CapabilityState(Pasid: false, Ats: true, Pri: true, Allocation: 5), StateOf(engine));
    }

    [Fact]
    public void Disabled_page_requests_get_responses_to_outstanding_groups()
    {
        DmaFixture fixture = new DmaFixture(0).Enable();
        ulong first = fixture.Submit(DmaFixture.SharedQueue, DmaFixture.Blocking(8));
        fixture.Machine.Run();
        fixture.Engine.Pri!.Enabled = false;
        Assert.False(fixture.Engine.Pri.Stopped);

        PageRequestMessage request = fixture.Unit.PageRequests.Single();
        fixture.MapPage(DmaFixture.Pasid, request.Address);
        fixture.Unit.Downstream.Send(new PageGroupResponseMessage(request.Requester, request.GroupIndex, 0, request.Prefix));
        fixture.Machine.Run();

        Assert.True(fixture.Engine.Pri.Stopped);
        Assert.Single(fixture.Unit.PageRequests);
        Assert.Equal((DmaStatus.PageFault, DmaFixture.Destination), (fixture.RecordAt(first).Status, fixture.RecordAt(first).FaultAddress));
    }

    [Fact]
    public void Absent_capabilities_are_null()
    {
        EmulatedDmaEngine engine = new DmaFixture(0, new DmaEngineOptions { PasidWidth = 0, InvalidateQueueDepth = 0, PageRequestCapacity = 0 }).Engine;

        Assert.Null(engine.Pasid);
        Assert.Null(engine.Ats);
        Assert.Null(engine.Pri);
    }

    public static TheoryData<string, DmaEngineOptions> InvalidOptions() => new()
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
    [MemberData(nameof(InvalidOptions))]
    public void Invalid_options_are_named(string option, DmaEngineOptions options) =>
        Assert.StartsWith(option, Assert.Throws<ArgumentException>(() => new DmaFixture(0, options)).Message, StringComparison.Ordinal);

    [Fact]
    public void Reset_clears_the_state_and_keeps_messages_in_flight()
    {
        for (ulong seed = 0; seed < 30; seed++)
        {
            DmaFixture fixture = new DmaFixture(seed).Enable();
            fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Source, pages: 4, first: 1);
            fixture.AnswerPageRequests();
            fixture.Machine.Run(async () =>
            {
                for (int number = 0; number < 4; number++)
                    fixture.Submit(DmaFixture.DedicatedQueue, DmaFixture.Blocking(0x4000));
                await fixture.Machine.Scheduler.WaitUntil(() => fixture.Unit.PageRequests.Count > 0, DmaFixture.Patience);
                await fixture.Engine.ResetAsync();
            });
            fixture.Machine.Run();
            int requests = fixture.Unit.Requests.Count;

            Assert.Equal(new CapabilityState(Pasid: false, Ats: false, Pri: false, Allocation: 32), StateOf(fixture.Engine));
            Assert.False(fixture.Engine.BusMasterEnabled);
            Assert.Equal((0, 0), (fixture.Engine.DeviceTlbCount, fixture.Engine.PageRequestsOutstanding));
            Assert.Equal(0UL, fixture.Engine.Registers.Read64(DmaEngineRegisters.QueueConfiguration(0)));

            Assert.Equal(DmaStatus.Success, fixture.Enable().Do(DmaFixture.DedicatedQueue, DmaFixture.Blocking(0x1000)).Status);
            Assert.True(fixture.Unit.Requests.Count > requests);
        }
    }

    [Fact]
    public void Function_does_not_respond_during_a_reset()
    {
        DmaFixture fixture = new DmaFixture(0).Enable();
        fixture.Machine.Run(async () =>
        {
            ValueTask reset = fixture.Engine.ResetAsync();
            Assert.Equal(ulong.MaxValue, fixture.Engine.Registers.Read64(DmaEngineRegisters.Capabilities));
            fixture.Engine.BusMasterEnabled = true;
            Assert.False(fixture.Engine.BusMasterEnabled);
            await reset;
            Assert.Equal(4, new DmaEngineCapabilities(fixture.Engine.Registers.Read64(DmaEngineRegisters.Capabilities)).Queues);
        });
        Assert.True(fixture.Machine.Scheduler.Clock.GetElapsedTime(0) >= TimeSpan.FromMilliseconds(100));
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

    private static CapabilityState StateOf(EmulatedDmaEngine engine) =>
        new(engine.Pasid!.Enabled, engine.Ats!.Enabled, engine.Pri!.Enabled, engine.Pri.Allocation);

    private sealed record CapabilityState(bool Pasid, bool Ats, bool Pri, int Allocation);
}
