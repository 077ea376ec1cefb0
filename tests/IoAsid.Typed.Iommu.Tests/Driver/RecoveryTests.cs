using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The driver with registers that change at any time.</summary>
public sealed class RecoveryTests
{
    // A unit with eight fault records.
    private static readonly VtdCapabilities Capabilities = new(IommuFixture.Capability | 7UL << 40, IommuFixture.ExtendedCapability, 48);

    private readonly EmulatedMachine _machine = new(new MachineOptions { Ram = [new MemoryRange(0, 0x100_0000)] });
    private readonly ScriptedRegisters _registers = new() { ClearedByOnes = { RegisterOffsets.FaultStatus, RegisterOffsets.PageRequestStatus } };

    private FrameAllocator Frames => field ??= new FrameAllocator(_machine.PhysicalMemory, [new MemoryRange(0, 0x100_0000)]);

    [Fact]
    public void A_fault_handler_that_throws_does_not_stop_the_unit()
    {
        FaultReporting faults = new("dmar0", new DriverRegisters(_registers), Capabilities, CreateQueue(), new FaultList { Fails = true });
        _registers[RegisterOffsets.FaultStatus] = new FaultStatusRegister { PrimaryPendingFault = true, InvalidationQueueError = true, PrimaryFaultOverflow = true }.Bits.Value;
        Record(index: 0, requester: new RequesterId(0x55));

        Assert.Throws<InvalidOperationException>(faults.Handle);

        FaultStatusRegister left = new() { Bits = new Bits64(_registers[RegisterOffsets.FaultStatus]) };
        Assert.False(left.PrimaryPendingFault || left.InvalidationQueueError || left.PrimaryFaultOverflow);
        Assert.Equal(1, faults.Overflows);
    }

    /// <summary>The unit sends no second interrupt while a bit of the status is set, so a handler that reads the status once would miss a later fault.</summary>
    [Fact]
    public void Faults_that_arrive_during_the_handling_are_handled()
    {
        InvalidationQueue queue = CreateQueue();
        FaultReporting faults = new("dmar0", new DriverRegisters(_registers), Capabilities, queue, new FaultList());
        _registers[RegisterOffsets.FaultStatus] = new FaultStatusRegister { PrimaryFaultOverflow = true }.Bits.Value;
        _registers.BeforeRead[RegisterOffsets.FaultStatus] = () => _registers.BeforeRead[RegisterOffsets.FaultStatus] = () =>
            _registers[RegisterOffsets.FaultStatus] = new FaultStatusRegister { InvalidationTimeoutError = true, InvalidationCompletionError = true }.Bits.Value;

        faults.Handle();

        Assert.Multiple(
            () => Assert.Equal(1L, faults.Overflows),
            () => Assert.Equal(1L, queue.Timeouts),
            () => Assert.Equal(0UL, _registers[RegisterOffsets.FaultStatus]));
    }

    [Fact]
    public void Only_records_with_a_fault_are_reported()
    {
        FaultList sink = new();
        FaultReporting faults = new("dmar0", new DriverRegisters(_registers), Capabilities, CreateQueue(), sink);
        _registers[RegisterOffsets.FaultStatus] = new FaultStatusRegister { PrimaryPendingFault = true, FaultRecordIndex = 1 }.Bits.Value;
        Record(index: 1, requester: new RequesterId(0x123));

        faults.Handle();

        Assert.Equal(new RequesterId(0x123), Assert.Single(sink.Faults).Requester);
        Assert.Equal(0, faults.Overflows);
    }

    /// <summary>FRI stays at the record that set PPF. An earlier owner may have cleared this record and no later ones (VT-d 11.4.7.1).</summary>
    [Fact]
    public void Faults_behind_an_empty_record_are_reported()
    {
        FaultList sink = new();
        FaultReporting faults = new("dmar0", new DriverRegisters(_registers), Capabilities, CreateQueue(), sink);
        _registers[RegisterOffsets.FaultStatus] = new FaultStatusRegister { PrimaryPendingFault = true, FaultRecordIndex = 0 }.Bits.Value;
        Record(index: 2, requester: new RequesterId(0x123));

        faults.Handle();

        Assert.Equal(new RequesterId(0x123), Assert.Single(sink.Faults).Requester);
    }

