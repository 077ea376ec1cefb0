using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>A unit with memory and a port that records messages. Tests drive it like hardware, by register offsets and words in memory.</summary>
internal sealed class UnitFixture : IDownstreamPort, IDisposable
{
    /// <summary>The device 00:02.0, which has tables.</summary>
    public static readonly RequesterId Device = new(0x10);
    public static readonly RequesterId OtherDevice = new(0x18);

    /// <summary>The domain of the address spaces of <see cref="EntryOf"/>.</summary>
    public static readonly DomainId Domain = new(7);

    public const ulong Root = 0x10_0000;
    public const ulong Contexts = 0x10_1000;
    public const ulong PasidDirectory = 0x10_2000;
    public const ulong PasidTable = 0x10_3000;
    public const ulong Queue = 0x11_0000;
    public const ulong Ring = 0x11_8000;
    public const ulong Status = 0x11_F000;

    /// <summary>An address without memory, between the two ranges of RAM.</summary>
    public const ulong Hole = 0x2000_0000;

    public const ulong DeviceTlbEnable = 1 << 2;
    public const ulong PasidEnable = 1 << 3;
    public const ulong PageRequestEnable = 1 << 4;

    private readonly List<InvalidateRequestMessage> _invalidations = [];
    private uint _descriptorSize;

    /// <param name="options">The options of the unit, or null.</param>
    /// <param name="seed">The seed of the scheduler; 0 for FIFO order.</param>
    /// <param name="observed">False for a unit without observers, whose walks can be plain. It collects no reports.</param>
    public UnitFixture(UnitOptions? options = null, ulong seed = 0, bool observed = true)
    {
        Scheduler = new SeededScheduler(new SchedulerOptions { Seed = seed });
        Unit = new VtdUnit(options ?? Options, new UnitContext("tested", Memory, Scheduler.Hardware, this));
        if (observed)
            _ = UnitCallbacks.OnMisuse(Unit, Reports.Add);
    }

    public static UnitOptions Options { get; } = new() { Capabilities = VtdCapabilities.Everything, CollapsesFaults = false };

    /// <summary>The options of a unit without paging-structure caches. Tests use different tables for address spaces of one domain, which software must not do.</summary>
    public static UnitOptions WithoutStructures { get; } = Options with { StructureCapacity = 0 };

    /// <summary>The options of a unit with legacy mode and queued invalidation only.</summary>
    public static UnitOptions LegacyOptions { get; } = Options with
    {
        Capabilities = VtdCapabilities.Everything with
        {
            Capability = VtdCapabilities.Everything.Capability with { FiveLevelPaging = false, OneGigabyteFirstStagePages = false },
            ExtendedCapability = new ExtendedCapabilityRegister { QueuedInvalidation = true, PassThrough = true, IotlbOffset = 0x50 },
        },
    };

    public VtdUnit Unit { get; }

    public SeededScheduler Scheduler { get; }

    public SparseMemory Memory { get; } = new(new MemoryRange(0, 0x1000_0000), new MemoryRange(0xC000_0000, 0x4000_0000));

    public List<string> Reports { get; } = [];

    public IReadOnlyList<InvalidateRequestMessage> Invalidations => _invalidations;

    public List<PageGroupResponseMessage> Responses { get; } = [];

    public List<InterruptMessage> Interrupts { get; } = [];

    /// <summary>Gets or sets a value indicating whether devices complete invalidations, in a step of their own.</summary>
    public bool Completes { get; set; } = true;

    /// <summary>The action of a test when the unit sends an invalidation or an interrupt, or null.</summary>
    public Action? WhenSending { get; set; }

    public IRegisterBlock Registers => Unit.Registers;

    /// <summary>Records the events of the unit from now on.</summary>
    public List<UnitEvent> RecordEvents()
    {
        List<UnitEvent> events = [];
        _ = UnitCallbacks.OnEvent(Unit, events.Add);
        return events;
    }

    /// <summary>Calls an action before each memory transaction on a table, until the returned object is disposed.</summary>
    public IDisposable OnTableAccess(Action<TableAccess> action) => UnitCallbacks.OnTableAccess(Unit, action);

