using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The queue with a simulated unit that fetches, completes and fails descriptors at the command of the test.</summary>
public sealed class InvalidationQueueTests
{
    private const ulong EntrySize = 32;
    private const int Entries = 512;
    private const int MostWaiting = 1024;

    private static readonly RequesterId Device = new(0, 2, 0);
    private static readonly DeviceTlbTarget Target = new(Device, 32, default);

    [Fact]
    public void Responses_to_a_full_ring_are_submitted_later_in_their_order() => Run(async unit =>
    {
        const int Answers = 3 * Entries;
        List<InvalidationDescriptor> taken = [];
        for (int answer = 0; answer < Answers; answer++)
            unit.Queue.Post(Answer(answer));
        for (int turn = 0; turn < 5; turn++)
        {
            taken.AddRange(unit.TakeAll());
            // The ring has room now, but earlier responses come first.
            unit.Queue.Post(Answer(Answers + turn));
            await unit.SettleAsync();
        }

        Assert.Equal(Enumerable.Range(0, Answers + 4).Select(answer => $"answer {answer & 511}"), taken.Select(Words));
    });

    [Fact]
    public void A_descriptor_replaces_all_words_of_an_older_one() => Run(unit =>
    {
        unit.FillRing(ulong.MaxValue);
        unit.Queue.Post(Answer(7));

        Assert.Equal(Answer(7), Assert.Single(unit.TakeAll()).Bits);
        return Task.CompletedTask;
    });

    [Fact]
    public void A_batch_follows_the_responses_that_wait_for_room() => Run(async unit =>
    {
        for (int answer = 0; answer < Entries + 100; answer++)
            unit.Queue.Post(Answer(answer));
        unit.TakeAll();
        Task batch = unit.Queue.RunAsync(new InvalidationBatch().AllPasids()).AsTask();
        await unit.SettleAsync();
        List<InvalidationDescriptor> rest = unit.TakeAll();
        await unit.SettleAsync();
        rest.AddRange(unit.TakeAll());
        await unit.CompleteAsync(batch);

        Assert.Equal([.. Enumerable.Range(Entries - 1, 101).Select(answer => $"answer {answer & 511}"), "PasidCache", "Wait"], rest.Select(Words));
    });

    [Fact]
    public void A_batch_waits_for_room_as_a_whole_and_status_words_are_reused() => Run(async unit =>
    {
        for (int round = 0; round < 3 * MostWaiting; round++)
        {
            Task batch = unit.Queue.RunAsync(new InvalidationBatch()).AsTask();
            await unit.CompleteAsync(batch);
        }

        Assert.Equal(3 * MostWaiting, unit.Queue.Submitted);
        await Assert.ThrowsAsync<ArgumentException>(() => unit.Queue.RunAsync(Pages(Entries)).AsTask());
        Task large = unit.Queue.RunAsync(Pages(Entries - 2)).AsTask();
        Task next = unit.Queue.RunAsync(new InvalidationBatch()).AsTask();
        Assert.Equal(Entries - 1, unit.TakeAll().Count);
        await unit.CompleteAsync(large);
        await unit.CompleteAsync(next);
    });

    [Fact]
    public void A_device_is_isolated_after_three_timeouts_in_a_row() => Run(async unit =>
    {
        for (int round = 0; round < 5; round++)
        {
            Task slow = unit.Queue.RunAsync(new InvalidationBatch().DeviceTlb(Target, DeviceTlbRange.Everything)).AsTask();
            for (int late = 0; late < InvalidationQueue.MaximumTimeouts - 1; late++)
                await unit.TimeOutAsync();
            await unit.CompleteAsync(slow);
        }

        Assert.Empty(unit.GivenUp);
        Task dead = unit.Queue.RunAsync(new InvalidationBatch().AllPasids().DeviceTlb(Target, DeviceTlbRange.Everything)).AsTask();
        for (int late = 0; late < InvalidationQueue.MaximumTimeouts; late++)
            await unit.TimeOutAsync();
        Assert.Equal([Device], unit.GivenUp);
        Assert.Equal(["PasidCache", "Wait", "Wait"], unit.TakeAll().Select(Words));
        await unit.CompleteAsync(dead);

        unit.Queue.ResetTimeouts(Device);
        Task again = unit.Queue.RunAsync(new InvalidationBatch().DeviceTlb(Target, DeviceTlbRange.Everything)).AsTask();
        Assert.Equal(["DeviceTlb", "Wait"], unit.TakeAll().Select(Words));
        await unit.CompleteAsync(again);
    });

