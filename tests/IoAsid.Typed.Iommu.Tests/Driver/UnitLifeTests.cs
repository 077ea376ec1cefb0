using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Which registers are written when a unit is switched on, taken over and switched off, and in which order.</summary>
public sealed class UnitLifeTests
{
    private static readonly BenchOptions NoDevices = new() { Devices = 0 };

    [Fact]
    public void A_unit_is_switched_on_queue_first_and_translation_last_and_off_the_other_way_round() => Run(async (bench, written) =>
    {
        await bench.StartAsync();
        Assert.Equal(["faults off", "requests off", "IQT", "IQA", "+QIE", "RTADDR", "+QIE +SRTP", "IQT", "faults on", "PQH", "PQT", "PQA", "requests on", "+TE +QIE"], written.Take());

        await bench.Subsystem.DisposeAsync();
        Assert.Equal(["IQT", "+QIE", "requests off", "faults off", "-"], written.Take());
    });

    [Fact]
    public void A_unit_that_was_left_on_is_switched_off_before_its_tables_and_queues_are_placed() => Run(async (bench, written) =>
    {
        await bench.StartAsync();
        written.Take();
        await bench.RestartAsync();
        Assert.Equal(["faults off", "requests off", "+QIE", "IQT", "IQT", "-", "IQT", "IQA", "+QIE", "RTADDR", "+QIE +SRTP"], written.Take()[..11]);
    });

    [Fact]
    public void A_unit_that_is_off_sends_no_interrupt_and_is_no_longer_told_of_removals() => IommuBench.RunByHand(
        async bench =>
        {
            EmulatedDmaEngine engine = bench.Machine.AddFunction(0, new RequesterId(0, 9, 0), context => new EmulatedDmaEngine(context));
            await bench.Subsystem.DisposeAsync();
            await bench.Subsystem.DisposeAsync();
            Assert.True(Event(bench, RegisterOffsets.FaultEventControl).InterruptMask);
            Assert.True(Event(bench, RegisterOffsets.PageRequestEventControl).InterruptMask);
            Assert.Throws<ObjectDisposedException>(() => bench.Subsystem.Pasids.CreateSet<object>("late"));
            bench.Machine.RemoveFunction(engine);
        },
        NoDevices);

    [Fact]
    public void A_unit_that_only_has_its_queue_on_is_taken_over_without_touching_translation() => Run(async (bench, written) =>
    {
        await bench.StartAsync();
        bench.Machine.Units[0].Registers.Write32(RegisterOffsets.GlobalCommand, (uint)new GlobalCommandRegister { QueuedInvalidationEnable = true }.Bits.Value);
        written.Take();
        await bench.RestartAsync();
        Assert.Equal(["faults off", "requests off", "IQT", "IQT", "-", "IQT", "IQA", "+QIE"], written.Take()[..8]);
    });

    [Fact]
    public void Vectors_and_subscriptions_are_given_back_once_whoever_switches_off() => IommuBench.RunByHand(
        async bench =>
        {
            CountingPlatform platform = new(bench.Machine);
            IommuSubsystem next = await IommuSubsystem.StartAsync(platform);
            Assert.Equal(3, platform.Given);
            await Task.WhenAll(next.DisposeAsync().AsTask(), next.DisposeAsync().AsTask());
            Assert.Equal((0, 0L), (platform.Given, next.Frames.InUse));
        },
        NoDevices);

    private const ulong QueuedInvalidation = 1UL << 1;
    private const ulong CachingMode = 1UL << 7;
    private const ulong VirtualCommands = 1UL << 44;
    private const ulong Pasids = 1UL << 40;

    [Fact]
    public void A_unit_without_an_invalidation_queue_is_refused()
    {
        ScriptedRegisters registers = new()
        {
            [RegisterOffsets.Capability] = IommuBench.Capability,
            [RegisterOffsets.ExtendedCapability] = IommuBench.ExtendedCapability & ~QueuedInvalidation,
        };
        IommuException refusal = Assert.Throws<IommuException>(() => Create(registers));

        Assert.Equal(IommuError.NotSupported, refusal.Error);
    }

