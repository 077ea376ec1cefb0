using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// Draining and aborting a PASID, pulling a function out: when nothing more comes, and what becomes of what was begun.
/// </summary>
public sealed class DrainTests
{
    private static readonly DmaDescriptor Blocking = DmaBench.Blocking(0x3000);

    [Theory]
    [InlineData(DmaEngineCommandCode.DrainPasid)]
    [InlineData(DmaEngineCommandCode.AbortPasid)]
    public void After_a_drain_nothing_with_the_PASID_comes_and_the_stop_marker_was_the_last(DmaEngineCommandCode code)
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            DmaBench bench = new DmaBench(seed).Enable();
            bench.MapFilled(DmaBench.Pasid, DmaBench.Source, pages: 2, first: 1);
            bench.AnswerPageRequests();
            ulong[] records = [];
            int requests = 0;
            bench.Machine.Run(async () =>
            {
                records = [.. Enumerable.Range(0, 6).Select(_ => bench.Submit(DmaBench.DedicatedQueue, Blocking))];
                await bench.Machine.Scheduler.WaitUntil(() => bench.Unit.Requests.Count > (int)seed, DmaBench.Patience);
                await bench.CommandAsync(code);

                // Reading the status pushed what the function had posted.
                Assert.Equal((true, DmaBench.Pasid), (bench.Unit.PageRequests[^1].IsStopMarker, bench.Unit.PageRequests[^1].Prefix.Pasid));
                Assert.All(records, record => Assert.NotEqual(DmaStatus.None, bench.RecordAt(record).Status));
                requests = bench.Unit.Requests.Count + bench.Unit.PageRequests.Count + bench.Unit.TranslationRequests.Count;
            });
            bench.Machine.Run();

