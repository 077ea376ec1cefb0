using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>A unit behind a fabric, a device that the test controls, a checker, and a driver in raw words.</summary>
internal sealed class CheckerFixture : IEndpoint, IRegisterBlock
{
    public static readonly Pasid Pasid = new(5);
    public const ulong OldFrame = 0x80_0000;
    public const ulong NewFrame = 0x81_0000;
    public const ulong Page = 0x7000_0000;

    private const ulong Root = 0x10_0000;
    private const ulong Contexts = 0x10_1000;
    private const ulong Directory = 0x10_2000;
    private const ulong PasidTable = 0x10_3000;
    private const ulong OldTables = 0x20_0000;
    private const ulong NewTables = 0x30_0000;
    public const ulong OldLeafTable = OldTables + 0x3000;
    private const ulong Queue = 0x11_0000;
    private const ulong PageRequestQueue = 0x12_0000;
    private const ulong Status = 0x13_0000;
    private const ulong PageWalkSnoop = 1 << 23;
    private static readonly DomainId Domain = new(7);

    private static readonly UnitOptions Options = new()
    {
        Capabilities = new VtdCapabilities(0x81D2_008C_222F_0606, 0x1_8D9E_2000_0F46, 48),
    };

    private readonly EndpointPort _port;
    private readonly IPhysicalMemory _processor;
    private readonly SparseMemory _memory = new(new MemoryRange(0, 0x1000_0000));
    private ulong _tail;
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
        Start();
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

    public void MapPage(ulong frame) => Store(OldLeafTable, frame | 0x67);

    public void ProtectPage() => Store(OldLeafTable, OldFrame | 0x65);

    public void ClearEntry() => Store(PasidTable + Pasid.Value * 64, 0);

    /// <summary>Assigns the PASID to another address space, in the domain that all first-stage tables share, like Linux.</summary>
    public void SetNewEntry() => SetEntry(NewTables);

    public void SendPageRequest(int group = 1) =>
        _port.Send(new PageRequestMessage(RequesterId, Page, group, Read: true, Write: false, IsLast: true, Prefix));

    public void SendWrite(ulong address = Page, bool translated = false) =>
        _port.Write(new DmaRequest(RequesterId, address, DmaAccess.Write, translated ? default : Prefix, translated), [1, 2, 3, 4]);

    public void SendTranslationRequest() => _port.Translate(1, new TranslationRequest(RequesterId, Page, 1, NoWrite: false, Prefix));

    public void InvalidatePasidCache() => Submit(0x17 | (ulong)Domain.Value << 16 | (ulong)Pasid.Value << 32, 0);

    public void InvalidateIotlb() => Submit(0x26 | (ulong)Domain.Value << 16 | (ulong)Pasid.Value << 32, 0);

    public void InvalidateDeviceTlb() => Submit(0x8 | (ulong)RequesterId.Value << 16 | (ulong)Pasid.Value << 32, 0x7FFF_FFFF_FFFF_F800);

    /// <summary>Submits a wait descriptor, and waits for its status write.</summary>
    public ValueTask<bool> Wait(bool drainPageRequests)
    {
        uint status = ++_status;
        Submit((ulong)status << 32 | 0x65 | (drainPageRequests ? 0x80u : 0), Status);
        return Scheduler.WaitUntil(() => _processor.ReadUInt32(Status) == status, TimeSpan.FromSeconds(1));
    }

    public void Respond(int group, int code = 1) =>
        Submit(0x19 | (ulong)code << 12 | (ulong)RequesterId.Value << 16 | (ulong)Pasid.Value << 32, (ulong)group << 3);

    /// <summary>Consumes all requests of the page request queue, and responds Invalid Request to their groups.</summary>
    public void EmptyQueue()
    {
        ulong tail = Unit.Registers.Read64(0xC8);
        for (ulong head = Unit.Registers.Read64(0xC0); head != tail; head = (head + 32) % 4096)
            Respond((int)(_processor.ReadUInt64(PageRequestQueue + head + 8) >> 3 & 0x1FF));
        Unit.Registers.Write64(0xC0, tail);
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

    private void Submit(ulong low, ulong high)
    {
        Store(Queue + _tail, low);
        Store(Queue + _tail + 8, high);
        Store(Queue + _tail + 16, 0);
        Store(Queue + _tail + 24, 0);
        _tail = (_tail + 32) % 4096;
        Unit.Registers.Write64(0x88, _tail);
    }

    private void Start()
    {
        Store(Root, Contexts | 1);
        ulong context = Contexts + RequesterId.DeviceFunction * 32UL;
        Store(context, Directory | 0x1D);
        Store(Directory, PasidTable | 1);
        foreach ((ulong tables, ulong frame) in ((ulong, ulong)[])[(OldTables, OldFrame), (NewTables, NewFrame)])
        {
            Store(tables, tables + 0x1000 | 0x67);
            Store(tables + 0x1000 + 8, tables + 0x2000 | 0x67);
            Store(tables + 0x2000 + 0x180 * 8, tables + 0x3000 | 0x67);
            Store(tables + 0x3000, frame | 0x67);
        }

        SetEntry(OldTables);
        IRegisterBlock registers = Unit.Registers;
        registers.Write64(0x20, Root | 1 << 10);
        registers.Write32(0x18, 1u << 30);
        registers.Write64(0x90, Queue | 1 << 11);
        registers.Write32(0x18, 1u << 26);
        registers.Write64(0xD0, PageRequestQueue);
        registers.Write32(0x18, 1u << 26 | 1u << 31);
    }

    private void SetEntry(ulong tables)
    {
        ulong entry = PasidTable + Pasid.Value * 64;
        Store(entry + 16, tables);
        Store(entry + 8, PageWalkSnoop | Domain.Value);
        Store(entry, 0x41);
    }
}
