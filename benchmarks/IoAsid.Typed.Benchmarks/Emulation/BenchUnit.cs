using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Layouts;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Benchmarks.Emulation;

/// <summary>A scalable-mode unit with one device, whose PASIDs get the tables that a row needs. Devices complete invalidations at once.</summary>
internal sealed class BenchUnit : IDownstreamPort
{
    public static readonly RequesterId Device = new(0, 4, 0);

    private readonly ulong _pasidTable;
    private readonly ulong _queue;
    private ulong _tail;

    /// <param name="configure">Changes the options of the unit.</param>
    public BenchUnit(Func<UnitOptions, UnitOptions>? configure = null)
    {
        UnitOptions options = new() { Capabilities = Capabilities };
        Memory = new SparseMemory(new MemoryRange(0, 2UL << 30), new MemoryRange(4UL << 30, 60UL << 30));
        Frames = new Frames(Memory, first: 0x10_0000);
        Unit = new VtdUnit(configure?.Invoke(options) ?? options, new UnitContext("bench", Memory, Scheduler.Hardware, this));
        ulong root = Frames.Take();
        ulong contexts = Frames.Take();
        ulong directory = Frames.Take();
        _pasidTable = Frames.Take();
        _queue = Frames.Take();
        ScalableRootEntry rootEntry = new() { LowerPresent = true, LowerContextTable = contexts };
        Frames.Write(root, rootEntry.Bits[0], rootEntry.Bits[1]);
        ScalableContextEntry context = new() { Present = true, DeviceTlbEnable = true, PasidEnable = true, PageRequestEnable = true, PasidDirectory = directory };
        Frames.Write(contexts + (ulong)Device.DeviceFunction * 32, context.Bits[0], context.Bits[1], context.Bits[2], context.Bits[3]);
        Frames.Write(directory, new PasidDirectoryEntry { Present = true, PasidTable = _pasidTable }.Bits);
        Start(root);
    }

    public SparseMemory Memory { get; }

    public Frames Frames { get; }

    public VtdUnit Unit { get; }

    public SeededScheduler Scheduler { get; } = new(new SchedulerOptions { StepLimit = 1L << 62 });

    /// <summary>Gives a PASID below 64 its entry.</summary>
    public void SetPasid(Pasid pasid, PasidEntry entry)
    {
        PasidEntry present = entry with { Present = true, PageWalkSnoop = true };
        for (int word = 0; word < Bits512.Words; word++)
            Frames.Write(_pasidTable + pasid.Value * 64 + (ulong)word * 8, present.Bits[word]);
    }

    /// <summary>Submits a descriptor and runs the unit until the descriptor is executed.</summary>
    public void Submit(Bits256 descriptor)
    {
        Frames.Write(_queue + _tail, descriptor[0], descriptor[1], descriptor[2], descriptor[3]);
        _tail = (_tail + 32) % Frames.PageSize;
        Unit.Registers.Write64(RegisterOffsets.InvalidationQueueTail, _tail);
        Scheduler.Run();
    }

    public void Send(in InvalidateRequestMessage message) => Unit.Receive(new InvalidateCompletionMessage(message.Target, 1u << message.Tag));

    public void Send(in PageGroupResponseMessage message)
    {
        // The row counts requests, not what the device does with the answer.
    }

    public void Send(in InterruptMessage message)
    {
        // No code waits for one here.
    }

    private static VtdCapabilities Capabilities => new(
        new CapabilityRegister
        {
            NumberOfDomains = 6, SupportedAddressWidths = 0b110, MaximumGuestAddressWidth = 47, FaultRecordOffset = 0x40, SecondStageLargePages = 3,
            PageSelectiveInvalidation = true, MaximumAddressMask = 18, OneGigabyteFirstStagePages = true, ZeroLengthRead = true,
        },
        new ExtendedCapabilityRegister
        {
            QueuedInvalidation = true, DeviceTlb = true, PassThrough = true, IotlbOffset = 0x50, Nested = true, PageRequests = true, PasidSize = 19,
            Pasid = true, ScalableMode = true, SecondStage = true, FirstStage = true, ScalablePageWalkCoherency = true, SecondStageAccessedDirty = true,
            PageRequestDrain = true,
        },
        HostAddressWidth: 46,
        VtdRevision.Four1);

    private void Start(ulong root)
    {
        IRegisterBlock registers = Unit.Registers;
        registers.Write64(RegisterOffsets.RootTableAddress, new RootTableAddressRegister { TableMode = TranslationTableMode.Scalable, RootTable = root }.Bits);
        registers.Write32(RegisterOffsets.GlobalCommand, (uint)new GlobalCommandRegister { SetRootTablePointer = true }.Bits.Value);
        registers.Write64(RegisterOffsets.InvalidationQueueAddress, new InvalidationQueueAddressRegister { Queue = _queue, WideDescriptors = true }.Bits);
        registers.Write32(RegisterOffsets.GlobalCommand, (uint)new GlobalCommandRegister { QueuedInvalidationEnable = true }.Bits.Value);
        registers.Write64(RegisterOffsets.PageRequestQueueAddress, new PageRequestQueueAddressRegister { Queue = Frames.Take(0x1_0000), QueueSize = 4 }.Bits);
        registers.Write32(
            RegisterOffsets.GlobalCommand, (uint)new GlobalCommandRegister { QueuedInvalidationEnable = true, TranslationEnable = true }.Bits.Value);
    }
}
