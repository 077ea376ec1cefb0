using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// A machine with DMA engines behind VT-d units, watched by a checker for each unit, and the subsystem under test on top. A test is code on the processor;
/// when it ends, nothing harmful may have been seen.
/// </summary>
internal sealed class IommuBench
{
    public const int SharedQueue = 1;
    public const int PlainQueue = 2;

    // Scalable mode with both stages, nesting, PASIDs of 20 bits, ATS, PRI with drain, coherent walks; caching mode off.
    public const ulong Capability = 0x81D2_008C_222F_0606;
    public const ulong ExtendedCapability =
        0x8D9E_2000_0F46 | 1UL << 26 | 1UL << 46 | 1UL << 48 | 1UL << 49;

    private const ulong CachingMode = 1UL << 7;
    private const ulong VirtualCommands = 1UL << 44;
    private const ulong SetRootTableFlushes = 1UL << 63;

    /// <summary>The name of the application's setting that lowers the number of steps, as a <see cref="long"/>: for runs that are expected not to end.</summary>
    public const string StepLimitSetting = "IoAsid.Typed.Iommu.Tests.StepLimit";

    private readonly List<UnitChecker> _checkers = [];

    public IommuBench(ulong seed, BenchOptions? options = null)
    {
        Options = options ?? new BenchOptions();
        ulong capability = (Capability | (Options.CachingMode ? CachingMode : 0)) & ~(Options.RemembersPastRoots ? SetRootTableFlushes : 0);
        ulong extended = ExtendedCapability | (Options.VirtualCommandPasids is null ? 0 : VirtualCommands);
        UnitOptions unit = new()
        {
            Capabilities = new VtdCapabilities(capability ^ Options.CapabilityToggles, extended ^ Options.ExtendedCapabilityToggles, 48),
            InvalidationTimeout = TimeSpan.FromMilliseconds(1),
            VirtualCommandPasids = Options.VirtualCommandPasids ?? 1,
        };
        Machine = new EmulatedMachine(new MachineOptions
        {
            Scheduler = new SchedulerOptions { Seed = seed, StepLimit = StepLimit },
            Ram = [new MemoryRange(0, 0x4000_0000)],
            Units = [.. Enumerable.Range(0, Options.Units).Select(number => new MachineUnit($"dmar{number}", unit))],
        });
        foreach (EmulatedIommuUnit emulated in Machine.Units)
            _checkers.Add(UnitChecker.Watch(emulated));
        Engines = [.. Enumerable.Range(0, Options.Devices).Select(AddFunction)];
    }

    private static long StepLimit => AppContext.GetData(StepLimitSetting) is long limit ? limit : 20_000_000;

    public BenchOptions Options { get; }

    public EmulatedMachine Machine { get; }

    /// <summary>The hardware; device n is behind unit n modulo the number of units.</summary>
    public IReadOnlyList<EmulatedDmaEngine> Engines { get; }

    public IommuSubsystem Subsystem { get; private set; } = null!;

    public List<IommuDevice> Devices { get; } = [];

    /// <summary>The holds on the features of the devices.</summary>
    public List<DeviceFeatures> Features { get; } = [];

    public List<DmaEngineDriver> Drivers { get; } = [];

    /// <summary>What units recorded as refused requests.</summary>
    public List<DmaFault> Faults { get; } = [];

    public IEnumerable<Finding> Harmful => _checkers.SelectMany(checker => checker.Harmful);