    [Fact]
    public void A_command_that_the_unit_does_not_carry_out_is_not_waited_for_for_ever() => IommuBench.RunByHand(
        async bench =>
        {
            GlobalCommands commands = new("dmar9", new UnitRegisters(new ScriptedRegisters()), bench.Machine.Scheduler);
            IommuException refusal = await Assert.ThrowsAsync<IommuException>(() => commands.EnableTranslationAsync(true).AsTask());
            Assert.Equal(IommuError.DeviceGone, refusal.Error);
        },
        NoDevices);

    [Fact]
    public void A_unit_whose_commands_give_no_PASIDs_is_no_hypervisor() => IommuBench.RunByHand(
        bench =>
        {
            Assert.NotNull(bench.Subsystem.Units[0].CreatePasidAllocator(bench));
            return Task.CompletedTask;
        },
        NoDevices with { CachingMode = true, VirtualCommandPasids = 4 });

    [Fact]
    public void PASIDs_are_asked_of_a_hypervisor_only_if_it_gives_any()
    {
        VtdCapabilities all = new(IommuBench.Capability | CachingMode, IommuBench.ExtendedCapability | VirtualCommands, 48);
        ScriptedRegisters registers = new()
        {
            [RegisterOffsets.Capability] = all.Capability.Bits.Value,
            [RegisterOffsets.ExtendedCapability] = all.ExtendedCapability.Bits.Value,
        };
        VtdDriver driver = Create(registers);
        Assert.Null(driver.CreatePasidAllocator(numberSpace: registers));
        registers[RegisterOffsets.VirtualCommandCapability] = new VirtualCommandCapabilityRegister { PasidAllocation = true }.Bits.Value;
        Assert.NotNull(driver.CreatePasidAllocator(numberSpace: registers));
    }

    [Fact]
    public void A_unit_without_page_requests_is_told_nothing_of_them()
    {
        IommuBench bench = new(seed: 1, NoDevices with { ExtendedCapabilityToggles = 1UL << 29 | 1UL << 42 });
        WrittenRegisters written = new();
        using IDisposable observing = bench.Machine.Bus.Observe(written);
        bench.Machine.Run(bench.StartAsync);
        Assert.Empty(written.Take().Intersect(["PQH", "PQT", "PQA", "requests on", "requests off"]));
    }

    [Fact]
    public void Lost_page_requests_are_told_to_whom_they_may_have_been_of() => IommuBench.RunByHand(bench =>
    {
        bench.Subsystem.PageRequests.Receive(bench.Subsystem.Units[0], new PageRequestDescriptor { RequesterId = bench.Devices[0].RequesterId, GroupIndex = 3 });
        ((IPageRequestSink)bench.Subsystem.Units[0]).DiscardIncomplete();
        Assert.Null(bench.Devices[0].PageRequests.FindIncomplete(3));
        return Task.CompletedTask;
    });

    [Fact]
    public void Domain_ids_are_given_lowest_first_and_not_more_than_there_are()
    {
        DomainIds ids = new(count: 6);
        Assert.Equal<ushort[]>([2, 3, 4, 5], [ids.Allocate().Value, ids.Allocate().Value, ids.Allocate().Value, ids.Allocate().Value]);
        Assert.Equal(IommuError.Busy, Assert.Throws<IommuException>(() => ids.Allocate()).Error);
        ids.Free(new DomainId(4));
        ids.Free(new DomainId(3));
        Assert.Equal(2, ids.InUse);
        Assert.Equal<ushort[]>([3, 4], [ids.Allocate().Value, ids.Allocate().Value]);
        Assert.Equal(4, ids.InUse);
    }

    [Fact]
    public void Functions_are_added_once_and_removed_once_and_one_that_has_no_memory_leaves_nothing() => IommuBench.RunByHand(
        async bench =>
        {
            EmulatedDmaEngine engine = bench.Machine.AddFunction(0, new RequesterId(0, 9, 0), context => new EmulatedDmaEngine(context));
            long frames = bench.Subsystem.Frames.InUse;
            int left = 1;
            bench.Subsystem.Frames.InjectFaults(() => left-- == 0);
            Assert.Equal(IommuError.NoMemory, (await Assert.ThrowsAsync<IommuException>(() => bench.Subsystem.AddAsync(engine).AsTask())).Error);
            bench.Subsystem.Frames.InjectFaults(null);
            Assert.Equal(frames, bench.Subsystem.Frames.InUse);

            IommuDevice device = await bench.Subsystem.AddAsync(engine);
            Assert.Same(device, await bench.Subsystem.AddAsync(engine));
            await device.DisposeAsync();
            await device.DisposeAsync();
            IommuDevice again = await bench.Subsystem.AddAsync(engine);
            await device.DisposeAsync();
            Assert.Equal((DeviceState.Removed, DeviceState.Active), (device.State, again.State));
            await bench.AssertReclaimedAsync();
        },
        NoDevices);

