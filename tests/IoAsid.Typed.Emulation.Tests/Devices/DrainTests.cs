using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The drain and the abort of a PASID, and the removal of a function.</summary>
public sealed class DrainTests
{
    private static readonly DmaDescriptor Blocking = DmaFixture.Blocking(0x3000);

    [Theory]
    [InlineData(DmaEngineCommandCode.DrainPasid)]
    [InlineData(DmaEngineCommandCode.AbortPasid)]
    public void Stop_marker_is_the_last_message_with_a_drained_PASID(DmaEngineCommandCode code)
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            DmaFixture fixture = new DmaFixture(seed).Enable();
            fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Source, pages: 2, first: 1);
            fixture.AnswerPageRequests();
            ulong[] records = [];
            int requests = 0;
            fixture.Machine.Run(async () =>
            {
                records = [.. Enumerable.Range(0, 6).Select(_ => fixture.Submit(DmaFixture.DedicatedQueue, Blocking))];
                await fixture.Machine.Scheduler.WaitUntil(() => fixture.Unit.Requests.Count > (int)seed, DmaFixture.Patience);
                await fixture.CommandAsync(code);

                // The read of the status pushed the posted messages of the function.
                Assert.Equal((true, DmaFixture.Pasid), (fixture.Unit.PageRequests[^1].IsStopMarker, fixture.Unit.PageRequests[^1].Prefix.Pasid));
                Assert.All(records, record => Assert.NotEqual(DmaStatus.None, fixture.RecordAt(record).Status));
                requests = fixture.Unit.Requests.Count + fixture.Unit.PageRequests.Count + fixture.Unit.TranslationRequests.Count;
            });
            fixture.Machine.Run();

            Assert.Equal(requests, fixture.Unit.Requests.Count + fixture.Unit.PageRequests.Count + fixture.Unit.TranslationRequests.Count);
            if (code == DmaEngineCommandCode.DrainPasid)
                Assert.All(records, record => Assert.Equal(DmaStatus.Success, fixture.RecordAt(record).Status));
        }
    }

    [Fact]
    public void Abort_ends_queued_descriptors()
    {
        DmaFixture fixture = new DmaFixture(0, new DmaEngineOptions { Engines = 1 }).Enable();
        fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Source, pages: 4, first: 1);
        fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Destination, pages: 4, first: 1);
        ulong[] records = [];
        fixture.Machine.Run(async () =>
        {
            records = [.. Enumerable.Range(0, 4).Select(_ => fixture.Submit(DmaFixture.DedicatedQueue, Blocking))];
            await fixture.Machine.Scheduler.WaitUntil(() => fixture.Unit.Requests.Count > 5, DmaFixture.Patience);
            await fixture.CommandAsync(DmaEngineCommandCode.AbortPasid);
        });

        Assert.All(records, record => Assert.Equal(DmaStatus.Aborted, fixture.RecordAt(record).Status));
        Assert.True(fixture.RecordAt(records[0]).BytesCompleted is > 0 and < 0x3000);
        Assert.Equal(0u, fixture.RecordAt(records[3]).BytesCompleted);
    }

    [Fact]
    [Specification("7.9/1")]
    public void Abort_does_not_wait_for_responses_but_accepts_them_later()
    {
        for (ulong seed = 0; seed < 30; seed++)
        {
            DmaFixture fixture = new(seed);
            fixture.Engine.Pri!.Allocation = 2;
            fixture.Enable();
            ulong[] records = [];
            fixture.Machine.Run(async () =>
            {
                records = [.. Enumerable.Range(0, 4).Select(_ => fixture.Submit(DmaFixture.DedicatedQueue, Blocking))];
                await fixture.Machine.Scheduler.WaitUntil(() => fixture.Unit.PageRequests.Count == 2, DmaFixture.Patience);
                await fixture.CommandAsync(DmaEngineCommandCode.AbortPasid);
            });

            Assert.All(records, record => Assert.Equal(DmaStatus.Aborted, fixture.RecordAt(record).Status));
            Assert.Equal([false, false, true], fixture.Unit.PageRequests.Select(request => request.IsStopMarker));
            Assert.Equal(2, fixture.Engine.PageRequestsOutstanding);

            foreach (PageRequestMessage sent in fixture.Unit.PageRequests.Where(request => !request.IsStopMarker))
                fixture.Unit.Downstream.Send(new PageGroupResponseMessage(sent.Requester, sent.GroupIndex, 0, sent.Prefix));
            fixture.Machine.Run();
            Assert.Equal((0, false), (fixture.Engine.PageRequestsOutstanding, fixture.Engine.Pri.UnexpectedGroupIndex));

            fixture.AnswerPageRequests();
            Assert.Equal(DmaStatus.Success, fixture.Do(DmaFixture.DedicatedQueue, Blocking).Status);
        }
    }

    [Fact]
    public void Drain_rejects_new_work_of_its_PASID_only()
    {
        DmaFixture fixture = new DmaFixture(0).Enable();
        fixture.Machine.Run(async () =>
        {
            fixture.Submit(DmaFixture.SharedQueue, Blocking);
            await fixture.Machine.Scheduler.WaitUntil(() => fixture.Unit.PageRequests.Count == 1, DmaFixture.Patience);
            fixture.Engine.Registers.Write64(
                DmaEngineRegisters.Command, new DmaEngineCommand { Code = DmaEngineCommandCode.DrainPasid, Pasid = DmaFixture.Pasid }.Bits);

            Assert.Equal(0UL, fixture.Submit(DmaFixture.SharedQueue, Blocking));
            Assert.NotEqual(0UL, fixture.Submit(DmaFixture.SharedQueue, default, pasid: new Pasid(7)));

            PageRequestMessage sent = fixture.Unit.PageRequests[0];
            fixture.Unit.Downstream.Send(new PageGroupResponseMessage(sent.Requester, sent.GroupIndex, 1, sent.Prefix));
            Assert.True(await fixture.Machine.Scheduler.WaitUntil(() => fixture.Submit(DmaFixture.SharedQueue, default) != 0, DmaFixture.Patience));
        });
    }

    [Fact]
    public void Second_and_unknown_commands_are_refused()
    {
        DmaFixture fixture = new DmaFixture(0).Enable();
        fixture.Submit(DmaFixture.SharedQueue, Blocking);
        fixture.Machine.Run();
        Command(DmaEngineCommandCode.DrainPasid);
        Assert.Equal((true, false), Status());
        Command(DmaEngineCommandCode.AbortPasid);
        Assert.Equal((true, true), Status());

        DmaFixture idle = new DmaFixture(0).Enable();
        idle.Engine.Registers.Write64(DmaEngineRegisters.Command, 99);
        Assert.True(new DmaEngineCommandStatus(idle.Engine.Registers.Read64(DmaEngineRegisters.CommandStatus)).IsRefused);

        void Command(DmaEngineCommandCode code) =>
            fixture.Engine.Registers.Write64(DmaEngineRegisters.Command, new DmaEngineCommand { Code = code, Pasid = DmaFixture.Pasid }.Bits);

        (bool, bool) Status()
        {
            DmaEngineCommandStatus status = new(fixture.Engine.Registers.Read64(DmaEngineRegisters.CommandStatus));
            return (status.IsActive, status.IsRefused);
        }
    }

    [Fact]
    public void Removal_during_work_leaves_no_wait_and_notifies_once()
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            DmaFixture fixture = new DmaFixture(seed).Enable();
            fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Source, pages: 2, first: 1);
            MessageLog log = new();
            fixture.Machine.Fabric.Observe(log);
            List<IPciFunction> removed = [];
            using IDisposable observed = fixture.Machine.Subscribe(new RemovalList(removed));
            fixture.Machine.Run(async () =>
            {
                for (int number = 0; number < 6; number++)
                    fixture.Submit(DmaFixture.DedicatedQueue, Blocking);
                await fixture.Machine.Scheduler.WaitUntil(() => fixture.Unit.Requests.Count > (int)seed % 20, DmaFixture.Patience);
                fixture.Machine.RemoveFunction(fixture.Engine);
                fixture.Invalidate(3, DmaFixture.Source);
            });
            fixture.Machine.Run();

            Assert.Equal([fixture.Engine], removed);
            Assert.Empty(fixture.Machine.Units[0].Functions);
            Assert.Empty(fixture.Unit.Completions);
            Assert.Contains(log.Lines, line => line.StartsWith("lost 00:02.0 down invalidate request", StringComparison.Ordinal));
            Assert.Equal(ulong.MaxValue, fixture.Engine.Registers.Read64(0));
            Assert.Empty(Assert.Throws<DeadlockException>(() => fixture.Machine.Run(() => new TaskCompletionSource().Task)).Waits);
            Assert.Throws<ArgumentException>(() => fixture.Machine.RemoveFunction(fixture.Engine));
        }
    }

    [Fact]
    public void A_function_can_be_added_in_place_of_a_removed_one()
    {
        DmaFixture fixture = new DmaFixture(4).Enable();
        fixture.Submit(DmaFixture.SharedQueue, Blocking);
        fixture.Machine.Run();
        fixture.Machine.RemoveFunction(fixture.Engine);

        EmulatedDmaEngine next = fixture.Machine.AddFunction(0, DmaFixture.Engine0, context => new EmulatedDmaEngine(context));

        Assert.Same(next, fixture.Machine.Function<EmulatedDmaEngine>(DmaFixture.Engine0));
        Assert.Throws<ArgumentException>(() => fixture.Machine.AddFunction(0, DmaFixture.Engine0, context => new EmulatedDmaEngine(context)));
        PageRequestMessage sent = fixture.Unit.PageRequests.Single();
        fixture.Unit.Downstream.Send(new PageGroupResponseMessage(sent.Requester, sent.GroupIndex, 0, sent.Prefix));
        fixture.Machine.Run();
        Assert.True(next.Pri!.UnexpectedGroupIndex);
    }

    private sealed class RemovalList(List<IPciFunction> removed) : IPlatformObserver
    {
        public void FunctionRemoved(IPciFunction function)
        {
            Assert.False(function.IsPresent);
            removed.Add(function);
        }
    }
}