    [Fact]
    public void A_device_that_is_not_present_is_isolated_at_once() => Run(async unit =>
    {
        unit.IsReachable = false;
        Task batch = unit.Queue.RunAsync(new InvalidationBatch().AllPasids().DeviceTlb(Target, DeviceTlbRange.Everything)).AsTask();
        Assert.Equal(["PasidCache", "Wait", "Wait"], unit.TakeAll().Select(Words));
        await unit.CompleteAsync(batch);
        Assert.Equal([Device], unit.GivenUp);
    });

    /// <summary>
    /// A time-out aborts the waits that were fetched and not completed. Completed waits stay completed, and waits that were not fetched are not submitted
    /// twice.
    /// </summary>
    [Fact]
    public void Only_fetched_and_incomplete_batches_are_repeated_after_a_timeout() => Run(async unit =>
    {
        Task done = unit.Queue.RunAsync(new InvalidationBatch().AllPasids()).AsTask();
        Task voided = unit.Queue.RunAsync(new InvalidationBatch().DeviceTlb(Target, DeviceTlbRange.Everything)).AsTask();
        unit.Take(2, writesStatus: true);
        unit.Take(2, writesStatus: false);
        Task notFetched = unit.Queue.RunAsync(new InvalidationBatch().AllTranslations()).AsTask();
        unit.ReportTimeout();
        await unit.SettleAsync();

        Assert.True(done.IsCompletedSuccessfully);
        Assert.Equal(["Iotlb", "Wait", "DeviceTlb", "Wait"], unit.TakeAll().Select(Words));
        await unit.CompleteAsync(voided);
        await unit.CompleteAsync(notFetched);
        Assert.Equal((1L, 4L), (unit.Queue.Timeouts, unit.Queue.Submitted));
    });

    [Fact]
    public void A_unit_that_never_completes_a_batch_does_not_work() => Run(async unit =>
    {
        Task batch = unit.Queue.RunAsync(new InvalidationBatch().AllPasids()).AsTask();
        unit.Take(2, writesStatus: false);
        Assert.Equal(IommuError.DeviceGone, (await Assert.ThrowsAsync<IommuException>(() => batch)).Error);
        Assert.Equal(1, unit.Queue.Submitted);
    });

    [Fact]
    public void Waiting_responses_are_submitted_as_soon_as_there_is_room() => Run(async unit =>
    {
        for (int answer = 0; answer < Entries; answer++)
            unit.Queue.Post(Answer(answer));
        Assert.Equal(Entries - 1, unit.TakeAll().Count);
        await unit.SettleAsync();
        Assert.Equal(["answer 511"], unit.TakeAll().Select(Words));
    });

    [Fact]
    public void Status_words_of_failed_batches_are_not_reused() => Run(async unit =>
    {
        HashSet<ulong> statuses = [];
        for (int batch = 0; batch < MostWaiting; batch++)
        {
            Task lost = unit.Queue.RunAsync(new InvalidationBatch()).AsTask();
            Assert.True(statuses.Add(new InvalidationWait(Assert.Single(unit.Take(1, writesStatus: false)).Bits).StatusAddress));
            await Assert.ThrowsAsync<IommuException>(() => lost);
        }

        Assert.Equal(IommuError.DeviceGone, (await Assert.ThrowsAsync<IommuException>(() => unit.Queue.RunAsync(new InvalidationBatch()).AsTask())).Error);
        Assert.Equal(MostWaiting, unit.Queue.Submitted);
    });

    private static string Words(InvalidationDescriptor descriptor) => descriptor.Type == InvalidationType.PageGroupResponse
        ? $"answer {new PageGroupResponse(descriptor.Bits).GroupIndex}"
        : descriptor.Type.ToString();

    private static Bits256 Answer(int number) => new PageGroupResponse { GroupIndex = (ushort)(number & 511) }.Bits;

