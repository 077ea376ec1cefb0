using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The execution of descriptors by a DMA engine, with each kind of queue, with and without ATS, and under several seeds.</summary>
public sealed class DmaEngineTests
{
    public static TheoryData<ulong, bool, int> Configurations()
    {
        TheoryData<ulong, bool, int> configurations = [];
        foreach (ulong seed in new ulong[] { 0, 1, 2, 3, 4 })
        {
            foreach (bool ats in new[] { false, true })
            {
                foreach (int queue in new[] { DmaFixture.DedicatedQueue, DmaFixture.SharedQueue, DmaFixture.PlainQueue })
                    configurations.Add(seed, ats, queue);
            }
        }

        return configurations;
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Copy_crosses_pages(ulong seed, bool ats, int queue)
    {
        DmaFixture fixture = new DmaFixture(seed).Enable(ats);
        Pasid? pasid = queue == DmaFixture.PlainQueue ? null : DmaFixture.Pasid;
        List<ulong> from = fixture.MapFilled(pasid, DmaFixture.Source, pages: 3, first: 1);
        List<ulong> to = fixture.MapFilled(pasid, DmaFixture.Destination, pages: 3, first: 100);

        DmaCompletionRecord record = fixture.Do(queue, DmaFixture.Copy(0x2000) with { Source = DmaFixture.Source + 0x123, Destination = DmaFixture.Destination + 0x456 });

        Assert.Equal(new DmaCompletionRecord { Status = DmaStatus.Success, BytesCompleted = 0x2000 }, record);
        byte[] source = [.. from.SelectMany(frame => fixture.BytesAt(frame, 0x1000))];
        byte[] destination = [.. to.SelectMany(frame => fixture.BytesAt(frame, 0x1000))];
        Assert.Equal(source[0x123..0x2123], destination[0x456..0x2456]);
        Assert.Equal(unchecked((byte)(100 + 0x455 * 7)), destination[0x455]);
        Assert.Equal(unchecked((byte)(102 + 0x456 * 7)), destination[0x2456]);
        Assert.Equal(ats, fixture.Unit.Requests.Exists(request => request.IsTranslated));
        Assert.All(fixture.Unit.Requests, request => Assert.Equal(request.IsTranslated ? null : pasid, request.Prefix.IsPresent ? request.Prefix.Pasid : null));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Fill_compare_and_add_access_the_right_bytes(ulong seed, bool ats, int queue)
    {
        DmaFixture fixture = new DmaFixture(seed).Enable(ats);
        Pasid? pasid = queue == DmaFixture.PlainQueue ? null : DmaFixture.Pasid;
        ulong from = fixture.MapFilled(pasid, DmaFixture.Source, pages: 1, first: 1)[0];
        ulong to = fixture.MapPage(pasid, DmaFixture.Destination);
        DmaDescriptor both = DmaFixture.Copy(100);

        Assert.Equal(DmaStatus.Success, fixture.Do(queue, both with { Operation = DmaOperation.Fill, Operand = 0x0807_0605_0403_0201 }).Status);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 1, 2], fixture.BytesAt(to, 10));
        Assert.Equal([2, 3, 4, 0], fixture.BytesAt(to + 97, 4));

        fixture.Machine.PhysicalMemory.Write(to, fixture.BytesAt(from, 100));
        Assert.Equal((0, 100u), Outcome(fixture.Do(queue, both with { Operation = DmaOperation.Compare })));
        fixture.Machine.PhysicalMemory.Write(to + 77, [0xEE]);
        Assert.Equal((1, 77u), Outcome(fixture.Do(queue, both with { Operation = DmaOperation.Compare })));

        fixture.Machine.PhysicalMemory.WriteUInt64(to + 8, 40);
        Assert.Equal(40UL, fixture.Do(queue, both with { Operation = DmaOperation.AtomicAdd, Destination = DmaFixture.Destination + 8, Operand = 2 }).Value);
        Assert.Equal(42UL, fixture.Machine.PhysicalMemory.ReadUInt64(to + 8));

        static (int, uint) Outcome(DmaCompletionRecord record) => (record.Result, record.BytesCompleted);
    }

    [Fact]
    public void MoveBetween_copies_between_two_PASIDs_if_the_queue_allows_it()
    {
        DmaFixture fixture = new DmaFixture(3).Enable();
        ulong from = fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Source, pages: 1, first: 9)[0];
        ulong to = fixture.MapPage(new Pasid(7), DmaFixture.Destination);
        DmaDescriptor move = DmaFixture.Copy(0x1000) with { Operation = DmaOperation.MoveBetween, DestinationPasid = new(7) };

