using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The take-over of a unit that an earlier owner left in any state.</summary>
public sealed class TakeOverTests
{
    private const ulong Enabled = 1UL << 31;
    private const ulong LowRegion = 1UL << 5;
    private const ulong HighRegion = 1UL << 6;
    private const ulong PageRequests = 1UL << 29;
    private const ulong PageRequestDrain = 1UL << 42;
    private const ulong Pattern = 0x1212_3434_5656_7878;

    // A unit with eight fault records, protected memory regions, an advanced fault log and interrupt remapping.
    private static readonly VtdCapabilities Everything =
        new(IommuFixture.Capability | 7UL << 40 | 1UL << 3 | 1UL << 5 | 1UL << 6, IommuFixture.ExtendedCapability | 1UL << 3, 48);

    private static readonly Dictionary<string, Func<IommuFixture, SvaBond, TestProcess, Task>> Endings = new()
    {
        ["a queue error"] = async (fixture, _, _) => await RefuseDescriptorAsync(fixture),
        ["an invalidation time-out"] = async (fixture, bond, process) =>
        {
            fixture.Engines[0].Misbehaviour = DeviceMisbehaviour.IgnoresInvalidation;
            _ = process.Memory.UnmapAsync(new AddressRange(process.Data, AddressRange.PageSize)).AsTask();
            await UntilAsync(fixture, () => Status(fixture).InvalidationTimeoutError);
            fixture.Engines[0].Misbehaviour = DeviceMisbehaviour.None;
        },
        ["a pending page request"] = async (fixture, bond, process) =>
        {
            await fixture.Drivers[0].SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, process.Fill(20, 1, Pattern));
            await UntilAsync(fixture, () => PageRequestStatus(fixture).PendingPageRequest);
        },
        ["a page request overflow"] = async (fixture, bond, process) =>
        {
            for (int job = 0; job < 16 && !PageRequestStatus(fixture).PageRequestOverflow; job++)
            {
                DmaEngineDriver driver = fixture.Drivers[job % fixture.Drivers.Count];
                await driver.SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, process.Fill(16 * (job / fixture.Drivers.Count), 16, Pattern));
            }

