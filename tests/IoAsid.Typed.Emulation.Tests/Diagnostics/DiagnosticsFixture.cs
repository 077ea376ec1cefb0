using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// A unit in scalable mode with tables at fixed addresses. PASID 1 has a first stage, 2 is nested, 3 has a second stage, and 4 is pass-through. The first stage
/// has one page, at <see cref="Input"/>. The second stage maps the lowest 2 MiB to themselves.
/// </summary>
internal sealed class DiagnosticsFixture : IDownstreamPort, IDisposable
{
    public const ulong Input = 0x40_3018;
    public const ulong Context = 0x1_1200;
    public const ulong Directory = 0x1_2000;
    public const ulong PasidTable = 0x1_3000;
    public const ulong Leaf = 0x2_3018;
    public const ulong SecondStageTop = 0x3_0000;
    public const ulong SecondStageLeaf = 0x3_1000;

    /// <summary>P, R/W, U/S.</summary>
    public const ulong Everything = 0b111;

    public static readonly RequesterId Device = new(0, 2, 0);

    private const ulong Root = 0x1_0000;
    private const ulong FirstStageTop = 0x2_0000;

    public DiagnosticsFixture(bool snoops = true)
    {
        Unit = new VtdUnit(Options, new UnitContext("observed", Memory, new SeededScheduler().Hardware, this));
        _ = UnitCallbacks.OnEvent(Unit, Events.Add);
        Set(Root, 0x1_1001);
        Set(Context, Directory | 0b0_1101);
        Set(Directory, PasidTable | 1);
        new PageTables(new TablePages(Memory, FirstStageTop), 4, Everything).Map(Input, 0x5000);
        PageTables.SecondStage(new TablePages(Memory, SecondStageTop)).Map(0, 0, level: 2);
        SetPasid(new Pasid(1), PasidGrantType.FirstStage, snoops);
        SetPasid(new Pasid(2), PasidGrantType.Nested, snoops);
        SetPasid(new Pasid(3), PasidGrantType.SecondStage, snoops);
        SetPasid(new Pasid(4), PasidGrantType.PassThrough, snoops);
        Unit.Registers.Write64(RegisterOffsets.RootTableAddress, Root | 1 << 10);
        Unit.Registers.Write32(RegisterOffsets.GlobalCommand, 1u << 30);
        Unit.Registers.Write32(RegisterOffsets.GlobalCommand, 1u << 31);
        Events.Clear();
    }

    public static VtdCapabilities Capabilities { get; } = new(
        new CapabilityRegister
        {
            NumberOfDomains = 6,
            SupportedAddressWidths = 0b0110,
            MaximumGuestAddressWidth = 47,
            FaultRecordOffset = 0x22,
            SecondStageLargePages = 3,
            OneGigabyteFirstStagePages = true,
        },
        new ExtendedCapabilityRegister
        {
            QueuedInvalidation = true,
            DeviceTlb = true,
            PassThrough = true,
            IotlbOffset = 0x50,
            Nested = true,
            SupervisorRequests = true,
            PasidSize = 19,
            Pasid = true,
            ScalableMode = true,
            SecondStageAccessedDirty = true,
            SecondStage = true,
            FirstStage = true,
            ScalablePageWalkCoherency = true,
            RidPasid = true,
        },
        HostAddressWidth: 46,
        VtdRevision.Four1);

    // The caches are small because a property test creates thousands of fixtures.
    private static UnitOptions Options { get; } = new() { Capabilities = Capabilities, IotlbCapacity = 64, ContextCapacity = 16 };

    public SparseMemory Memory { get; } = new(new MemoryRange(0, 0x100_0000));

    public VtdUnit Unit { get; }

    public List<UnitEvent> Events { get; } = [];

    public static DmaRequest Request(Pasid pasid, DmaAccess access, ulong address = Input, bool privileged = false) =>
        new(Device, address, access, new PasidPrefix(pasid, privileged: privileged));

    public void Set(ulong address, ulong value) => Memory.WriteUInt64(address, value);

    public ulong Get(ulong address) => Memory.ReadUInt64(address);

    /// <summary>Sends a request to the unit. Returns the recorded fault reason, or none.</summary>
    public FaultReason Send(in DmaRequest request, out bool done)
    {
        Events.Clear();
        byte[] data = new byte[8];
        done = (request.Access == DmaAccess.Write ? Unit.Write(request, data) : Unit.Read(request, data)) == CompletionStatus.Success;
        return (FaultReason)Events.Find(happened => happened.Kind == UnitEventKind.Fault).Second;
    }

    public void Send(in InvalidateRequestMessage message)
    {
    }

    public void Send(in PageGroupResponseMessage message)
    {
    }

    public void Send(in InterruptMessage message)
    {
    }

    public void Dispose() => Unit.Dispose();

    private void SetPasid(Pasid pasid, PasidGrantType grant, bool snoops)
    {
        PasidEntry entry = UnitFixture.EntryOf(
            grant,
            grant is PasidGrantType.FirstStage or PasidGrantType.Nested ? FirstStageTop : 0,
            grant is PasidGrantType.SecondStage or PasidGrantType.Nested ? SecondStageTop : 0) with { AddressWidth = AddressWidth.Bits39, PageWalkSnoop = snoops };
        for (int word = 7; word >= 0; word--)
            Set(PasidTable + pasid.Value * 64 + (ulong)word * 8, entry.Bits[word]);
    }
}
