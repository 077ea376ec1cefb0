using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>The driver under test on a machine. It manages the probes, and no domain is attached.</summary>
internal sealed class Lab
{
    private readonly ITestMachine _machine;
    private readonly IPlatform _platform;

    private Lab(ITestMachine machine, IPlatform platform, IommuSubsystem subsystem)
    {
        _machine = machine;
        _platform = platform;
        Subsystem = subsystem;
        subsystem.Units[0].FaultReported += (_, reported) => Faults.Add(reported.Fault);
    }

    public IommuSubsystem Subsystem { get; }

    public VtdCapabilities Capabilities => Subsystem.Units[0].Capabilities;

    public IReadOnlyList<IProbe> Probes => _machine.Probes;

    public List<IommuDevice> Devices { get; } = [];

    /// <summary>The faults that were reported since the list was cleared.</summary>
    public List<DmaFault> Faults { get; } = [];

    public IPhysicalMemory Memory => _platform.Memory;

    /// <summary>The kind of domain that the unit supports.</summary>
    public DomainKind Kind => Capabilities.SecondStage ? DomainKind.SecondStage : DomainKind.FirstStage;

    public static async Task<Lab> StartAsync(ITestMachine machine, IPlatform? platform = null)
    {
        IPlatform used = platform ?? machine.Platform;
        IommuOptions options = new() { HostAddressWidth = machine.HostAddressWidth, SetsFirstStageAddressWidth = machine.NeedsFirstStageAddressWidth };
        Lab lab = new(machine, used, await IommuSubsystem.StartAsync(used, options));
        foreach (IProbe probe in machine.Probes)
        {
            probe.Function.BusMasterEnabled = true;
            lab.Devices.Add(await lab.Subsystem.AddAsync(probe.Function));
        }

        return lab;
    }

    public DmaDomain CreateDomain(string name) => CreateDomain(name, Kind);

    public DmaDomain CreateDomain(string name, DomainKind kind) => Subsystem.CreateDomain(
        name, kind == DomainKind.FirstStage || Capabilities.Supports(AddressWidth.Bits48) ? AddressWidth.Bits48 : AddressWidth.Bits39, kind);

    /// <summary>Writes a word as a probe. Returns true if the word arrives.</summary>
    /// <param name="probe">The index of the probe.</param>
    /// <param name="address">The address that the probe sends.</param>
    /// <param name="physical">The physical address at which the word is expected.</param>
    public async Task<bool> ReachesAsync(int probe, ulong address, ulong physical)
    {
        Memory.WriteUInt32(physical, 0);
        await Probes[probe].WriteAsync(address);
        await SettleAsync();
        return Memory.ReadUInt32(physical) == IProbe.Word;
    }

    /// <summary>Asserts that the unit blocks and records the access of <see cref="ReachesAsync"/>. Returns the fault.</summary>
    public async Task<DmaFault> RefusedAsync(int probe, ulong address, ulong physical)
    {
        Faults.Clear();
        Assert.False(await ReachesAsync(probe, address, physical), $"0x{address:X} of probe {probe} reaches 0x{physical:X}.");
        DmaFault fault = Assert.Single(Faults);
        Assert.Equal((Probes[probe].Function.RequesterId, FaultRequestType.Write), (fault.Requester, fault.Type));
        return fault;
    }

    /// <summary>Waits until faults have arrived.</summary>
    public ValueTask SettleAsync() => _platform.Scheduler.Delay(TimeSpan.FromMilliseconds(3));
}