            Assert.Equal(requests, bench.Unit.Requests.Count + bench.Unit.PageRequests.Count + bench.Unit.TranslationRequests.Count);
            if (code == DmaEngineCommandCode.DrainPasid)
                Assert.All(records, record => Assert.Equal(DmaStatus.Success, bench.RecordAt(record).Status));
        }
    }

    [Fact]
    public void Aborting_gives_up_what_has_not_begun()
    {
        DmaBench bench = new DmaBench(0, new DmaEngineOptions { Engines = 1 }).Enable();
        bench.MapFilled(DmaBench.Pasid, DmaBench.Source, pages: 4, first: 1);
        bench.MapFilled(DmaBench.Pasid, DmaBench.Destination, pages: 4, first: 1);
        ulong[] records = [];
        bench.Machine.Run(async () =>
        {
            records = [.. Enumerable.Range(0, 4).Select(_ => bench.Submit(DmaBench.DedicatedQueue, Blocking))];
            await bench.Machine.Scheduler.WaitUntil(() => bench.Unit.Requests.Count > 5, DmaBench.Patience);
            await bench.CommandAsync(DmaEngineCommandCode.AbortPasid);
        });

        Assert.All(records, record => Assert.Equal(DmaStatus.Aborted, bench.RecordAt(record).Status));
        Assert.True(bench.RecordAt(records[0]).BytesCompleted is > 0 and < 0x3000);
        Assert.Equal(0u, bench.RecordAt(records[3]).BytesCompleted);
    }

    [Fact]
    [Specification("7.9/1")]
    public void Aborting_does_not_wait_for_answers_and_takes_them_when_they_come()
    {
        for (ulong seed = 0; seed < 30; seed++)
        {
            DmaBench bench = new(seed);
            bench.Engine.Pri!.Allocation = 2;
            bench.Enable();
            ulong[] records = [];
            bench.Machine.Run(async () =>
            {
                records = [.. Enumerable.Range(0, 4).Select(_ => bench.Submit(DmaBench.DedicatedQueue, Blocking))];
                await bench.Machine.Scheduler.WaitUntil(() => bench.Unit.PageRequests.Count == 2, DmaBench.Patience);
                await bench.CommandAsync(DmaEngineCommandCode.AbortPasid);
            });

            Assert.All(records, record => Assert.Equal(DmaStatus.Aborted, bench.RecordAt(record).Status));
            Assert.Equal([false, false, true], bench.Unit.PageRequests.Select(request => request.IsStopMarker));
            Assert.Equal(2, bench.Engine.PageRequestsOutstanding);

            foreach (PageRequestMessage asked in bench.Unit.PageRequests.Where(request => !request.IsStopMarker))
                bench.Unit.Downstream.Send(new PageGroupResponseMessage(asked.Requester, asked.GroupIndex, 0, asked.Prefix));
            bench.Machine.Run();
            Assert.Equal((0, false), (bench.Engine.PageRequestsOutstanding, bench.Engine.Pri.UnexpectedGroupIndex));

            bench.AnswerPageRequests();
            Assert.Equal(DmaStatus.Success, bench.Do(DmaBench.DedicatedQueue, Blocking).Status);
        }
    }

    [Fact]
    public void While_a_PASID_is_drained_its_senders_are_asked_to_try_again_and_others_are_served()
    {
        DmaBench bench = new DmaBench(0).Enable();
        bench.Machine.Run(async () =>
        {
            bench.Submit(DmaBench.SharedQueue, Blocking);
            await bench.Machine.Scheduler.WaitUntil(() => bench.Unit.PageRequests.Count == 1, DmaBench.Patience);
            bench.Engine.Registers.Write64(
                DmaEngineRegisters.Command, new DmaEngineCommand { Code = DmaEngineCommandCode.DrainPasid, Pasid = DmaBench.Pasid }.Bits);

            Assert.Equal(0UL, bench.Submit(DmaBench.SharedQueue, Blocking));
            Assert.NotEqual(0UL, bench.Submit(DmaBench.SharedQueue, default, pasid: new Pasid(7)));

            PageRequestMessage asked = bench.Unit.PageRequests[0];
            bench.Unit.Downstream.Send(new PageGroupResponseMessage(asked.Requester, asked.GroupIndex, 1, asked.Prefix));
            Assert.True(await bench.Machine.Scheduler.WaitUntil(() => bench.Submit(DmaBench.SharedQueue, default) != 0, DmaBench.Patience));
        });
    }

    [Fact]
    public void A_second_command_while_one_is_active_and_an_unknown_one_are_refused()
    {
        DmaBench bench = new DmaBench(0).Enable();
        bench.Submit(DmaBench.SharedQueue, Blocking);
        bench.Machine.Run();
        Command(DmaEngineCommandCode.DrainPasid);
        Assert.Equal((true, false), Status());
        Command(DmaEngineCommandCode.AbortPasid);
        Assert.Equal((true, true), Status());

        DmaBench idle = new DmaBench(0).Enable();
        idle.Engine.Registers.Write64(DmaEngineRegisters.Command, 99);
        Assert.True(new DmaEngineCommandStatus(idle.Engine.Registers.Read64(DmaEngineRegisters.CommandStatus)).IsRefused);

        void Command(DmaEngineCommandCode code) =>
            bench.Engine.Registers.Write64(DmaEngineRegisters.Command, new DmaEngineCommand { Code = code, Pasid = DmaBench.Pasid }.Bits);

        (bool, bool) Status()
        {
            DmaEngineCommandStatus status = new(bench.Engine.Registers.Read64(DmaEngineRegisters.CommandStatus));
            return (status.IsActive, status.IsRefused);
        }
    }

    [Fact]
    public void A_function_pulled_out_in_the_middle_of_work_leaves_nothing_waiting_and_is_told_once()
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            DmaBench bench = new DmaBench(seed).Enable();
            bench.MapFilled(DmaBench.Pasid, DmaBench.Source, pages: 2, first: 1);
            MessageLog log = new();
            bench.Machine.Fabric.Observe(log);
            List<IPciFunction> removed = [];
            using IDisposable observed = bench.Machine.Subscribe(new RemovalList(removed));
            bench.Machine.Run(async () =>
            {
                for (int number = 0; number < 6; number++)
                    bench.Submit(DmaBench.DedicatedQueue, Blocking);
                await bench.Machine.Scheduler.WaitUntil(() => bench.Unit.Requests.Count > (int)seed % 20, DmaBench.Patience);
                bench.Machine.RemoveFunction(bench.Engine);
                bench.Invalidate(3, DmaBench.Source);
            });
            bench.Machine.Run();

            Assert.Equal([bench.Engine], removed);
            Assert.Empty(bench.Machine.Units[0].Functions);
            Assert.Empty(bench.Unit.Completions);
            Assert.Contains(log.Lines, line => line.StartsWith("lost 00:02.0 down invalidate request", StringComparison.Ordinal));
            Assert.Equal(ulong.MaxValue, bench.Engine.Registers.Read64(0));
            Assert.Empty(Assert.Throws<DeadlockException>(() => bench.Machine.Run(() => new TaskCompletionSource().Task)).Waits);
            Assert.Throws<ArgumentException>(() => bench.Machine.RemoveFunction(bench.Engine));
        }
    }

    [Fact]
    public void Another_function_can_be_plugged_in_where_one_was_pulled_out()
    {
        DmaBench bench = new DmaBench(4).Enable();
        bench.Submit(DmaBench.SharedQueue, Blocking);
        bench.Machine.Run();
        bench.Machine.RemoveFunction(bench.Engine);

        EmulatedDmaEngine next = bench.Machine.AddFunction(0, DmaBench.Engine0, context => new EmulatedDmaEngine(context));

        Assert.Same(next, bench.Machine.Function<EmulatedDmaEngine>(DmaBench.Engine0));
        Assert.Throws<ArgumentException>(() => bench.Machine.AddFunction(0, DmaBench.Engine0, context => new EmulatedDmaEngine(context)));
        PageRequestMessage asked = bench.Unit.PageRequests.Single();
        bench.Unit.Downstream.Send(new PageGroupResponseMessage(asked.Requester, asked.GroupIndex, 0, asked.Prefix));
        bench.Machine.Run();
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
