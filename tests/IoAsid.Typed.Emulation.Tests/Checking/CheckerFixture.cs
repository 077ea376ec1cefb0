using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>A unit behind a fabric, a device that the test controls, a checker, and a driver without a subsystem.</summary>
internal sealed class CheckerFixture : IEndpoint, IRegisterBlock
{
    public static readonly Pasid Pasid = new(5);
    public const ulong OldFrame = 0x80_0000;
    public const ulong NewFrame = 0x81_0000;
    public const ulong Page = 0x7000_0000;

    private const ulong OldTables = 0x20_0000;
    private const ulong NewTables = 0x30_0000;
    public const ulong OldLeafTable = OldTables + 0x3000;
    private const ulong Status = 0x13_0000;

    // P, R/W and U/S, with A and D set.
    private const ulong Used = 0x67;

    private static readonly DomainId Domain = new(7);

    private static readonly UnitOptions Options = new()
    {
        Capabilities = new VtdCapabilities(0x81D2_008C_222F_0606, 0x1_8D9E_2000_0F46, 48),
    };

    private readonly EndpointPort _port;
    private readonly IPhysicalMemory _processor;
    private readonly SparseMemory _memory = new(new MemoryRange(0, 0x1000_0000));
    private readonly PasidTables _pasids;
    private readonly UnitDriver _driver;
    private readonly PageTables _oldTables;
    private readonly PageTables _newTables;
    private uint _status;

    public CheckerFixture(ulong seed)
    {
        Scheduler = new SeededScheduler(new SchedulerOptions { Seed = seed });
        ProcessorBus bus = new(Scheduler, _memory);
        _processor = bus.Memory;
        Fabric fabric = new(Scheduler, new InterruptController(Scheduler));
        UnitPort unitPort = fabric.AddUnit("dmar0");
        Unit = new VtdUnit(Options, new UnitContext("dmar0", _memory, Scheduler.Hardware, unitPort));
        unitPort.Connect(Unit);
        _port = unitPort.Attach(this);
        Checker = new UnitChecker(Unit, Scheduler.Clock);
        bus.Observe(Checker);
        fabric.Observe(Checker);
        TablePages pages = new(_processor, first: 0x10_0000);
        _pasids = new PasidTables(pages, RequesterId);
        _driver = new UnitDriver(Unit.Registers, pages, Scheduler);
        _oldTables = new PageTables(new TablePages(_processor, OldTables), 4, Used);
        _newTables = new PageTables(new TablePages(_processor, NewTables), 4, Used);
        _oldTables.Map(Page, OldFrame);
        _newTables.Map(Page, NewFrame);
        _pasids.Write(Pasid, Domain, _oldTables);
        _driver.Start(_pasids.Root);
    }

    public SeededScheduler Scheduler { get; }

    public VtdUnit Unit { get; }

    public UnitChecker Checker { get; }

    public RequesterId RequesterId { get; } = new(0, 2, 0);

    public IRegisterBlock RegisterFile => this;

    public int PortalCount => 0;

    /// <summary>The first entry of the last translation completion.</summary>
    public TranslationEntry Translation { get; private set; }

    /// <summary>Gets or sets a value indicating whether the device completes invalidations.</summary>
    public bool Completes { get; set; } = true;

    /// <summary>The action of the device between the receipt of an invalidation and its completion.</summary>
    public Action? BeforeCompletion { get; set; }

    private static PasidPrefix Prefix => new(Pasid);

    /// <summary>Stores a word as a processor.</summary>
    public void Store(ulong address, ulong value) => _processor.WriteUInt64(address, value);

    /// <summary>Fills a frame, like its next user.</summary>
    public void UseFrame(ulong frame) => _processor.Write(frame, new byte[4096]);

    public void MapPage(ulong frame) => _oldTables.Map(Page, frame);

    public void ProtectPage() => _oldTables[Page] = OldFrame | 0x65;

