using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A unit is taken over from whatever state an earlier owner left it in.</summary>
public sealed class TakeOverTests
{
    private const ulong Enabled = 1UL << 31;
    private const ulong LowRegion = 1UL << 5;
    private const ulong HighRegion = 1UL << 6;
    private const ulong PageRequests = 1UL << 29;
    private const ulong PageRequestDrain = 1UL << 42;
    private const ulong Pattern = 0x1212_3434_5656_7878;

    // Eight fault records, protected memory regions, an advanced fault log and interrupt remapping.
    private static readonly VtdCapabilities Everything =
        new(IommuBench.Capability | 7UL << 40 | 1UL << 3 | 1UL << 5 | 1UL << 6, IommuBench.ExtendedCapability | 1UL << 3, 48);

    private static readonly Dictionary<string, Func<IommuBench, SvaBond, TestProcess, Task>> Endings = new()
    {
        ["a queue error"] = async (bench, _, _) => await RefuseDescriptorAsync(bench),
        ["an invalidation time-out"] = async (bench, bond, process) =>
        {
            bench.Engines[0].Misbehaviour = DeviceMisbehaviour.IgnoresInvalidation;
            _ = process.Memory.UnmapAsync(new AddressRange(process.Data, AddressRange.PageSize)).AsTask();
            await UntilAsync(bench, () => Status(bench).InvalidationTimeoutError);
            bench.Engines[0].Misbehaviour = DeviceMisbehaviour.None;
        },
        ["a pending page request"] = async (bench, bond, process) =>
        {
            await bench.Drivers[0].SubmitAsync(IommuBench.SharedQueue, bond.Pasid, process.Fill(20, 1, Pattern));
            await UntilAsync(bench, () => PageRequestStatus(bench).PendingPageRequest);
        },
        ["a page request overflow"] = async (bench, bond, process) =>
        {
            for (int job = 0; job < 16 && !PageRequestStatus(bench).PageRequestOverflow; job++)
            {
                DmaEngineDriver driver = bench.Drivers[job % bench.Drivers.Count];
                await driver.SubmitAsync(IommuBench.SharedQueue, bond.Pasid, process.Fill(16 * (job / bench.Drivers.Count), 16, Pattern));
            }

            await UntilAsync(bench, () => PageRequestStatus(bench).PageRequestOverflow);
            // The unit answers with success by itself, so the devices would ask again and again until they are reset.
            foreach (EmulatedDmaEngine engine in bench.Engines)
                engine.BusMasterEnabled = false;
        },
        ["a recorded fault"] = async (bench, _, _) =>
        {
            // A translation request is refused without a record.
            (bench.Engines[0].Pri!.Enabled, bench.Engines[0].Ats!.Enabled) = (false, false);
            bench.Drivers[0].Post(IommuBench.PlainQueue, new DmaDescriptor { Operation = DmaOperation.Fill, Destination = 0x1000, Length = 64 });
            await UntilAsync(bench, () => Status(bench).PrimaryPendingFault);
        },
    };

    /// <summary>The state in which an invalidation queue was left.</summary>
    public enum Stop
    {
        Empty,
        Busy,
        QueueError,
        Timeout,
    }

    public static TheoryData<string> EndingNames => [.. Endings.Keys];