        Assert.Equal(DmaStatus.Success, fixture.Do(DmaFixture.DedicatedQueue, move).Status);
        Assert.Equal(fixture.BytesAt(from, 0x1000), fixture.BytesAt(to, 0x1000));
        Assert.Equal(DmaStatus.InvalidDescriptor, fixture.Do(DmaFixture.SharedQueue, move).Status);
    }

    public static TheoryData<string, DmaDescriptor> InvalidDescriptors() => new()
    {
        { "an unknown operation", DmaFixture.Copy(1) with { Operation = (DmaOperation)99 } },
        { "an unknown flag", DmaFixture.Copy(1) with { Flags = (DmaDescriptorFlags)0x80 } },
        { "an addition to an unaligned address", DmaFixture.Copy(8) with { Operation = DmaOperation.AtomicAdd, Destination = DmaFixture.Destination + 4 } },
        { "blocking on faults in a queue that must not block", DmaFixture.Blocking(1) },
        { "a second PASID in a queue without PASID", DmaFixture.Copy(1) with { Operation = DmaOperation.MoveBetween } },
    };

    [Theory]
    [MemberData(nameof(InvalidDescriptors))]
    public void Invalid_descriptors_are_refused(string problem, DmaDescriptor descriptor)
    {
        DmaFixture fixture = new DmaFixture(0).Enable();

        Assert.True(DmaStatus.InvalidDescriptor == fixture.Do(DmaFixture.PlainQueue, descriptor).Status, problem);
        Assert.DoesNotContain(fixture.Unit.Requests, request => request.Access != DmaAccess.Write);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Absent_page_ends_the_descriptor_with_its_address(bool ats)
    {
        DmaFixture fixture = new DmaFixture(1).Enable(ats);
        fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Source, pages: 1, first: 1);
        fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Destination, pages: 2, first: 1);

        DmaCompletionRecord record = fixture.Do(DmaFixture.DedicatedQueue, DmaFixture.Copy(0x2000));

        Assert.Equal(ats ? DmaStatus.PageFault : DmaStatus.RequestRefused, record.Status);
        Assert.Equal((0x1000u, DmaFixture.Source + 0x1000), (record.BytesCompleted, record.FaultAddress));
        Assert.Empty(fixture.Unit.PageRequests);
    }

    [Fact]
    public void Read_only_page_faults_only_on_writes()
    {
        DmaFixture fixture = new DmaFixture(1).Enable();
        fixture.MapPage(DmaFixture.Pasid, DmaFixture.Source, write: false);
        fixture.MapPage(DmaFixture.Pasid, DmaFixture.Destination, write: false);

        Assert.Equal(DmaStatus.Success, fixture.Do(DmaFixture.DedicatedQueue, DmaFixture.Copy(8) with { Operation = DmaOperation.Compare }).Status);
        DmaCompletionRecord record = fixture.Do(DmaFixture.DedicatedQueue, DmaFixture.Copy(8));
        Assert.Equal((DmaStatus.PageFault, DmaFixture.Destination), (record.Status, record.FaultAddress));
    }

    [Fact]
    public void Blocking_descriptor_waits_for_its_pages()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            DmaFixture fixture = new DmaFixture(seed, new DmaEngineOptions { PagesPerGroup = 1 + (int)seed % 4 }).Enable();
            List<ulong> from = fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Source, pages: 4, first: 1);
            fixture.AnswerPageRequests();

            DmaCompletionRecord record = fixture.Do(DmaFixture.SharedQueue, DmaFixture.Blocking(0x4000));

            Assert.Equal(new DmaCompletionRecord { Status = DmaStatus.Success, BytesCompleted = 0x4000 }, record);
            Assert.Equal(4, fixture.Unit.PageRequests.Select(request => request.Address).Distinct().Count());
            Assert.All(fixture.Unit.PageRequests, request => Assert.True(request.Write && request.Prefix.Pasid == DmaFixture.Pasid));
            Assert.Equal(0, fixture.Engine.PageRequestsOutstanding);
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(15, true)]
    [InlineData(9, true)]
    public void Page_request_refusal_ends_the_descriptor_and_failure_the_interface(int code, bool isFailure)
    {
        DmaFixture fixture = new DmaFixture(2).Enable();
        fixture.AnswerPageRequests(code);

        DmaCompletionRecord record = fixture.Do(DmaFixture.SharedQueue, DmaFixture.Blocking(8));

        Assert.Equal((DmaStatus.PageRequestRefused, DmaFixture.Source), (record.Status, record.FaultAddress));
        Assert.Equal(isFailure, fixture.Engine.Pri!.ResponseFailure);
        DmaCompletionRecord next = fixture.Do(DmaFixture.SharedQueue, DmaFixture.Blocking(8));
        Assert.Equal(isFailure ? DmaStatus.PageFault : DmaStatus.PageRequestRefused, next.Status);
    }

    [Fact]
    public void Interrupt_arrives_after_the_completion_record()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            DmaFixture fixture = new DmaFixture(seed).Enable();
            ulong record = 0;
            DmaStatus seen = DmaStatus.None;
            TaskCompletionSource handled = new();
            using IInterruptVector vector = fixture.Machine.Interrupts.Allocate("completion", () =>
            {
                seen = fixture.RecordAt(record).Status;
                handled.SetResult();
            });
            fixture.Engine.SetInterrupt(3, vector.Message);

            fixture.Machine.Run(() =>
            {
                record = fixture.Submit(DmaFixture.DedicatedQueue, new DmaDescriptor { Flags = DmaDescriptorFlags.RequestInterrupt, InterruptEntry = 3 });
                return handled.Task;
            });

            Assert.Equal(DmaStatus.Success, seen);
        }
    }

    [Fact]
    public void Fence_waits_for_earlier_descriptors_of_its_queue()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            DmaFixture fixture = new DmaFixture(seed).Enable();
            fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Source, pages: 4, first: 1);
            fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Destination, pages: 4, first: 2);
            ulong[] before = [];
            DmaCompletionRecord drained = fixture.Machine.Run(() =>
            {
                before = [.. Enumerable.Range(0, 3).Select(_ => fixture.Submit(DmaFixture.DedicatedQueue, DmaFixture.Copy(0x4000)))];
                return fixture.DoAsync(DmaFixture.DedicatedQueue, new DmaDescriptor { Operation = DmaOperation.Drain });
            });

            Assert.Equal(DmaStatus.Success, drained.Status);
            Assert.All(before, record => Assert.Equal(DmaStatus.Success, fixture.RecordAt(record).Status));
        }
    }

    [Fact]
    public void Full_shared_queue_asks_for_a_retry_and_full_dedicated_queue_drops()
    {
        DmaFixture fixture = new DmaFixture(0, new DmaEngineOptions { QueueDepth = 2, Engines = 1 }).Enable();
        fixture.Machine.Run();

        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => fixture.Submit(DmaFixture.SharedQueue, default) != 0));
        for (int number = 0; number < 3; number++)
            fixture.Submit(DmaFixture.DedicatedQueue, default);
        Assert.Equal(2UL, fixture.Engine.Registers.Read64(DmaEngineRegisters.QueueOccupancy(DmaFixture.SharedQueue)));
        fixture.Machine.Run();

        DmaEngineError error = new(fixture.Engine.Registers.Read64(DmaEngineRegisters.Error));
        Assert.Multiple(
            () => Assert.True(error.IsValid),
            () => Assert.False(error.Overflow),
            () => Assert.Equal(DmaStatus.NotAccepted, error.Status),
            () => Assert.Equal(DmaFixture.DedicatedQueue, error.Queue),
            () => Assert.Equal(DmaFixture.Pasid, error.Pasid));
        fixture.Engine.Registers.Write64(DmaEngineRegisters.Error, 0);
        Assert.Equal(0UL, fixture.Engine.Registers.Read64(DmaEngineRegisters.Error));
        Assert.NotEqual(0UL, fixture.Submit(DmaFixture.SharedQueue, default));
    }

    [Fact]
    public void Queue_of_the_wrong_kind_or_state_accepts_nothing()
    {
        DmaFixture fixture = new DmaFixture(0).Enable();
        fixture.Configure(DmaFixture.SharedQueue, default);
        fixture.Engine.Registers.Write64(DmaEngineRegisters.QueueConfiguration(DmaFixture.SharedQueue), 0);
        Assert.Equal(0UL, fixture.Submit(DmaFixture.SharedQueue, default));
        Assert.False(fixture.Engine.Portals[DmaFixture.DedicatedQueue].TryEnqueue(new byte[64], new Pasid(1)));
        Assert.False(fixture.Engine.Portals[3].TryEnqueue(new byte[64], new Pasid(1)));
    }

    [Fact]
    public void Enabled_queue_keeps_its_configuration()
    {
        DmaFixture fixture = new DmaFixture(0).Enable();
        DmaQueueConfiguration other = new() { IsEnabled = true, Pasid = new(5), PasidEnabled = true };
        fixture.Configure(DmaFixture.DedicatedQueue, other);
        Assert.Equal(DmaFixture.Pasid, Configuration().Pasid);

        fixture.Engine.Registers.Write32(DmaEngineRegisters.QueueConfiguration(0), 0);
        fixture.Engine.Registers.Write32(DmaEngineRegisters.QueueConfiguration(0) + 4, 6);
        fixture.Engine.Registers.Write32(DmaEngineRegisters.QueueConfiguration(0), (uint)other.Bits);
        Assert.Equal(other with { Pasid = new(6) }, Configuration());
        Assert.Equal(6u, fixture.Engine.Registers.Read32(DmaEngineRegisters.QueueConfiguration(0) + 4));

        DmaQueueConfiguration Configuration() => new(fixture.Engine.Registers.Read64(DmaEngineRegisters.QueueConfiguration(0)));
    }

    [Fact]
    public void Nothing_is_sent_without_bus_mastering_or_with_a_disallowed_PASID()
    {
        DmaFixture fixture = new DmaFixture(0).Enable();
        fixture.Engine.BusMasterEnabled = false;
        fixture.Submit(DmaFixture.PlainQueue, DmaFixture.Copy(8));
        fixture.Machine.Run();
        Assert.Equal(DmaStatus.NotEnabled, new DmaEngineError(fixture.Engine.Registers.Read64(DmaEngineRegisters.Error)).Status);

        DmaFixture narrow = new DmaFixture(0, new DmaEngineOptions { PasidWidth = 4 }).Enable();
        narrow.Submit(DmaFixture.SharedQueue, DmaFixture.Copy(8), pasid: new Pasid(16));
        narrow.Machine.Run();
        Assert.Equal(DmaStatus.NotEnabled, new DmaEngineError(narrow.Engine.Registers.Read64(DmaEngineRegisters.Error)).Status);
        Assert.Empty(fixture.Unit.Requests.Concat(narrow.Unit.Requests));
    }

    [Fact]
    public void Deadlock_exception_names_a_page_request_without_response()
    {
        DmaFixture fixture = new DmaFixture(0).Enable();
        DeadlockException deadlock = Assert.Throws<DeadlockException>(() => fixture.Machine.Run(async () =>
        {
            fixture.Submit(DmaFixture.SharedQueue, DmaFixture.Blocking(8));
            await new TaskCompletionSource().Task;
        }));

        Assert.Equal(
            ["00:02.0 waits for the response to page request group 0 (0x70000000, PASID 0x42)", "00:02.0 works on a Copy of queue 1 (PASID 0x42)"],
            deadlock.Waits);
    }

    [Fact]
    public void Seed_determines_the_run()
    {
        Assert.Equal(TraceOf(5), TraceOf(5));
        Assert.NotEqual(TraceOf(5), TraceOf(6));

        static (List<StepRecord>, List<string>) RunOf(ulong seed)
        {
            DmaFixture fixture = new(seed);
            StepLog steps = new();
            MessageLog messages = new();
            fixture.Machine.Scheduler.Observe(steps);
            fixture.Machine.Fabric.Observe(messages);
            fixture.Enable();
            fixture.AnswerPageRequests();
            fixture.Machine.Run(() => Task.WhenAll(Enumerable.Range(0, 6).Select(
                _ => fixture.DoAsync(DmaFixture.DedicatedQueue, DmaFixture.Blocking(0x3000)))));
            return (steps.Steps, messages.Lines);
        }

        static string TraceOf(ulong seed)
        {
            (List<StepRecord> steps, List<string> messages) = RunOf(seed);
            return string.Join('\n', [.. steps.Select(step => step.ToString()), .. messages]);
        }
    }

    [Fact]
    public void Copy_allocates_nothing_per_message()
    {
        DmaFixture fixture = new DmaFixture(0, new DmaEngineOptions { Engines = 1 }).Enable();
        fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Source, pages: 8, first: 1);
        fixture.MapFilled(DmaFixture.Pasid, DmaFixture.Destination, pages: 8, first: 2);
        CopyAgain();
        CopyAgain();

        // Less than a byte for each of more than a hundred messages. The test itself allocates to submit a descriptor.
        Assert.InRange(SteadyState.AllocatedBy(CopyAgain), 0, 99);

        void CopyAgain()
        {
            int requests = fixture.Unit.Requests.Count;
            fixture.Unit.Requests.Clear();
            fixture.Submit(DmaFixture.DedicatedQueue, DmaFixture.Copy(0x8000));
            fixture.Machine.Run();
            Assert.True(requests == 0 || fixture.Unit.Requests.Count > 100);
        }
    }
}
