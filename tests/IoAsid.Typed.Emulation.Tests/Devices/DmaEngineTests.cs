using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>What a DMA engine does with descriptors, however it reaches memory and whatever the seed.</summary>
public sealed class DmaEngineTests
{
    public static TheoryData<ulong, bool, int> Ways()
    {
        TheoryData<ulong, bool, int> ways = [];
        foreach (ulong seed in new ulong[] { 0, 1, 2, 3, 4 })
        {
            foreach (bool ats in new[] { false, true })
            {
                foreach (int queue in new[] { DmaBench.DedicatedQueue, DmaBench.SharedQueue, DmaBench.PlainQueue })
                    ways.Add(seed, ats, queue);
            }
        }

        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Copies_across_pages(ulong seed, bool ats, int queue)
    {
        DmaBench bench = new DmaBench(seed).Enable(ats);
        Pasid? pasid = queue == DmaBench.PlainQueue ? null : DmaBench.Pasid;
        List<ulong> from = bench.MapFilled(pasid, DmaBench.Source, pages: 3, first: 1);
        List<ulong> to = bench.MapFilled(pasid, DmaBench.Destination, pages: 3, first: 100);

        DmaCompletionRecord record = bench.Do(queue, DmaBench.Copy(0x2000) with { Source = DmaBench.Source + 0x123, Destination = DmaBench.Destination + 0x456 });

        Assert.Equal(new DmaCompletionRecord { Status = DmaStatus.Success, BytesCompleted = 0x2000 }, record);
        byte[] source = [.. from.SelectMany(frame => bench.BytesAt(frame, 0x1000))];
        byte[] destination = [.. to.SelectMany(frame => bench.BytesAt(frame, 0x1000))];
        Assert.Equal(source[0x123..0x2123], destination[0x456..0x2456]);
        Assert.Equal(unchecked((byte)(100 + 0x455 * 7)), destination[0x455]);
        Assert.Equal(unchecked((byte)(102 + 0x456 * 7)), destination[0x2456]);
        Assert.Equal(ats, bench.Unit.Requests.Exists(request => request.IsTranslated));
        Assert.All(bench.Unit.Requests, request => Assert.Equal(request.IsTranslated ? null : pasid, request.Prefix.IsPresent ? request.Prefix.Pasid : null));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Fills_compares_and_adds(ulong seed, bool ats, int queue)
    {
        DmaBench bench = new DmaBench(seed).Enable(ats);
        Pasid? pasid = queue == DmaBench.PlainQueue ? null : DmaBench.Pasid;
        ulong from = bench.MapFilled(pasid, DmaBench.Source, pages: 1, first: 1)[0];
        ulong to = bench.MapPage(pasid, DmaBench.Destination);
        DmaDescriptor both = DmaBench.Copy(100);

        Assert.Equal(DmaStatus.Success, bench.Do(queue, both with { Operation = DmaOperation.Fill, Operand = 0x0807_0605_0403_0201 }).Status);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 1, 2], bench.BytesAt(to, 10));
        Assert.Equal([2, 3, 4, 0], bench.BytesAt(to + 97, 4));

        bench.Machine.PhysicalMemory.Write(to, bench.BytesAt(from, 100));
        Assert.Equal((0, 100u), Outcome(bench.Do(queue, both with { Operation = DmaOperation.Compare })));
        bench.Machine.PhysicalMemory.Write(to + 77, [0xEE]);
        Assert.Equal((1, 77u), Outcome(bench.Do(queue, both with { Operation = DmaOperation.Compare })));

        bench.Machine.PhysicalMemory.WriteUInt64(to + 8, 40);
        Assert.Equal(40UL, bench.Do(queue, both with { Operation = DmaOperation.AtomicAdd, Destination = DmaBench.Destination + 8, Operand = 2 }).Value);
        Assert.Equal(42UL, bench.Machine.PhysicalMemory.ReadUInt64(to + 8));

        static (int, uint) Outcome(DmaCompletionRecord record) => (record.Result, record.BytesCompleted);
    }

    [Fact]
    public void Moves_between_the_address_spaces_of_two_PASIDs_where_the_queue_may()
    {
        DmaBench bench = new DmaBench(3).Enable();
        ulong from = bench.MapFilled(DmaBench.Pasid, DmaBench.Source, pages: 1, first: 9)[0];
        ulong to = bench.MapPage(new Pasid(7), DmaBench.Destination);
        DmaDescriptor move = DmaBench.Copy(0x1000) with { Operation = DmaOperation.MoveBetween, DestinationPasid = new(7) };

        Assert.Equal(DmaStatus.Success, bench.Do(DmaBench.DedicatedQueue, move).Status);
        Assert.Equal(bench.BytesAt(from, 0x1000), bench.BytesAt(to, 0x1000));
        Assert.Equal(DmaStatus.InvalidDescriptor, bench.Do(DmaBench.SharedQueue, move).Status);
    }

