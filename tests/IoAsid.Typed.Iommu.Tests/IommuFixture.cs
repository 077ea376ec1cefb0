using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// A machine with DMA engines behind VT-d units, a checker for each unit, and the subsystem under test. A test runs on the processor. It fails if a checker has
/// reported a harmful finding by its end.
/// </summary>
internal sealed class IommuFixture
{
    public const int SharedQueue = 1;
    public const int PlainQueue = 2;

    // Scalable mode with both stages, nesting, PASIDs of 20 bits, ATS, PRI with drain and coherent walks, without caching mode.
    public const ulong Capability = 0x81D2_008C_222F_0606;
    public const ulong ExtendedCapability =
        0x8D9E_2000_0F46 | 1UL << 26 | 1UL << 46 | 1UL << 48 | 1UL << 49;

    private const ulong CachingMode = 1UL << 7;
    private const ulong VirtualCommands = 1UL << 44;
    private const ulong SetRootTableFlushes = 1UL << 63;

    /// <summary>The name of the application's setting with the largest number of steps, a <see cref="long"/>. It is set for runs that may not end.</summary>
    public const string StepLimitSetting = "IoAsid.Typed.Iommu.Tests.StepLimit";

    private readonly List<UnitChecker> _checkers = [];

    public IommuFixture(ulong seed, FixtureOptions? options = null)
    {
        Options = options ?? new FixtureOptions();
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

    public FixtureOptions Options { get; }

    public EmulatedMachine Machine { get; }

    /// <summary>The engines. Device n is behind unit n modulo the number of units.</summary>
    public IReadOnlyList<EmulatedDmaEngine> Engines { get; }

    public IommuSubsystem Subsystem { get; private set; } = null!;

    public List<IommuDevice> Devices { get; } = [];

    /// <summary>The holds on the features of the devices.</summary>
    public List<IAsyncDisposable> Features { get; } = [];

    public List<DmaEngineDriver> Drivers { get; } = [];

    /// <summary>The faults that units reported.</summary>
    public List<DmaFault> Faults { get; } = [];

    public IEnumerable<Finding> Harmful => _checkers.SelectMany(checker => checker.Harmful);

    /// <summary>Runs a test for some seeds. It fails after a harmful finding of a checker, or if a group of page requests has no response.</summary>
    public static void Run(int seeds, Func<IommuFixture, Task> test, FixtureOptions? options = null)
    {
        for (ulong seed = 0; seed < (ulong)seeds; seed++)
        {
            IommuFixture fixture = new(seed, options);
            try
            {
                fixture.Machine.Run(() => fixture.StartAndRunAsync(test));
                fixture.Machine.Run();
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}: {error.Message}", error);
            }

            fixture.AssertHarmless($"seed {seed}");
        }
    }

    /// <summary>Runs a test that injects page requests. The checkers' findings are ignored, because the hardware did not send these requests.</summary>
    public static void RunByHand(Func<IommuFixture, Task> test, FixtureOptions? options = null)
    {
        IommuFixture fixture = new(seed: 1, options);
        fixture.Machine.Run(() => fixture.StartAndRunAsync(test));
    }

    public async Task StartAsync()
    {
        Subsystem = await IommuSubsystem.StartAsync(Machine, Options.Iommu);
        foreach (VtdDriver unit in Subsystem.Units)
            unit.FaultReported += (_, reported) => Faults.Add(reported.Fault);
        foreach (EmulatedDmaEngine engine in Engines)
        {
            IommuDevice device = await Subsystem.AddAsync(engine);
            Features.Add(engine.Pri is null ? await device.EnablePasidsAsync() : await device.EnableSharedVirtualAddressingAsync());
            Devices.Add(device);
            Drivers.Add(new DmaEngineDriver(device));
            OpenQueues(Devices.Count - 1);
        }
    }

    /// <summary>Starts another system on the same machine. Devices are reset, and units keep the state of the previous system.</summary>
    public async Task RestartAsync()
    {
        Devices.Clear();
        Features.Clear();
        Drivers.Clear();
        foreach (EmulatedDmaEngine engine in Engines)
            await engine.ResetAsync();
        await StartAsync();
    }

    /// <summary>Configures the queues of an engine, at the start and after a reset.</summary>
    public void OpenQueues(int device)
    {
        Engines[device].BusMasterEnabled = true;
        Drivers[device].OpenShared(SharedQueue);
        Drivers[device].OpenDedicated(PlainQueue, pasid: null);
    }

    public void AssertHarmless(string place)
    {
        FindMissingResponses();
        Assert.True(!Harmful.Any(), $"{place}: {string.Join(Environment.NewLine, Harmful)}");
    }

    /// <summary>Reports groups without a response in the checkers. No request may be in flight.</summary>
    public void FindMissingResponses()
    {
        foreach (UnitChecker checker in _checkers)
            checker.FindMissingResponses();
    }

    /// <summary>Creates a process with two areas: data, and a page for completion records.</summary>
    public TestProcess CreateProcess(string name = "process") => new(Subsystem.CreateProcess(name));

    /// <summary>Disables the invalidation queue of the first unit.</summary>
    public void StopQueue() => Machine.Units[0].Registers.Write32(
        RegisterOffsets.GlobalCommand, (uint)new GlobalCommandRegister { TranslationEnable = true }.Bits.Value);

    /// <summary>Masks or unmasks the page request interrupt, as if the processor had disabled interrupts for a long time.</summary>
    public void MaskPageRequestInterrupt(bool masked) => Machine.Units[0].Registers.Write32(
        RegisterOffsets.PageRequestEventControl, (uint)new EventControlRegister { InterruptMask = masked }.Bits.Value);

    /// <summary>Binds a process to every device.</summary>
    public async Task<List<SvaBond>> BindAllAsync(TestProcess process)
    {
        List<SvaBond> bonds = [];
        foreach (IommuDevice device in Devices)
            bonds.Add(await Subsystem.BindAsync(device, process.Memory));
        return bonds;
    }

    /// <summary>Unbinds like a driver: the device stops before each unbind.</summary>
    public async Task UnbindAllAsync(IEnumerable<SvaBond> bonds, bool abort = false)
    {
        foreach (SvaBond bond in bonds)
        {
            await Drivers[Devices.IndexOf(bond.Device)].StopAsync(bond.Pasid, abort);
            await bond.DisposeAsync();
        }
    }

    /// <summary>Asserts that no PASID is attached or allocated, and that the disposal of the subsystem frees all memory.</summary>
    public async Task AssertReclaimedAsync()
    {
        Assert.Equal(0, Subsystem.Pasids.GetStatistics().Outstanding);
        Assert.All(Devices, device => Assert.Empty(device.AttachedPasids));
        await Subsystem.DisposeAsync();
        Assert.Equal(0, Subsystem.Frames.InUse);
    }

    private async Task StartAndRunAsync(Func<IommuFixture, Task> test)
    {
        await StartAsync();
        await test(this);
    }

    private EmulatedDmaEngine AddFunction(int number) => Machine.AddFunction(
        number % Options.Units, new RequesterId(0, 2 + number, 0), context => new EmulatedDmaEngine(context, Options.Engine));
}
