using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The registers that are written when a unit is started, taken over and stopped, in their order.</summary>
public sealed class UnitLifeTests
{
    private static readonly FixtureOptions NoDevices = new() { Devices = 0 };

    [Fact]
    public void A_start_enables_the_queue_first_and_translation_last() => Run(async (fixture, written) =>
    {
        await fixture.StartAsync();
        Assert.Equal(["faults off", "requests off", "IQT", "IQA", "+QIE", "RTADDR", "+QIE +SRTP", "IQT", "faults on", "PQH", "PQT", "PQA", "requests on", "+TE +QIE"], written.Take());

        await fixture.Subsystem.DisposeAsync();
        Assert.Equal(["IQT", "+QIE", "requests off", "faults off", "-"], written.Take());
    });

    [Fact]
    public void A_unit_left_enabled_is_disabled_before_its_new_tables_and_queues() => Run(async (fixture, written) =>
    {
        await fixture.StartAsync();
        written.Take();
        await fixture.RestartAsync();
        Assert.Equal(["faults off", "requests off", "+QIE", "IQT", "IQT", "-", "IQT", "IQA", "+QIE", "RTADDR", "+QIE +SRTP"], written.Take()[..11]);
    });

    [Fact]
    public void A_stopped_unit_sends_no_interrupt_and_ignores_removals() => IommuFixture.RunByHand(
        async fixture =>
        {
            EmulatedDmaEngine engine = fixture.Machine.AddFunction(0, new RequesterId(0, 9, 0), context => new EmulatedDmaEngine(context));
            await fixture.Subsystem.DisposeAsync();
            await fixture.Subsystem.DisposeAsync();
            Assert.True(Event(fixture, RegisterOffsets.FaultEventControl).InterruptMask);
            Assert.True(Event(fixture, RegisterOffsets.PageRequestEventControl).InterruptMask);
            Assert.Throws<ObjectDisposedException>(() => fixture.Subsystem.Pasids.CreateSet<object>("late"));
            fixture.Machine.RemoveFunction(engine);
        },
        NoDevices);

    [Fact]
    public void A_unit_with_only_its_queue_enabled_keeps_its_translation_bit() => Run(async (fixture, written) =>
    {
        await fixture.StartAsync();
        fixture.Machine.Units[0].Registers.Write32(RegisterOffsets.GlobalCommand, (uint)new GlobalCommandRegister { QueuedInvalidationEnable = true }.Bits.Value);
        written.Take();
        await fixture.RestartAsync();
        Assert.Equal(["faults off", "requests off", "IQT", "IQT", "-", "IQT", "IQA", "+QIE"], written.Take()[..8]);
    });

    [Fact]
    public void Vectors_and_subscriptions_are_released_once() => IommuFixture.RunByHand(
        async fixture =>
        {
            CountingPlatform platform = new(fixture.Machine);
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
            [RegisterOffsets.Capability] = IommuFixture.Capability,
            [RegisterOffsets.ExtendedCapability] = IommuFixture.ExtendedCapability & ~QueuedInvalidation,
        };
        IommuException refusal = Assert.Throws<IommuException>(() => Create(registers));

        Assert.Equal(IommuError.NotSupported, refusal.Error);
    }

    [Fact]
    public void The_wait_for_a_global_command_has_a_timeout() => IommuFixture.RunByHand(
        async fixture =>
        {
            GlobalCommands commands = new("dmar9", new DriverRegisters(new ScriptedRegisters()), fixture.Machine.Scheduler);
            IommuException refusal = await Assert.ThrowsAsync<IommuException>(() => commands.EnableTranslationAsync(true).AsTask());
            Assert.Equal(IommuError.DeviceGone, refusal.Error);
        },
        NoDevices);

    [Fact]
    public void Virtual_commands_without_PASID_allocation_are_not_used() => IommuFixture.RunByHand(
        fixture =>
        {
            Assert.NotNull(fixture.Subsystem.Units[0].CreatePasidAllocator(fixture));
            return Task.CompletedTask;
        },
        NoDevices with { CachingMode = true, VirtualCommandPasids = 4 });