    public static TheoryData<string, DmaDescriptor> Senseless() => new()
    {
        { "an unknown operation", DmaBench.Copy(1) with { Operation = (DmaOperation)99 } },
        { "an unknown flag", DmaBench.Copy(1) with { Flags = (DmaDescriptorFlags)0x80 } },
        { "an addition to an address that is not aligned", DmaBench.Copy(8) with { Operation = DmaOperation.AtomicAdd, Destination = DmaBench.Destination + 4 } },
        { "blocking on faults where the queue may not", DmaBench.Blocking(1) },
        { "a second PASID where the queue has none", DmaBench.Copy(1) with { Operation = DmaOperation.MoveBetween } },
    };

    [Theory]
    [MemberData(nameof(Senseless))]
    public void Descriptors_that_make_no_sense_are_refused(string what, DmaDescriptor descriptor)
    {
        DmaBench bench = new DmaBench(0).Enable();

        Assert.True(DmaStatus.InvalidDescriptor == bench.Do(DmaBench.PlainQueue, descriptor).Status, what);
        Assert.DoesNotContain(bench.Unit.Requests, request => request.Access != DmaAccess.Write);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_page_that_is_not_there_ends_the_descriptor_with_its_address(bool ats)
    {
        DmaBench bench = new DmaBench(1).Enable(ats);
        bench.MapFilled(DmaBench.Pasid, DmaBench.Source, pages: 1, first: 1);
        bench.MapFilled(DmaBench.Pasid, DmaBench.Destination, pages: 2, first: 1);

        DmaCompletionRecord record = bench.Do(DmaBench.DedicatedQueue, DmaBench.Copy(0x2000));

        Assert.Equal(ats ? DmaStatus.PageFault : DmaStatus.RequestRefused, record.Status);
        Assert.Equal((0x1000u, DmaBench.Source + 0x1000), (record.BytesCompleted, record.FaultAddress));
        Assert.Empty(bench.Unit.PageRequests);
    }

    [Fact]
    public void A_page_that_may_not_be_written_is_a_fault_of_the_write_only()
    {
        DmaBench bench = new DmaBench(1).Enable();
        bench.MapPage(DmaBench.Pasid, DmaBench.Source, write: false);
        bench.MapPage(DmaBench.Pasid, DmaBench.Destination, write: false);

        Assert.Equal(DmaStatus.Success, bench.Do(DmaBench.DedicatedQueue, DmaBench.Copy(8) with { Operation = DmaOperation.Compare }).Status);
        DmaCompletionRecord record = bench.Do(DmaBench.DedicatedQueue, DmaBench.Copy(8));
        Assert.Equal((DmaStatus.PageFault, DmaBench.Destination), (record.Status, record.FaultAddress));
    }

    [Fact]
    public void With_page_requests_it_waits_for_the_pages_and_goes_on()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            DmaBench bench = new DmaBench(seed, new DmaEngineOptions { PagesPerGroup = 1 + (int)seed % 4 }).Enable();
            List<ulong> from = bench.MapFilled(DmaBench.Pasid, DmaBench.Source, pages: 4, first: 1);
            bench.AnswerPageRequests();

            DmaCompletionRecord record = bench.Do(DmaBench.SharedQueue, DmaBench.Blocking(0x4000));

            Assert.Equal(new DmaCompletionRecord { Status = DmaStatus.Success, BytesCompleted = 0x4000 }, record);
            Assert.Equal(4, bench.Unit.PageRequests.Select(request => request.Address).Distinct().Count());
            Assert.All(bench.Unit.PageRequests, request => Assert.True(request.Write && request.Prefix.Pasid == DmaBench.Pasid));
            Assert.Equal(0, bench.Engine.PageRequestsOutstanding);
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(15, true)]
    [InlineData(9, true)]
    public void A_refused_page_request_ends_the_descriptor_and_a_failure_ends_asking(int code, bool isFailure)
    {
        DmaBench bench = new DmaBench(2).Enable();
        bench.AnswerPageRequests(code);

        DmaCompletionRecord record = bench.Do(DmaBench.SharedQueue, DmaBench.Blocking(8));

        Assert.Equal((DmaStatus.PageRequestRefused, DmaBench.Source), (record.Status, record.FaultAddress));
        Assert.Equal(isFailure, bench.Engine.Pri!.ResponseFailure);
        DmaCompletionRecord next = bench.Do(DmaBench.SharedQueue, DmaBench.Blocking(8));
        Assert.Equal(isFailure ? DmaStatus.PageFault : DmaStatus.PageRequestRefused, next.Status);
    }