    public static UnitOptions With(Func<CapabilityRegister, CapabilityRegister> change) =>
        Options with { Capabilities = VtdCapabilities.Everything with { Capability = change(VtdCapabilities.Everything.Capability) } };

    public static UnitOptions With(Func<ExtendedCapabilityRegister, ExtendedCapabilityRegister> change) =>
        Options with { Capabilities = VtdCapabilities.Everything with { ExtendedCapability = change(VtdCapabilities.Everything.ExtendedCapability) } };

    /// <summary>The place of the device's context entry in scalable mode.</summary>
    public static ulong Context => Contexts + Device.Value * 32UL;

    /// <summary>The place of the device's context entry in legacy mode.</summary>
    public static ulong LegacyContext => Contexts + Device.Value * 16UL;

    /// <summary>Returns the present entry of an address space. Walks snoop.</summary>
    /// <param name="grant">The stages that translate.</param>
    /// <param name="first">The top table of the first stage.</param>
    /// <param name="second">The top table of the second stage.</param>
    /// <param name="levels">The number of levels of each stage.</param>
    public static PasidEntry EntryOf(PasidGrantType grant, ulong first, ulong second, int levels = 4) => new()
    {
        Present = true,
        GrantType = grant,
        DomainId = Domain,
        FirstStageTable = first,
        FirstStagePagingMode = levels == 5 ? FirstStagePagingMode.FiveLevel : FirstStagePagingMode.FourLevel,
        SecondStageTable = second,
        AddressWidth = grant == PasidGrantType.FirstStage ? default : (AddressWidth)(levels - 2),
        PageWalkSnoop = true,
    };

    /// <summary>Creates a unit in scalable mode whose device has a directory and a table of PASIDs 0 to 63.</summary>
    public static UnitFixture InScalableMode(
        UnitOptions? options = null, ulong context = DeviceTlbEnable | PasidEnable | PageRequestEnable, ulong seed = 0, bool observed = true)
    {
        UnitFixture fixture = new(options, seed, observed);
        fixture.SetContext(Device, PasidDirectory | context | 1);
        fixture.Set(Root, Contexts | 1);
        fixture.Set(PasidDirectory, PasidTable | 1);
        fixture.SetRoot(Root | 1 << 10);
        fixture.Command(1u << 31);
        return fixture;
    }

    /// <summary>Creates a unit in legacy mode whose device has a second stage of 48 bits in domain 7.</summary>
    public static UnitFixture InLegacyMode(ulong secondStage, UnitOptions? options = null)
    {
        UnitFixture fixture = new(options);
        fixture.Set(Root, Contexts | 1);
        fixture.Set(LegacyContext, secondStage | 1);
        fixture.Set(LegacyContext + 8, (ulong)Domain.Value << 8 | 2);
        fixture.SetRoot(Root);
        fixture.Command(1u << 31);
        return fixture;
    }

    public ulong Word(ulong address) => Memory.TryReadUInt64(address, out ulong value) ? value : throw new ArgumentOutOfRangeException(nameof(address));

    public void Set(ulong address, ulong value) => Assert.True(Memory.TryWriteUInt64(address, value));

    public void SetContext(RequesterId device, ulong low, ulong high = 0)
    {
        Set(Contexts + device.Value * 32UL, low);
        Set(Contexts + device.Value * 32UL + 8, high);
    }

    public void SetPasid(Pasid pasid, PasidEntry entry, ulong table = PasidTable)
    {
        for (int word = 7; word >= 0; word--)
            Set(table + pasid.Value * 64 + (ulong)word * 8, entry.Bits[word]);
    }

    /// <summary>Sets the entry of a PASID to pass-through.</summary>
    public void PassThrough(Pasid pasid) => SetPasid(pasid, new PasidEntry { Present = true, GrantType = PasidGrantType.PassThrough });

    public void SetRoot(ulong address)
    {
        Registers.Write64(0x20, address);
        Command(1u << 30);
    }

    /// <summary>Writes GCMD with the current status and one additional bit.</summary>
    public void Command(uint bit) => Registers.Write32(0x18, Registers.Read32(0x1C) & 0x96FF_FFFF | bit);

