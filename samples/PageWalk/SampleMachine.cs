using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;
using Samples;

namespace PageWalk;

/// <summary>A machine with one remapping unit, one DMA engine behind it, and tables for four PASIDs.</summary>
internal sealed class SampleMachine : IDisposable
{
    public static readonly Pasid ProcessPasid = new(0x2A);
    public static readonly Pasid GuestPasid = new(0x2B);
    public static readonly Pasid MissingPasid = new(0x2C);
    public static readonly DomainId ProcessDomain = new(1);
    public static readonly DomainId GuestDomain = new(2);

    public static readonly RequesterId Device = new(0, 2, 0);

    private const ulong HostPages = 0x10_0000;
    private const ulong GuestPages = 0x1_0000;
    private const ulong GuestMemory = 0x4000_0000;

    private readonly Samples.SampleMachine _machine = new(seed: 1, new DmaEngineOptions());
    private readonly TablePages _pages;
    private readonly PasidTables _pasids;

    public SampleMachine()
    {
        _pages = new TablePages(Machine.PhysicalMemory, HostPages);
        _pasids = new PasidTables(_pages, Device);
        Process = PageTables.FirstStage(_pages);
        Guest = PageTables.FirstStage(new TablePages(Machine.PhysicalMemory, GuestPages, GuestMemory));
        GuestToHost = PageTables.SecondStage(_pages);
        WritePasidEntries();
        Driver = new UnitDriver(Machine.Units[0].Registers, _pages, Machine.Scheduler);
        Driver.Start(_pasids.Root);
    }

    public EmulatedMachine Machine => _machine.Hardware;

    public EmulatedIommuUnit Unit => Machine.Units[0];

    public EmulatedDmaEngine Engine => _machine.Engines[0];

    public UnitDriver Driver { get; }

    /// <summary>The tables of <see cref="ProcessPasid"/>: a first stage.</summary>
    public PageTables Process { get; }

    /// <summary>The guest's own tables, of <see cref="GuestPasid"/>: a first stage, whose addresses are the guest's.</summary>
    public PageTables Guest { get; }

    /// <summary>The second stage of the hypervisor, from the guest's addresses to the host's. Requests without PASID use it alone.</summary>
    public PageTables GuestToHost { get; }

    public ulong TakePage() => _pages.Allocate();

    public void Dispose() => _machine.Dispose();

    private void WritePasidEntries()
    {
        _pasids.Write(default, new PasidEntry
        {
            Present = true,
            GrantType = PasidGrantType.SecondStage,
            DomainId = GuestDomain,
            SecondStageTable = GuestToHost.Top,
            AddressWidth = AddressWidth.Bits39,
        });
        _pasids.Write(ProcessPasid, ProcessDomain, Process);
        _pasids.Write(GuestPasid, new PasidEntry
        {
            Present = true,
            GrantType = PasidGrantType.Nested,
            DomainId = GuestDomain,
            FirstStageTable = Guest.Top,
            SecondStageTable = GuestToHost.Top,
            AddressWidth = AddressWidth.Bits39,
            PageWalkSnoop = true,
        });
        GuestToHost.Map(0, GuestMemory, level: 2);
    }
}