    [Fact]
    public void The_interrupt_comes_after_the_record_under_every_seed()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            DmaBench bench = new DmaBench(seed).Enable();
            ulong record = 0;
            DmaStatus seen = DmaStatus.None;
            TaskCompletionSource handled = new();
            using IInterruptVector vector = bench.Machine.Interrupts.Allocate("completion", () =>
            {
                seen = bench.RecordAt(record).Status;
                handled.SetResult();
            });
            bench.Engine.SetInterrupt(3, vector.Message);

            bench.Machine.Run(() =>
            {
                record = bench.Submit(DmaBench.DedicatedQueue, new DmaDescriptor { Flags = DmaDescriptorFlags.RequestInterrupt, InterruptEntry = 3 });
                return handled.Task;
            });

            Assert.Equal(DmaStatus.Success, seen);
        }
    }

    [Fact]
    public void A_fence_waits_for_what_its_queue_accepted_before()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            DmaBench bench = new DmaBench(seed).Enable();
            bench.MapFilled(DmaBench.Pasid, DmaBench.Source, pages: 4, first: 1);
            bench.MapFilled(DmaBench.Pasid, DmaBench.Destination, pages: 4, first: 2);
            ulong[] before = [];
            DmaCompletionRecord drained = bench.Machine.Run(() =>
            {
                before = [.. Enumerable.Range(0, 3).Select(_ => bench.Submit(DmaBench.DedicatedQueue, DmaBench.Copy(0x4000)))];
                return bench.DoAsync(DmaBench.DedicatedQueue, new DmaDescriptor { Operation = DmaOperation.Drain });
            });

            Assert.Equal(DmaStatus.Success, drained.Status);
            Assert.All(before, record => Assert.Equal(DmaStatus.Success, bench.RecordAt(record).Status));
        }
    }

    [Fact]
    public void A_shared_queue_that_is_full_asks_to_try_again_and_a_dedicated_one_drops_and_says_so()
    {
        DmaBench bench = new DmaBench(0, new DmaEngineOptions { QueueDepth = 2, Engines = 1 }).Enable();
        bench.Machine.Run();

        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => bench.Submit(DmaBench.SharedQueue, default) != 0));
        for (int number = 0; number < 3; number++)
            bench.Submit(DmaBench.DedicatedQueue, default);
        Assert.Equal(2UL, bench.Engine.Registers.Read64(DmaEngineRegisters.QueueOccupancy(DmaBench.SharedQueue)));
        bench.Machine.Run();

        DmaEngineError error = new(bench.Engine.Registers.Read64(DmaEngineRegisters.Error));
        Assert.Equal((true, false, DmaStatus.NotAccepted, DmaBench.DedicatedQueue, DmaBench.Pasid),
            (error.IsValid, error.Overflow, error.Status, error.Queue, error.Pasid));
        bench.Engine.Registers.Write64(DmaEngineRegisters.Error, 0);
        Assert.Equal(0UL, bench.Engine.Registers.Read64(DmaEngineRegisters.Error));
        Assert.NotEqual(0UL, bench.Submit(DmaBench.SharedQueue, default));
    }

    [Fact]
    public void A_queue_that_is_not_enabled_or_of_the_other_kind_takes_nothing()
    {
        DmaBench bench = new DmaBench(0).Enable();
        bench.Configure(DmaBench.SharedQueue, default);
        bench.Engine.Registers.Write64(DmaEngineRegisters.QueueConfiguration(DmaBench.SharedQueue), 0);
        Assert.Equal(0UL, bench.Submit(DmaBench.SharedQueue, default));
        Assert.False(bench.Engine.Portals[DmaBench.DedicatedQueue].TryEnqueue(new byte[64], new Pasid(1)));
        Assert.False(bench.Engine.Portals[3].TryEnqueue(new byte[64], new Pasid(1)));
    }

    [Fact]
    public void A_queue_keeps_its_settings_while_it_is_enabled()
    {
        DmaBench bench = new DmaBench(0).Enable();
        DmaQueueConfiguration other = new() { IsEnabled = true, Pasid = new(5), PasidEnabled = true };
        bench.Configure(DmaBench.DedicatedQueue, other);
        Assert.Equal(DmaBench.Pasid, Configuration().Pasid);

        bench.Engine.Registers.Write32(DmaEngineRegisters.QueueConfiguration(0), 0);
        bench.Engine.Registers.Write32(DmaEngineRegisters.QueueConfiguration(0) + 4, 6);
        bench.Engine.Registers.Write32(DmaEngineRegisters.QueueConfiguration(0), (uint)other.Bits);
        Assert.Equal(other with { Pasid = new(6) }, Configuration());
        Assert.Equal(6u, bench.Engine.Registers.Read32(DmaEngineRegisters.QueueConfiguration(0) + 4));

        DmaQueueConfiguration Configuration() => new(bench.Engine.Registers.Read64(DmaEngineRegisters.QueueConfiguration(0)));
    }

    [Fact]
    public void Nothing_is_sent_without_bus_master_or_with_a_PASID_that_is_not_enabled()
    {
        DmaBench bench = new DmaBench(0).Enable();
        bench.Engine.BusMasterEnabled = false;
        bench.Submit(DmaBench.PlainQueue, DmaBench.Copy(8));
        bench.Machine.Run();
        Assert.Equal(DmaStatus.NotEnabled, new DmaEngineError(bench.Engine.Registers.Read64(DmaEngineRegisters.Error)).Status);

        DmaBench narrow = new DmaBench(0, new DmaEngineOptions { PasidWidth = 4 }).Enable();
        narrow.Submit(DmaBench.SharedQueue, DmaBench.Copy(8), pasid: new Pasid(16));
        narrow.Machine.Run();
        Assert.Equal(DmaStatus.NotEnabled, new DmaEngineError(narrow.Engine.Registers.Read64(DmaEngineRegisters.Error)).Status);
        Assert.Empty(bench.Unit.Requests.Concat(narrow.Unit.Requests));
    }

    [Fact]
    public void What_waits_for_an_answer_that_never_comes_is_named()
    {
        DmaBench bench = new DmaBench(0).Enable();
        DeadlockException deadlock = Assert.Throws<DeadlockException>(() => bench.Machine.Run(async () =>
        {
            bench.Submit(DmaBench.SharedQueue, DmaBench.Blocking(8));
            await new TaskCompletionSource().Task;
        }));

        Assert.Equal(
            ["00:02.0 waits for the response to page request group 0 (0x70000000, PASID 0x42)", "00:02.0 works on a Copy of queue 1 (PASID 0x42)"],
            deadlock.Waits);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        Assert.Equal(TraceOf(5), TraceOf(5));
        Assert.NotEqual(TraceOf(5), TraceOf(6));

        static (List<StepRecord>, List<string>) RunOf(ulong seed)
        {
            DmaBench bench = new(seed);
            StepLog steps = new();
            MessageLog messages = new();
            bench.Machine.Scheduler.Observe(steps);
            bench.Machine.Fabric.Observe(messages);
            bench.Enable();
            bench.AnswerPageRequests();
            bench.Machine.Run(() => Task.WhenAll(Enumerable.Range(0, 6).Select(
                _ => bench.DoAsync(DmaBench.DedicatedQueue, DmaBench.Blocking(0x3000)))));
            return (steps.Steps, messages.Lines);
        }

        static string TraceOf(ulong seed)
        {
            (List<StepRecord> steps, List<string> messages) = RunOf(seed);
            return string.Join('\n', [.. steps.Select(step => step.ToString()), .. messages]);
        }
    }

    [Fact]
    public void Copying_allocates_nothing_for_each_message()
    {
        DmaBench bench = new DmaBench(0, new DmaEngineOptions { Engines = 1 }).Enable();
        bench.MapFilled(DmaBench.Pasid, DmaBench.Source, pages: 8, first: 1);
        bench.MapFilled(DmaBench.Pasid, DmaBench.Destination, pages: 8, first: 2);
        CopyAgain();
        CopyAgain();

        // Not a byte for each of the hundred messages and more. What the test itself allocates to submit a descriptor is the test's.
        Assert.InRange(SteadyState.AllocatedBy(CopyAgain), 0, 99);

        void CopyAgain()
        {
            int requests = bench.Unit.Requests.Count;
            bench.Unit.Requests.Clear();
            bench.Submit(DmaBench.DedicatedQueue, DmaBench.Copy(0x8000));
            bench.Machine.Run();
            Assert.True(requests == 0 || bench.Unit.Requests.Count > 100);
        }
    }
}