            await UntilAsync(fixture, () => PageRequestStatus(fixture).PageRequestOverflow);
            // The unit answers page requests with success itself, so the devices would repeat them until they are reset.
            foreach (EmulatedDmaEngine engine in fixture.Engines)
                engine.BusMasterEnabled = false;
        },
        ["a recorded fault"] = async (fixture, _, _) =>
        {
            // The unit refuses a translation request without a record.
            (fixture.Engines[0].Pri!.Enabled, fixture.Engines[0].Ats!.Enabled) = (false, false);
            fixture.Drivers[0].Post(IommuFixture.PlainQueue, new DmaDescriptor { Operation = DmaOperation.Fill, Destination = 0x1000, Length = 64 });
            await UntilAsync(fixture, () => Status(fixture).PrimaryPendingFault);
        },
    };

    /// <summary>The state of an invalidation queue that an earlier owner left.</summary>
    public enum Stop
    {
        Empty,
        Busy,
        QueueError,
        Timeout,
    }

    public static TheoryData<string> EndingNames => [.. Endings.Keys];

    /// <summary>The sticky bits of the architecture. Software clears each with a write of 1.</summary>
    public static TheoryData<string, int, int> StickyBits
    {
        get
        {
            TheoryData<string, int, int> bits = [];
            foreach (PlacedRegister register in new RegisterFile(Everything).Registers)
            {
                for (int bit = 0; bit < 64; bit++)
                {
                    if ((register.Masks.OneToClear >> bit & 1) != 0)
                        bits.Add($"{register.Name}{register.Index}", register.Offset, bit);
                }
            }

            return bits;
        }
    }

    [Theory]
    [MemberData(nameof(StickyBits))]
    public void Each_sticky_bit_is_cleared(string name, int offset, int bit) => Run(async (registers, takeOver) =>
    {
        registers[offset] = 1UL << bit;
        await takeOver.RunAsync();
        Assert.True((registers[offset] & 1UL << bit) == 0, name);
    });

    [Theory]
    [InlineData(31)]
    [InlineData(28)]
    [InlineData(26)]
    [InlineData(25)]
    public void Each_function_that_was_left_enabled_is_disabled_by_one_command(int bit) => Run(async (registers, takeOver) =>
    {
        registers[RegisterOffsets.GlobalStatus] = 1UL << bit;
        await takeOver.RunAsync();
        Assert.Equal((0UL, 1), (registers[RegisterOffsets.GlobalStatus], registers.Commands));
    });

    /// <summary>A queue is disabled when it is empty and its last descriptor was a wait. QEMU ignores the command otherwise.</summary>
    [Theory]
    [InlineData(true, 0xFE0UL, Stop.QueueError)]
    [InlineData(true, 0x40UL, Stop.Timeout)]
    [InlineData(false, 0x40UL, Stop.QueueError)]
    [InlineData(true, 0x40UL, Stop.Empty)]
    [InlineData(true, 0x40UL, Stop.Busy)]
    public void A_queue_ends_with_a_wait_and_its_memory_is_restored(bool wide, ulong head, Stop stop) => Run(async (registers, takeOver, machine) =>
    {
        const ulong Ring = 0x20_0000;
        ulong last = stop is Stop.Busy ? head + 0x20 : head;
        ulong next = (last + (wide ? 32UL : 16UL)) % 0x1000;
        machine.Memory.WriteUInt64(Ring + last, 0xF);
        machine.Memory.WriteUInt64(Ring + last + 8, 0x77);
        registers[RegisterOffsets.GlobalStatus] = 1UL << 26;
        registers[RegisterOffsets.InvalidationQueueAddress] = new InvalidationQueueAddressRegister { Queue = Ring, WideDescriptors = wide }.Bits.Value;
        registers[RegisterOffsets.InvalidationQueueHead] = head;
        registers[RegisterOffsets.InvalidationQueueTail] = stop switch { Stop.Empty => head, Stop.Busy => last, _ => 0x100 };
        registers[RegisterOffsets.FaultStatus] = new FaultStatusRegister { InvalidationQueueError = stop is Stop.QueueError, InvalidationTimeoutError = stop is Stop.Timeout }.Bits.Value;
        registers.Fetches = stop is not Stop.Busy;
        if (stop is Stop.Busy)
            machine.Scheduler.Post(() => machine.Scheduler.Post(() => registers.Fetches = true));
        List<InvalidationWait> fetched = [];
        registers.Fetched = at => fetched.Add(new InvalidationWait(new Bits256(machine.Memory.ReadUInt64(Ring + at), 0, 0, 0)));
        long start = machine.Scheduler.Clock.GetTimestamp();

        await takeOver.RunAsync();

        Assert.Equal((next, next), (registers[RegisterOffsets.InvalidationQueueHead], registers[RegisterOffsets.InvalidationQueueTail]));
        Assert.True(new InvalidationDescriptor(fetched[^1].Bits).Type == InvalidationType.Wait && fetched[^1].Fence);
        Assert.Equal((0xFUL, 0x77UL), (machine.Memory.ReadUInt64(Ring + last), machine.Memory.ReadUInt64(Ring + last + 8)));
        Assert.True(machine.Scheduler.Clock.GetElapsedTime(start) < TimeSpan.FromMilliseconds(500));
    });

    [Fact]
    public void A_queue_without_memory_is_disabled() => Run(async (registers, takeOver) =>
    {
        registers[RegisterOffsets.GlobalStatus] = 1UL << 26;
        registers[RegisterOffsets.InvalidationQueueAddress] = new InvalidationQueueAddressRegister { Queue = 0x7000_0000 }.Bits.Value;
        await takeOver.RunAsync();
        Assert.Equal(0UL, registers[RegisterOffsets.GlobalStatus]);
    });

    [Fact]
    public void Protected_memory_is_disabled_and_events_are_masked() => Run(async (registers, takeOver) =>
    {
        registers[RegisterOffsets.ProtectedMemoryEnable] = Enabled | 1;
        await takeOver.RunAsync();
        Assert.Equal((0UL, 0), (registers[RegisterOffsets.ProtectedMemoryEnable], registers.Commands));
        Assert.All(
            (int[])[RegisterOffsets.FaultEventControl, RegisterOffsets.InvalidationEventControl, RegisterOffsets.PageRequestEventControl],
            control => Assert.Equal(Enabled, registers[control]));
    });

    /// <summary>Registers that a unit does not have are not written. A write to such a register fails the test.</summary>
    [Theory]
    [InlineData(0UL, false)]
    [InlineData(LowRegion, true)]
    [InlineData(HighRegion, true)]
    public void Only_registers_that_the_unit_has_are_written(ulong regions, bool hasRegions) => Run(
        async (registers, takeOver) =>
        {
            registers[RegisterOffsets.ProtectedMemoryEnable] = hasRegions ? Enabled | 1 : 0;
            await takeOver.RunAsync();
            Assert.Equal(0UL, registers[RegisterOffsets.ProtectedMemoryEnable]);
        },
        new VtdCapabilities(IommuFixture.Capability & ~(LowRegion | HighRegion) | regions, IommuFixture.ExtendedCapability & ~(PageRequests | PageRequestDrain), 48));

    [Fact]
    public void A_unit_whose_memory_stays_protected_does_not_work() => Run(async (registers, takeOver) =>
    {
        registers.RegionsStay = true;
        registers[RegisterOffsets.ProtectedMemoryEnable] = Enabled | 1;
        Assert.Equal(IommuError.DeviceGone, await Refusals.RefusalAsync(takeOver.RunAsync()));
    });

    [Fact]
    public void A_unit_that_never_enables_its_queue_fails_the_start() => IommuFixture.RunByHand(
        async fixture =>
        {
            ScriptedRegisters registers = new()
            {
                [RegisterOffsets.Capability] = IommuFixture.Capability,
                [RegisterOffsets.ExtendedCapability] = IommuFixture.ExtendedCapability,
            };
            long start = fixture.Machine.Scheduler.Clock.GetTimestamp();
            Assert.Equal(IommuError.DeviceGone, await Refusals.RefusalAsync(IommuSubsystem.StartAsync(new OneUnit(fixture.Machine, registers))));
            Assert.True(fixture.Machine.Scheduler.Clock.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
        },
        new FixtureOptions { Devices = 0 });

    [Theory]
    [MemberData(nameof(EndingNames))]
    public void The_next_system_works_after(string ending)
    {
        for (ulong seed = 0; seed < 2; seed++)
        {
            IommuFixture fixture = new(seed, FixtureOptions.Overflowing);
            fixture.Machine.Run(async () =>
            {
                await fixture.StartAsync();
                TestProcess process = fixture.CreateProcess("past");
                List<SvaBond> bonds = await fixture.BindAllAsync(process);
                await process.FillAsync(fixture.Drivers[0], bonds[0], 0, 1, Pattern);
                // The interrupts of the old system are masked.
                foreach (int control in (int[])[RegisterOffsets.FaultEventControl, RegisterOffsets.PageRequestEventControl])
                    fixture.Machine.Units[0].Registers.Write32((uint)control, (uint)new EventControlRegister { InterruptMask = true }.Bits.Value);
                await Endings[ending](fixture, bonds[0], process);

                await fixture.RestartAsync();

                TestProcess present = fixture.CreateProcess("present");
                SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], present.Memory);
                Assert.Equal(DmaStatus.Success, (await present.FillAsync(fixture.Drivers[0], bond, 0, 8, ~Pattern)).Status);
                Assert.Equal(~Pattern, await present.WordAsync(7));
                await present.Memory.UnmapAsync(new AddressRange(present.Data, AddressRange.PageSize));
                await fixture.UnbindAllAsync([bond]);
                await present.Memory.ExitAsync();
                Assert.Equal(new VtdDriverStatistics(fixture.Subsystem.Units[0].Statistics.Invalidations, 0, 0, 0, 0), fixture.Subsystem.Units[0].Statistics);
                Assert.Empty(fixture.Faults);
                await fixture.AssertReclaimedAsync();
            });
        }
    }

    private static async Task RefuseDescriptorAsync(IommuFixture fixture)
    {
        fixture.Subsystem.Units[0].Invalidations.Post(new Bits256(0xF, 0, 0, 0));
        await UntilAsync(fixture, () => Status(fixture).InvalidationQueueError);
    }

    private static async Task UntilAsync(IommuFixture fixture, Func<bool> condition) =>
        Assert.True(await fixture.Machine.Scheduler.WaitUntil(condition, TimeSpan.FromSeconds(1)));

    private static FaultStatusRegister Status(IommuFixture fixture) => new(new Bits64(fixture.Machine.Units[0].Registers.Read32(RegisterOffsets.FaultStatus)));

    private static PageRequestStatusRegister PageRequestStatus(IommuFixture fixture) =>
        new(new Bits64(fixture.Machine.Units[0].Registers.Read32(RegisterOffsets.PageRequestStatus)));

    private static void Run(Func<LeftRegisters, UnitTakeOver, Task> test, VtdCapabilities? capabilities = null) =>
        Run((registers, takeOver, _) => test(registers, takeOver), capabilities);

    private static void Run(Func<LeftRegisters, UnitTakeOver, IPlatform, Task> test, VtdCapabilities? unit = null)
    {
        VtdCapabilities capabilities = unit ?? Everything;
        EmulatedMachine machine = new(new MachineOptions { Ram = [new MemoryRange(0, 0x100_0000)] });
        LeftRegisters left = new(capabilities);
        DriverRegisters registers = new(left);
        machine.Run(() => test(left, new UnitTakeOver(registers, new GlobalCommands("dmar0", registers, machine.Scheduler), capabilities, machine), machine));
    }

    /// <summary>The registers of an earlier owner. Their access kinds are those of the architecture, and commands complete at once.</summary>
    private sealed class LeftRegisters(VtdCapabilities capabilities) : IRegisterBlock
    {
        private readonly RegisterFile _file = new(capabilities);
        private readonly Dictionary<int, ulong> _values = [];

        /// <summary>The action that replaces the execution of each fetched descriptor.</summary>
        public Action<ulong> Fetched { get; set; } = _ => { };

        /// <summary>Gets or sets a value indicating whether the unit fetches descriptors.</summary>
        public bool Fetches { get; set; } = true;

        /// <summary>Gets or sets a value indicating whether protected memory regions stay enabled.</summary>
        public bool RegionsStay { get; set; }

        /// <summary>The number of global commands.</summary>
        public int Commands { get; private set; }

        public ulong this[int offset]
        {
            get => _values.GetValueOrDefault(offset);
            set => _values[offset] = value;
        }

        public uint Read32(uint offset) => (uint)(this[Find(offset).Offset] >> ShiftOf(offset));

        public ulong Read64(uint offset)
        {
            if (offset == RegisterOffsets.InvalidationQueueHead)
                Fetch();
            return this[(int)offset];
        }

        public void Write32(uint offset, uint value) => Write(Find(offset), (ulong)value << ShiftOf(offset), (ulong)uint.MaxValue << ShiftOf(offset));

        public void Write64(uint offset, ulong value) => Write(Find(offset), value, ulong.MaxValue);

        // The unit fetches descriptors before its head is read.
        private void Fetch()
        {
            ulong tail = this[RegisterOffsets.InvalidationQueueTail];
            FaultStatusRegister status = new(new Bits64(this[RegisterOffsets.FaultStatus]));
            if (!Fetches || status.InvalidationQueueError || status.InvalidationTimeoutError || this[RegisterOffsets.InvalidationQueueHead] == tail)
                return;
            Fetched(this[RegisterOffsets.InvalidationQueueHead]);
            this[RegisterOffsets.InvalidationQueueHead] = tail;
        }

        private PlacedRegister Find(uint offset) => _file.Find((int)offset)!;

        private int ShiftOf(uint offset) => ((int)offset - Find(offset).Offset) * 8;

        private void Write(PlacedRegister register, ulong value, ulong lanes)
        {
            this[register.Offset] = register.Masks.Write(this[register.Offset], value, lanes);
            if (register.Offset == RegisterOffsets.GlobalCommand)
            {
                Commands++;
                this[RegisterOffsets.GlobalStatus] = value;
            }

            if (register.Offset == RegisterOffsets.ProtectedMemoryEnable && !RegionsStay)
                this[register.Offset] = (value & Enabled) == 0 ? 0 : Enabled | 1;
        }
    }

    /// <summary>A machine with one unit, whose registers belong to the test.</summary>
    private sealed class OneUnit(IPlatform machine, IRegisterBlock registers) : IPlatform, IIommuUnit
    {
        public IPhysicalMemory Memory => machine.Memory;

        public IReadOnlyList<MemoryRange> Ram => machine.Ram;

        public IReadOnlyList<IIommuUnit> Units => [this];

        public IInterruptController Interrupts => machine.Interrupts;

        public IScheduler Scheduler => machine.Scheduler;

        public string Name => "dmar0";

        public IRegisterBlock Registers => registers;

        public IReadOnlyCollection<IPciFunction> Functions => [];

        public IDisposable Subscribe(IPlatformObserver observer) => machine.Subscribe(observer);
    }
}