    [Fact]
    public void Earlier_requests_are_received_before_an_overflow_is_handled()
    {
        RequestList sink = new();
        PageRequestQueue ring = new(new DriverRegisters(_registers), _machine, Frames, sizeOrder: 0, sink);
        ring.WriteRegisters();
        Ask(7);
        _registers.BeforeRead[RegisterOffsets.PageRequestStatus] = () =>
        {
            Ask(8);
            _registers[RegisterOffsets.PageRequestStatus] = new PageRequestStatusRegister { PageRequestOverflow = true }.Bits.Value;
        };

        Assert.True(ring.Read());
        Assert.False(ring.Read());

        Assert.Equal(["group 7", "group 8", "lost"], sink.Lines);
        Assert.Equal(1, ring.Overflows);
    }

    /// <summary>QEMU refuses a wait without a status write, an interrupt and a fence.</summary>
    [Fact]
    public void A_fence_replaces_a_refused_descriptor()
    {
        InvalidationQueue queue = CreateQueue();
        queue.Post(new Bits256(0xF, 0, 0, 0));
        queue.HandleQueueError();
        ulong ring = new InvalidationQueueAddressRegister(new Bits64(_registers[RegisterOffsets.InvalidationQueueAddress])).Queue;
        Assert.Equal(new InvalidationWait { Fence = true }.Bits[0], _machine.PhysicalMemory.ReadUInt64(ring));
    }

    [Fact]
    public void Descriptors_posted_together_need_one_write_of_the_tail()
    {
        InvalidationQueue queue = CreateQueue();
        int before = _registers.Written.Count;

        queue.PostTogether(() => true);
        Assert.Equal(before, _registers.Written.Count);

        queue.PostTogether(() =>
        {
            for (int answer = 0; answer < 3; answer++)
                queue.Post(new PageGroupResponse().Bits);
            return true;
        });
        Assert.Equal([(uint)RegisterOffsets.InvalidationQueueTail], _registers.Written.Skip(before));

        queue.PostTogether(() => true);
        Assert.Equal(before + 1, _registers.Written.Count);
    }

    /// <summary>Records a fault whose record clears the pending bit.</summary>
    private void Record(int index, RequesterId requester)
    {
        uint upper = (uint)(Capabilities.FaultRecordOffset + index * 16 + 8);
        _registers[upper] = 1UL << 63 | requester.Value;
        _registers.AfterWrite[upper + 4] = () =>
        {
            _registers[upper] = 0;
            _registers[RegisterOffsets.FaultStatus] &= ~new FaultStatusRegister { PrimaryPendingFault = true }.Bits.Value;
        };
    }

    private InvalidationQueue CreateQueue()
    {
        InvalidationQueue queue = new("dmar0", new DriverRegisters(_registers), _machine, Frames, new NoTargets(), drainsPageRequests: true);
        queue.WriteRegisters();
        return queue;
    }

    private void Ask(int group)
    {
        ulong ring = new PageRequestQueueAddressRegister { Bits = new Bits64(_registers[RegisterOffsets.PageRequestQueueAddress]) }.Queue;
        ulong tail = _registers[RegisterOffsets.PageRequestQueueTail];
        PageRequestDescriptor request = new() { GroupIndex = (ushort)group };
        for (int word = 0; word < Bits256.Words; word++)
            _machine.PhysicalMemory.WriteUInt64(ring + tail + (ulong)word * sizeof(ulong), request.Bits[word]);
        _registers[RegisterOffsets.PageRequestQueueTail] = tail + PageRequestDescriptor.SizeInBytes;
    }

    private sealed class NoTargets : IInvalidationTargets
    {
        public bool IsReachable(RequesterId requester) => true;

        public ValueTask IsolateAsync(RequesterId requester) => ValueTask.CompletedTask;
    }

    private sealed class FaultList : IFaultSink
    {
        public bool Fails { get; init; }

        public List<DmaFault> Faults { get; } = [];

        public void Report(DmaFault fault)
        {
            if (Fails)
                throw new InvalidOperationException("The sink failed.");
            Faults.Add(fault);
        }
    }

    private sealed class RequestList : IPageRequestSink
    {
        public List<string> Lines { get; } = [];

        public void Receive(in PageRequestDescriptor request) => Lines.Add($"group {request.GroupIndex}");

        public void DiscardIncomplete() => Lines.Add("lost");
    }
}