    /// <summary>Writes GCMD with the current status without a bit.</summary>
    public void Clear(uint bit) => Registers.Write32(0x18, Registers.Read32(0x1C) & 0x96FF_FFFF & ~bit);

    public void EnableQueue(bool wide = true, int order = 0)
    {
        _descriptorSize = wide ? 32u : 16;
        Registers.Write64(0x88, 0);
        Registers.Write64(0x90, Queue | (wide ? 1UL << 11 : 0) | (uint)order);
        Command(1u << 26);
    }

    /// <summary>Writes descriptors to the queue without a write of the tail.</summary>
    public void Store(params ReadOnlySpan<Descriptor> descriptors)
    {
        ulong size = 4096UL << (int)(Registers.Read64(0x90) & 7);
        foreach (Descriptor descriptor in descriptors)
        {
            Set(Queue + StoredTail, descriptor.Low);
            Set(Queue + StoredTail + 8, descriptor.High);
            if (_descriptorSize == 32)
            {
                Set(Queue + StoredTail + 16, descriptor.Third);
                Set(Queue + StoredTail + 24, descriptor.Fourth);
            }

            StoredTail = (StoredTail + _descriptorSize) % size;
        }
    }

    public ulong StoredTail { get; set; }

    /// <summary>Submits descriptors and runs the steps that need no passage of time.</summary>
    public void Submit(params ReadOnlySpan<Descriptor> descriptors)
    {
        Store(descriptors);
        Registers.Write64(0x88, StoredTail);
        RunBriefly();
    }

    /// <summary>Runs all queued steps without a wait for devices.</summary>
    public void RunBriefly() => Scheduler.RunFor(TimeSpan.FromMilliseconds(1));

    public Translation Translate(DmaAccess access, ulong address, PasidPrefix prefix = default, RequesterId? device = null) =>
        Unit.Translate(new DmaRequest(device ?? Device, address, access, prefix));

    /// <summary>Returns the output of a request that must not be blocked.</summary>
    public ulong Output(DmaAccess access, ulong address, PasidPrefix prefix = default, RequesterId? device = null)
    {
        Translation translation = Translate(access, address, prefix, device);
        Assert.Equal((TranslationKind.Mapped, FaultReason.None), (translation.Kind, translation.Reason));
        return translation.Address;
    }

    /// <summary>Returns the recorded fault reason of a request; none if it succeeds or is blocked without a record.</summary>
    public FaultReason Fault(DmaAccess access, ulong address, PasidPrefix prefix = default, RequesterId? device = null)
    {
        ClearFaults();
        _ = Translate(access, address, prefix, device);
        return RecordedReason;
    }

    /// <summary>The reason in the first pending record.</summary>
    public FaultReason RecordedReason => (Registers.Read32(0x34) & 2) == 0 ? FaultReason.None : Record((int)(Registers.Read32(0x34) >> 8 & 0xFF)).Reason;

    public FaultRecord Record(int index) => new(new Bits128(Registers.Read64(RecordOffset(index)), Registers.Read64(RecordOffset(index) + 8)));

    public void ClearRecord(int index) => Registers.Write32(RecordOffset(index) + 12, 1u << 31);

    public void ClearFaults()
    {
        for (int index = 0; index < Unit.Options.Capabilities.NumberOfFaultRecords; index++)
            ClearRecord(index);
        Registers.Write32(0x34, 0x7F);
    }

    public void Send(in InvalidateRequestMessage message)
    {
        WhenSending?.Invoke();
        _invalidations.Add(message);
        if (!Completes)
            return;
        InvalidateCompletionMessage completion = new(message.Target, 1u << message.Tag);
        Scheduler.Hardware.Post(() => Unit.Receive(completion));
    }

    public void Send(in PageGroupResponseMessage message) => Responses.Add(message);

    public void Send(in InterruptMessage message)
    {
        WhenSending?.Invoke();
        Interrupts.Add(message);
    }

    public void Dispose() => Unit.Dispose();

    private uint RecordOffset(int index) => (uint)(Unit.Options.Capabilities.FaultRecordOffset + index * 16);
}
