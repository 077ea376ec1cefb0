using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Benchmarks.Iommu;

/// <summary>A machine with one DMA engine behind one unit, and the subsystem that drives them. Steps run in FIFO order.</summary>
internal sealed class SvaMachine
{
    public const int SharedQueue = 1;
    public const int PlainQueue = 2;

    // Scalable mode with both stages, PASIDs, ATS, PRI with drain, and coherent walks.
    private static readonly VtdCapabilities Capabilities = new(
        0x81D2_008C_222F_0606, 0x8D9E_2000_0F46 | 1UL << 26 | 1UL << 46 | 1UL << 48 | 1UL << 49, 48);

    public SvaMachine()
    {
        Machine = new EmulatedMachine(new MachineOptions
        {
            Scheduler = new SchedulerOptions { StepLimit = long.MaxValue },
            Ram = [new MemoryRange(0, 0x8000_0000)],
            Units = [new MachineUnit("dmar0", new UnitOptions { Capabilities = Capabilities })],
        });
        Engine = Machine.AddFunction(0, new RequesterId(0, 2, 0), context => new EmulatedDmaEngine(context));
        (Subsystem, Device) = Machine.Run(StartAsync);
        Driver = new DmaEngineDriver(Device);
        Driver.OpenShared(SharedQueue);
        Driver.OpenDedicated(PlainQueue, pasid: null);
    }

    public EmulatedMachine Machine { get; }

    public VtdUnit Unit => Machine.Units[0].Vtd;

    public EmulatedDmaEngine Engine { get; }

    public IommuSubsystem Subsystem { get; }

    public IommuDevice Device { get; }

    public DmaEngineDriver Driver { get; }

    private async Task<(IommuSubsystem Subsystem, IommuDevice Device)> StartAsync()
    {
        IommuSubsystem subsystem = await IommuSubsystem.StartAsync(Machine);
        IommuDevice device = await subsystem.AddAsync(Engine);
        await device.EnableSharedVirtualAddressingAsync();
        return (subsystem, device);
    }
}
