using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>An emulated machine with the capabilities, the memory and the devices of QEMU's machine.</summary>
internal sealed class EmulatedTestMachine : ITestMachine
{
    private readonly EmulatedMachine _machine;

    public EmulatedTestMachine(ITestMachine model)
    {
        Capabilities = model.Capabilities;
        HostAddressWidth = model.HostAddressWidth;
        _machine = new EmulatedMachine(new MachineOptions
        {
            Scheduler = new SchedulerOptions { Seed = 1 },
            Ram = model.Platform.Ram,
            Units = [new MachineUnit("dmar0", new UnitOptions { Capabilities = Capabilities, FaultsOnCachedRights = true })],
        });
        Probes = [.. model.Probes.Select(probe => _machine.AddFunction(0, probe.Function.RequesterId, context => new EmulatedProbe(context)))];
    }

    public IPlatform Platform => _machine;

    public VtdCapabilities Capabilities { get; }

    public int HostAddressWidth { get; }

    public bool NeedsFirstStageAddressWidth => false;

    public IReadOnlyList<IProbe> Probes { get; }

    public void Run(Func<Task> work) => _machine.Run(work);

    public void Dispose()
    {
    }
}