    /// <summary>Each bit of the architecture that stays until software writes a one to it.</summary>
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
                        bits.Add($"{register.Description.Name}{register.Index}", register.Offset, bit);
                }
            }

            return bits;
        }
    }

    [Theory]
    [MemberData(nameof(StickyBits))]
    public void Each_bit_that_stays_until_it_is_cleared_is_cleared(string name, int offset, int bit) => Run(async (registers, takeOver) =>
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

    /// <summary>A queue is disabled when it is empty and ended with a wait; QEMU ignores the command otherwise.</summary>
    [Theory]
    [InlineData(true, 0xFE0UL, Stop.QueueError)]
    [InlineData(true, 0x40UL, Stop.Timeout)]
    [InlineData(false, 0x40UL, Stop.QueueError)]
    [InlineData(true, 0x40UL, Stop.Empty)]
    [InlineData(true, 0x40UL, Stop.Busy)]
    public void A_queue_ends_with_a_wait_and_its_memory_is_as_before(bool wide, ulong head, Stop stop) => Run(async (registers, takeOver, machine) =>
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
    public void A_queue_that_lies_nowhere_is_disabled() => Run(async (registers, takeOver) =>
    {
        registers[RegisterOffsets.GlobalStatus] = 1UL << 26;
        registers[RegisterOffsets.InvalidationQueueAddress] = new InvalidationQueueAddressRegister { Queue = 0x7000_0000 }.Bits.Value;
        await takeOver.RunAsync();
        Assert.Equal(0UL, registers[RegisterOffsets.GlobalStatus]);
    });

    [Fact]
    public void Protected_memory_is_opened_and_events_are_masked() => Run(async (registers, takeOver) =>
    {
        registers[RegisterOffsets.ProtectedMemoryEnable] = Enabled | 1;
        await takeOver.RunAsync();
        Assert.Equal((0UL, 0), (registers[RegisterOffsets.ProtectedMemoryEnable], registers.Commands));
        Assert.All(
            (int[])[RegisterOffsets.FaultEventControl, RegisterOffsets.InvalidationEventControl, RegisterOffsets.PageRequestEventControl],
            control => Assert.Equal(Enabled, registers[control]));
    });

    /// <summary>Registers that a unit does not have are not written: here a write to one ends the test.</summary>
    [Theory]
    [InlineData(0UL, false)]
    [InlineData(LowRegion, true)]
    [InlineData(HighRegion, true)]
    public void A_unit_is_asked_for_what_it_has(ulong regions, bool hasRegions) => Run(
        async (registers, takeOver) =>
        {
            registers[RegisterOffsets.ProtectedMemoryEnable] = hasRegions ? Enabled | 1 : 0;
            await takeOver.RunAsync();
            Assert.Equal(0UL, registers[RegisterOffsets.ProtectedMemoryEnable]);
        },
        new VtdCapabilities(IommuBench.Capability & ~(LowRegion | HighRegion) | regions, IommuBench.ExtendedCapability & ~(PageRequests | PageRequestDrain), 48));

    [Fact]
    public void A_unit_whose_memory_stays_protected_does_not_work() => Run(async (registers, takeOver) =>
    {
        registers.RegionsStay = true;
        registers[RegisterOffsets.ProtectedMemoryEnable] = Enabled | 1;
        Assert.Equal(IommuError.DeviceGone, await Refusals.RefusalAsync(takeOver.RunAsync()));
    });

    [Fact]
    public void A_unit_that_never_starts_is_given_up_at_once() => IommuBench.RunByHand(
        async bench =>
        {
            ScriptedRegisters registers = new()
            {
                [RegisterOffsets.Capability] = IommuBench.Capability,
                [RegisterOffsets.ExtendedCapability] = IommuBench.ExtendedCapability,
            };
            long start = bench.Machine.Scheduler.Clock.GetTimestamp();
            Assert.Equal(IommuError.DeviceGone, await Refusals.RefusalAsync(IommuSubsystem.StartAsync(new OneUnit(bench.Machine, registers))));
            Assert.True(bench.Machine.Scheduler.Clock.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
        },
        new BenchOptions { Devices = 0 });

    [Theory]
    [MemberData(nameof(EndingNames))]
    public void The_next_system_works_after(string ending)
    {
        for (ulong seed = 0; seed < 2; seed++)
        {
            IommuBench bench = new(seed, BenchOptions.Overflowing);
            bench.Machine.Run(async () =>
            {
                await bench.StartAsync();
                TestProcess process = bench.CreateProcess("past");
                List<SvaBond> bonds = await bench.BindAllAsync(process);
                await process.FillAsync(bench.Drivers[0], bonds[0], 0, 1, Pattern);
                // The system no longer listens.
                foreach (int control in (int[])[RegisterOffsets.FaultEventControl, RegisterOffsets.PageRequestEventControl])
                    bench.Machine.Units[0].Registers.Write32((uint)control, (uint)new EventControlRegister { InterruptMask = true }.Bits.Value);
                await Endings[ending](bench, bonds[0], process);

                await bench.RestartAsync();

                TestProcess present = bench.CreateProcess("present");
                SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], present.Memory);
                Assert.Equal(DmaStatus.Success, (await present.FillAsync(bench.Drivers[0], bond, 0, 8, ~Pattern)).Status);
                Assert.Equal(~Pattern, await present.WordAsync(7));
                await present.Memory.UnmapAsync(new AddressRange(present.Data, AddressRange.PageSize));
                await bench.UnbindAllAsync([bond]);
                await present.Memory.ExitAsync();
                Assert.Equal(new VtdDriverStatistics(bench.Subsystem.Units[0].Statistics.Invalidations, 0, 0, 0, 0), bench.Subsystem.Units[0].Statistics);
                Assert.Empty(bench.Faults);
                await bench.AssertReclaimedAsync();
            });
        }
    }

    private static async Task RefuseDescriptorAsync(IommuBench bench)
    {
        bench.Subsystem.Units[0].Invalidations.Post(new Bits256(0xF, 0, 0, 0));
        await UntilAsync(bench, () => Status(bench).InvalidationQueueError);
    }

    private static async Task UntilAsync(IommuBench bench, Func<bool> condition) =>
        Assert.True(await bench.Machine.Scheduler.WaitUntil(condition, TimeSpan.FromSeconds(1)));

    private static FaultStatusRegister Status(IommuBench bench) => new(new Bits64(bench.Machine.Units[0].Registers.Read32(RegisterOffsets.FaultStatus)));

    private static PageRequestStatusRegister PageRequestStatus(IommuBench bench) =>
        new(new Bits64(bench.Machine.Units[0].Registers.Read32(RegisterOffsets.PageRequestStatus)));

    private static void Run(Func<LeftRegisters, UnitTakeOver, Task> test, VtdCapabilities? capabilities = null) =>
        Run((registers, takeOver, _) => test(registers, takeOver), capabilities);

    private static void Run(Func<LeftRegisters, UnitTakeOver, IPlatform, Task> test, VtdCapabilities? unit = null)
    {
        VtdCapabilities capabilities = unit ?? Everything;
        EmulatedMachine machine = new(new MachineOptions { Ram = [new MemoryRange(0, 0x100_0000)] });
        LeftRegisters left = new(capabilities);
        UnitRegisters registers = new(left);
        machine.Run(() => test(left, new UnitTakeOver(registers, new GlobalCommands("dmar0", registers, machine.Scheduler), capabilities, machine), machine));
    }

    /// <summary>Registers as an earlier owner left them: the access kinds are the architecture's, and commands are carried out at once.</summary>
    private sealed class LeftRegisters(VtdCapabilities capabilities) : IRegisterBlock
    {
        private readonly RegisterFile _file = new(capabilities);
        private readonly Dictionary<int, ulong> _values = [];

        /// <summary>Takes the place of each descriptor that the unit fetches.</summary>
        public Action<ulong> Fetched { get; set; } = _ => { };

        /// <summary>Whether the unit fetches descriptors.</summary>
        public bool Fetches { get; set; } = true;

        /// <summary>Whether the unit ignores that protected memory is opened.</summary>
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

        // The unit fetches what it can before its head is read.
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

    /// <summary>A machine whose only unit has registers of the test.</summary>
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