    /// <summary>Runs a test for some seeds; each ends with nothing harmful seen, nothing unanswered and no memory lost.</summary>
    public static void Run(int seeds, Func<IommuBench, Task> test, BenchOptions? options = null)
    {
        for (ulong seed = 0; seed < (ulong)seeds; seed++)
        {
            IommuBench bench = new(seed, options);
            try
            {
                bench.Machine.Run(() => bench.StartAndRunAsync(test));
                bench.Machine.Run();
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}: {error.Message}", error);
            }

            bench.AssertHarmless($"seed {seed}");
        }
    }

    /// <summary>Runs a test that makes page requests by hand: what the hardware makes of answers to what it never asked is not looked at.</summary>
    public static void RunByHand(Func<IommuBench, Task> test, BenchOptions? options = null)
    {
        IommuBench bench = new(seed: 1, options);
        bench.Machine.Run(() => bench.StartAndRunAsync(test));
    }

    public async Task StartAsync()
    {
        Subsystem = await IommuSubsystem.StartAsync(Machine, Options.Iommu);
        foreach (VtdDriver unit in Subsystem.Units)
            unit.FaultReported += (_, told) => Faults.Add(told.Fault);
        foreach (EmulatedDmaEngine engine in Engines)
        {
            IommuDevice device = await Subsystem.AddAsync(engine);
            Features.Add(engine.Pri is null ? await device.EnablePasidsAsync() : await device.EnableSharedVirtualAddressingAsync());
            Devices.Add(device);
            Drivers.Add(new DmaEngineDriver(device));
            OpenQueues(Devices.Count - 1);
        }
    }

    /// <summary>Another system starts on the same machine: memory is anybody's, devices are reset, units are as the last one left them.</summary>
    public async Task RestartAsync()
    {
        Devices.Clear();
        Features.Clear();
        Drivers.Clear();
        foreach (EmulatedDmaEngine engine in Engines)
            await engine.ResetAsync();
        await StartAsync();
    }

    /// <summary>Gives an engine its queues, at first and after a reset.</summary>
    public void OpenQueues(int device)
    {
        Engines[device].BusMasterEnabled = true;
        Drivers[device].OpenShared(SharedQueue);
        Drivers[device].OpenDedicated(PlainQueue, pasid: null);
    }

    public void AssertHarmless(string where)
    {
        FindMissingResponses();
        Assert.True(!Harmful.Any(), $"{where}: {string.Join(Environment.NewLine, Harmful)}");
    }

    /// <summary>Has checkers say which groups nobody answered; when nothing is under way any more.</summary>
    public void FindMissingResponses()
    {
        foreach (UnitChecker checker in _checkers)
            checker.FindMissingResponses();
    }

    /// <summary>A process with two areas: data to read and write, and a page for completion records.</summary>
    public TestProcess CreateProcess(string name = "process") => new(Subsystem.CreateProcess(name));

    /// <summary>The first unit takes nothing out of its invalidation queue any more.</summary>
    public void StopQueue() => Machine.Units[0].Registers.Write32(
        RegisterOffsets.GlobalCommand, (uint)new GlobalCommandRegister { TranslationEnable = true }.Bits.Value);

    /// <summary>Keeps the processor from being told of page requests, as when it has interrupts off for long.</summary>
    public void MaskPageRequestInterrupt(bool masked) => Machine.Units[0].Registers.Write32(
        RegisterOffsets.PageRequestEventControl, (uint)new EventControlRegister { InterruptMask = masked }.Bits.Value);

    /// <summary>Binds a process to every device.</summary>
    public async Task<List<SvaBond>> BindAllAsync(TestProcess process)
    {
        List<SvaBond> bonds = [];
        foreach (IommuDevice device in Devices)
            bonds.Add(await Subsystem.Sva.BindAsync(device, process.Memory));
        return bonds;
    }

    /// <summary>Gives bonds up as a driver does: the device stops first.</summary>
    public async Task UnbindAllAsync(IEnumerable<SvaBond> bonds, bool abort = false)
    {
        foreach (SvaBond bond in bonds)
        {
            await Drivers[Devices.IndexOf(bond.Device)].StopAsync(bond.Pasid, abort);
            await bond.DisposeAsync();
        }
    }

    /// <summary>Nothing is attached or live any more, and switching everything off gives all memory back.</summary>
    public async Task AssertReclaimedAsync()
    {
        Assert.Equal(0, Subsystem.Pasids.GetStatistics().Outstanding);
        Assert.All(Devices, device => Assert.Empty(device.AttachedPasids));
        await Subsystem.DisposeAsync();
        Assert.Equal(0, Subsystem.Frames.InUse);
    }

    private async Task StartAndRunAsync(Func<IommuBench, Task> test)
    {
        await StartAsync();
        await test(this);
    }

    private EmulatedDmaEngine AddFunction(int number) => Machine.AddFunction(
        number % Options.Units, new RequesterId(0, 2 + number, 0), context => new EmulatedDmaEngine(context, Options.Engine));
}