    [Fact]
    public void A_unit_that_says_it_has_no_PASIDs_is_given_none() => IommuBench.RunByHand(
        async bench =>
        {
            ScriptedRegisters registers = new()
            {
                [RegisterOffsets.Capability] = IommuBench.Capability,
                [RegisterOffsets.ExtendedCapability] = IommuBench.ExtendedCapability & ~Pasids,
            };
            IommuDevice device = new(Create(registers), bench.Machine.AddFunction(0, new RequesterId(0, 9, 0), context => new EmulatedDmaEngine(context)));
            Assert.Equal(IommuError.NotSupported, (await Assert.ThrowsAsync<IommuException>(async () => await device.EnableSharedVirtualAddressingAsync())).Error);
            Assert.Equal(IommuError.NotSupported, (await Assert.ThrowsAsync<IommuException>(async () => await device.EnablePasidsAsync())).Error);
            Assert.Empty(registers.Written);
        },
        NoDevices);

    private static VtdDriver Create(ScriptedRegisters registers)
    {
        EmulatedMachine machine = new(new MachineOptions { Ram = [new MemoryRange(0, 0x100_0000)] });
        FrameAllocator frames = new(machine.PhysicalMemory, [new MemoryRange(0, 0x100_0000)]);
        PageRequestHandler handler = new(machine.Scheduler.Clock, new IoAsidSpace().CreateSet<SvaBinding>("sva"), TimeSpan.FromSeconds(1));
        return new VtdDriver(machine, new Unit(registers), frames, new IommuOptions(), handler, new TearDown());
    }

    private static EventControlRegister Event(IommuBench bench, int offset) => new() { Bits = new Bits64(bench.Machine.Units[0].Registers.Read32((uint)offset)) };

    private static void Run(Func<IommuBench, WrittenRegisters, Task> test)
    {
        IommuBench bench = new(seed: 1, NoDevices);
        WrittenRegisters written = new();
        using IDisposable observing = bench.Machine.Bus.Observe(written);
        bench.Machine.Run(() => test(bench, written));
    }

    /// <summary>In words; what does not matter for the order is left out.</summary>
    private sealed class WrittenRegisters : IProcessorObserver
    {
        private readonly List<string> _told = [];

        public string[] Take()
        {
            string[] told = [.. _told];
            _told.Clear();
            return told;
        }

        public void RegisterWritten(string block, uint offset, int size, ulong value)
        {
            if (Words((int)offset, value) is { } words)
                _told.Add(words);
        }

        private static string? Words(int offset, ulong value) => offset switch
        {
            RegisterOffsets.GlobalCommand => Command(new GlobalCommandRegister { Bits = new Bits64(value) }),
            RegisterOffsets.RootTableAddress => "RTADDR",
            RegisterOffsets.InvalidationQueueTail => "IQT",
            RegisterOffsets.InvalidationQueueAddress => "IQA",
            RegisterOffsets.PageRequestQueueHead => "PQH",
            RegisterOffsets.PageRequestQueueTail => "PQT",
            RegisterOffsets.PageRequestQueueAddress => "PQA",
            RegisterOffsets.FaultEventControl => "faults " + OnOrOff(value),
            RegisterOffsets.PageRequestEventControl => "requests " + OnOrOff(value),
            _ => null,
        };

        private static string OnOrOff(ulong value) => new EventControlRegister { Bits = new Bits64(value) }.InterruptMask ? "off" : "on";

        private static string Command(GlobalCommandRegister command)
        {
            string words = (command.TranslationEnable ? "+TE " : "") + (command.QueuedInvalidationEnable ? "+QIE " : "") + (command.SetRootTablePointer ? "+SRTP" : "");
            return words.Length == 0 ? "-" : words.Trim();
        }
    }

    private sealed class Unit(IRegisterBlock registers) : IIommuUnit
    {
        public string Name => "dmar0";

        public IRegisterBlock Registers => registers;

        public IReadOnlyCollection<IPciFunction> Functions => [];
    }
}
