using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;
using Samples;

namespace IoAsid.Typed.Benchmarks.Emulation;

/// <summary>A unit in scalable mode with one device. A row sets the tables of its PASIDs. The device completes invalidations at once.</summary>
internal sealed class BenchUnit : IDownstreamPort
{
    public static readonly RequesterId Device = new(0, 4, 0);

    public const int PageShift = 12;

    private readonly PasidTables _pasids;
    private readonly UnitDriver _driver;

    /// <param name="configure">The function that changes the options of the unit, or null.</param>
    public BenchUnit(Func<UnitOptions, UnitOptions>? configure = null)
    {
        UnitOptions options = new() { Capabilities = Capabilities };
        Memory = new SparseMemory(new MemoryRange(0, 2UL << 30), new MemoryRange(4UL << 30, 60UL << 30));
        Pages = new TablePages(Memory, first: 0x10_0000);
        Unit = new VtdUnit(configure?.Invoke(options) ?? options, new UnitContext("bench", Memory, Scheduler.Hardware, this));
        _pasids = new PasidTables(Pages, Device);
        _driver = new UnitDriver(Unit.Registers, Pages, Scheduler, ringOrder: 4);
        _driver.Start(_pasids.Root);
    }

    public SparseMemory Memory { get; }

    public TablePages Pages { get; }

    public VtdUnit Unit { get; }

    public SeededScheduler Scheduler { get; } = new(new SchedulerOptions { StepLimit = 1L << 62 });

    /// <summary>Creates tables of 4 levels whose entries have accessed and dirty bits set.</summary>
    public PageTables UsedTables(bool firstStage) => new(Pages, levels: 4, firstStage
        ? new FirstStageEntry { Present = true, Writable = true, User = true, Accessed = true, Dirty = true }.Bits
        : new SecondStageEntry { Read = true, Write = true, Accessed = true, Dirty = true }.Bits);

    /// <summary>Writes the entry of a PASID below 64.</summary>
    public void SetPasid(Pasid pasid, PasidEntry entry) => _pasids.Write(pasid, entry with { Present = true, PageWalkSnoop = true });

    /// <summary>Submits a descriptor and runs the unit until the descriptor is executed.</summary>
    public void Submit(Bits256 descriptor)
    {
        _driver.Post(descriptor);
        Scheduler.Run();
    }

    public void Send(in InvalidateRequestMessage message) => Unit.Receive(new InvalidateCompletionMessage(message.Target, 1u << message.Tag));

    public void Send(in PageGroupResponseMessage message)
    {
        // The device ignores responses. The row measures requests only.
    }

    public void Send(in InterruptMessage message)
    {
        // No row waits for an interrupt.
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
}