    [Fact]
    public void PASIDs_are_requested_only_from_a_hypervisor_that_allocates_them()
    {
        VtdCapabilities all = new(IommuFixture.Capability | CachingMode, IommuFixture.ExtendedCapability | VirtualCommands, 48);
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
    public void Page_request_registers_are_not_written_without_the_capability()
    {
        IommuFixture fixture = new(seed: 1, NoDevices with { ExtendedCapabilityToggles = 1UL << 29 | 1UL << 42 });
        WrittenRegisters written = new();
        using IDisposable observing = fixture.Machine.Bus.Observe(written);
        fixture.Machine.Run(fixture.StartAsync);
        Assert.Empty(written.Take().Intersect(["PQH", "PQT", "PQA", "requests on", "requests off"]));
    }

    [Fact]
    public void An_overflow_discards_incomplete_groups_of_all_devices() => IommuFixture.RunByHand(fixture =>
    {
        fixture.Subsystem.PageRequests.Receive(fixture.Subsystem.Units[0], new PageRequestDescriptor { RequesterId = fixture.Devices[0].RequesterId, GroupIndex = 3 });
        ((IPageRequestSink)fixture.Subsystem.Units[0]).DiscardIncomplete();
        Assert.Null(fixture.Devices[0].PageRequests.FindIncomplete(3));
        return Task.CompletedTask;
    });

    [Fact]
    public void Domain_ids_are_allocated_lowest_first_up_to_their_number()
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
    public void A_function_is_added_once_and_a_failed_addition_leaves_nothing() => IommuFixture.RunByHand(
        async fixture =>
        {
            EmulatedDmaEngine engine = fixture.Machine.AddFunction(0, new RequesterId(0, 9, 0), context => new EmulatedDmaEngine(context));
            long frames = fixture.Subsystem.Frames.InUse;
            int left = 1;
            fixture.Subsystem.Frames.InjectFaults(() => left-- == 0);
            Assert.Equal(IommuError.NoMemory, (await Assert.ThrowsAsync<IommuException>(() => fixture.Subsystem.AddAsync(engine).AsTask())).Error);
            fixture.Subsystem.Frames.InjectFaults(null);
            Assert.Equal(frames, fixture.Subsystem.Frames.InUse);

            IommuDevice device = await fixture.Subsystem.AddAsync(engine);
            Assert.Same(device, await fixture.Subsystem.AddAsync(engine));
            await device.DisposeAsync();
            await device.DisposeAsync();
            IommuDevice again = await fixture.Subsystem.AddAsync(engine);
            await device.DisposeAsync();
            Assert.Equal((DeviceState.Removed, DeviceState.Active), (device.State, again.State));
            await fixture.AssertReclaimedAsync();
        },
        NoDevices);

    [Fact]
    public void PASIDs_are_not_enabled_on_a_unit_without_the_capability() => IommuFixture.RunByHand(
        async fixture =>
        {
            ScriptedRegisters registers = new()
            {
                [RegisterOffsets.Capability] = IommuFixture.Capability,
                [RegisterOffsets.ExtendedCapability] = IommuFixture.ExtendedCapability & ~Pasids,
            };
            IommuDevice device = new(Create(registers), fixture.Machine.AddFunction(0, new RequesterId(0, 9, 0), context => new EmulatedDmaEngine(context)));
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

    private static EventControlRegister Event(IommuFixture fixture, int offset) => new() { Bits = new Bits64(fixture.Machine.Units[0].Registers.Read32((uint)offset)) };

    private static void Run(Func<IommuFixture, WrittenRegisters, Task> test)
    {
        IommuFixture fixture = new(seed: 1, NoDevices);
        WrittenRegisters written = new();
        using IDisposable observing = fixture.Machine.Bus.Observe(written);
        fixture.Machine.Run(() => test(fixture, written));
    }

    /// <summary>The written registers as text, without those whose order does not matter.</summary>
    private sealed class WrittenRegisters : IProcessorObserver
    {
        private readonly List<string> _lines = [];

        public string[] Take()
        {
            string[] lines = [.. _lines];
            _lines.Clear();
            return lines;
        }

        public void RegisterWritten(string block, uint offset, int size, ulong value)
        {
            if (Words((int)offset, value) is { } words)
                _lines.Add(words);
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