    private static InvalidationBatch Pages(int count)
    {
        InvalidationBatch batch = new();
        for (int page = 0; page < count; page++)
            batch.DomainPages(new DomainId(2), new DeviceTlbRange((ulong)page << 12, 0), onlyLeaves: true);
        return batch;
    }

    private static void Run(Func<PlayedUnit, Task> test)
    {
        EmulatedMachine machine = new(new MachineOptions { Ram = [new MemoryRange(0, 0x100_0000)] });
        PlayedUnit unit = new(machine);
        machine.Run(() => test(unit));
    }

    private sealed class PlayedUnit : IInvalidationTargets
    {
        private readonly EmulatedMachine _machine;
        private readonly ScriptedRegisters _registers = new();

        public PlayedUnit(EmulatedMachine machine)
        {
            _machine = machine;
            Queue = new InvalidationQueue("dmar0", new DriverRegisters(_registers), machine, new FrameAllocator(machine.PhysicalMemory, [new MemoryRange(0, 0x100_0000)]), targets: this, drainsPageRequests: true);
            Queue.WriteRegisters();
        }

        public InvalidationQueue Queue { get; }

        public bool IsReachable { get; set; } = true;

        public List<RequesterId> GivenUp { get; } = [];

        bool IInvalidationTargets.IsReachable(RequesterId requester) => IsReachable;

        ValueTask IInvalidationTargets.IsolateAsync(RequesterId requester)
        {
            GivenUp.Add(requester);
            return ValueTask.CompletedTask;
        }

        private ulong Ring => new InvalidationQueueAddressRegister(_registers[RegisterOffsets.InvalidationQueueAddress]).Queue;

        private ulong Head
        {
            get => _registers[RegisterOffsets.InvalidationQueueHead];
            set => _registers[RegisterOffsets.InvalidationQueueHead] = value;
        }

        public void FillRing(ulong word)
        {
            for (ulong offset = 0; offset < Entries * EntrySize; offset += sizeof(ulong))
                _machine.PhysicalMemory.WriteUInt64(Ring + offset, word);
        }

        /// <summary>Fetches all submitted descriptors, and writes their status words.</summary>
        public List<InvalidationDescriptor> TakeAll()
        {
            ulong tail = _registers[RegisterOffsets.InvalidationQueueTail];
            int count = (int)((tail - Head + Entries * EntrySize) % (Entries * EntrySize) / EntrySize);
            return Take(count, writesStatus: true);
        }

        public List<InvalidationDescriptor> Take(int count, bool writesStatus)
        {
            List<InvalidationDescriptor> taken = [];
            for (; count > 0; count--, Head = (Head + EntrySize) % (Entries * EntrySize))
            {
                InvalidationDescriptor descriptor = new(new Bits256(Word(0), Word(8), Word(16), Word(24)));
                taken.Add(descriptor);
                if (writesStatus && descriptor.Type == InvalidationType.Wait && new InvalidationWait(descriptor.Bits) is { StatusWrite: true } wait)
                    _machine.PhysicalMemory.WriteUInt32(wait.StatusAddress, wait.StatusData);
            }

            return taken;
        }

        /// <summary>Fetches all submitted descriptors without executing them, and reports a time-out.</summary>
        public async Task TimeOutAsync()
        {
            Take((int)((_registers[RegisterOffsets.InvalidationQueueTail] - Head + Entries * EntrySize) % (Entries * EntrySize) / EntrySize), writesStatus: false);
            ReportTimeout();
            await SettleAsync();
        }

        public void ReportTimeout()
        {
            _registers[RegisterOffsets.InvalidationQueueErrorRecord] = new InvalidationQueueErrorRecordRegister { TimeoutSourceId = Device }.Bits.Value;
            Queue.HandleTimeout();
        }

        public async Task CompleteAsync(Task batch)
        {
            for (int turn = 0; turn < 100 && !batch.IsCompleted; turn++)
            {
                TakeAll();
                await SettleAsync();
            }

            Assert.True(batch.IsCompletedSuccessfully);
        }

        /// <summary>Runs the steps of software that follow.</summary>
        public async Task SettleAsync() => await _machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));

        private ulong Word(ulong offset) => _machine.PhysicalMemory.ReadUInt64(Ring + Head + offset);
    }
}