    public void ClearEntry() => Store(_pasids.PlaceOf(Pasid), 0);

    /// <summary>Assigns the PASID to another address space, in the domain that all first-stage tables share, like Linux.</summary>
    public void SetNewEntry() => _pasids.Write(Pasid, Domain, _newTables);

    public void SendPageRequest(int group = 1) =>
        _port.Send(new PageRequestMessage(RequesterId, Page, group, Read: true, Write: false, IsLast: true, Prefix));

    public void SendWrite(ulong address = Page, bool translated = false) =>
        _port.Write(new DmaRequest(RequesterId, address, DmaAccess.Write, translated ? default : Prefix, translated), [1, 2, 3, 4]);

    public void SendTranslationRequest() => _port.Translate(1, new TranslationRequest(RequesterId, Page, 1, NoWrite: false, Prefix));

    public void InvalidatePasidCache() => _driver.Post(new PasidCacheInvalidation { Granularity = PasidCacheGranularity.Pasid, DomainId = Domain, Pasid = Pasid }.Bits);

    public void InvalidateIotlb() => _driver.Post(new PasidIotlbInvalidation { Granularity = PasidIotlbGranularity.Pasid, DomainId = Domain, Pasid = Pasid }.Bits);

    public void InvalidateDeviceTlb() => _driver.Post(new PasidDeviceTlbInvalidation
    {
        SourceId = RequesterId,
        Pasid = Pasid,
        Range = new DeviceTlbRange(0, DeviceTlbRange.MaximumOrder),
    }.Bits);

    /// <summary>Submits a wait descriptor, and waits for its status write.</summary>
    public ValueTask<bool> Wait(bool drainPageRequests)
    {
        uint status = ++_status;
        _driver.Post(new InvalidationWait
        {
            StatusWrite = true,
            Fence = true,
            PageRequestDrain = drainPageRequests,
            StatusData = status,
            StatusAddress = Status,
        }.Bits);
        return Scheduler.WaitUntil(() => _processor.ReadUInt32(Status) == status, TimeSpan.FromSeconds(1));
    }

    public void Respond(int group) => _driver.Post(new PageGroupResponse
    {
        PasidPresent = true,
        Pasid = Pasid,
        RequesterId = RequesterId,
        GroupIndex = (ushort)group,
        ResponseCode = PageResponse.InvalidRequest,
    }.Bits);

    /// <summary>Consumes all requests of the page request queue, and responds Invalid Request to their groups.</summary>
    public void EmptyQueue()
    {
        while (_driver.TryReadPageRequest(out PageRequestDescriptor request))
            Respond(request.GroupIndex);
    }

    public void Receive(in InvalidateRequestMessage message)
    {
        if (!Completes)
            return;
        BeforeCompletion?.Invoke();
        _port.Send(new InvalidateCompletionMessage(RequesterId, 1u << message.Tag));
    }

    public void Receive(in PageGroupResponseMessage message)
    {
        // The tests do not depend on the device's handling of responses.
    }

    public void CompleteRead(int tag, CompletionStatus status, ReadOnlySpan<byte> data)
    {
        // The device reads nothing.
    }

    public void CompleteAtomic(int tag, CompletionStatus status, ulong previous)
    {
        // The device sends no AtomicOps.
    }

    public void CompleteTranslation(int tag, CompletionStatus status, ReadOnlySpan<TranslationEntry> entries) =>
        Translation = entries.Length > 0 ? entries[0] : default;

    public void AcceptPosted(int portal, ReadOnlySpan<byte> command) => throw new NotSupportedException();

    public bool TryAccept(int portal, ReadOnlySpan<byte> command) => throw new NotSupportedException();

    public uint Read32(uint offset) => 0;

    public ulong Read64(uint offset) => 0;

    public void Write32(uint offset, uint value) => throw new NotSupportedException();

    public void Write64(uint offset, ulong value) => throw new NotSupportedException();
}
