using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A unit is taken over from whatever state an earlier owner left it in.</summary>
public sealed class TakeOverTests
{
    private const ulong Enabled = 1UL << 31;
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
        },
        ["a recorded fault"] = async (bench, _, _) =>
        {
            // A translation request is refused without a record.
            (bench.Engines[0].Pri!.Enabled, bench.Engines[0].Ats!.Enabled) = (false, false);
            bench.Drivers[0].Post(IommuBench.PlainQueue, new DmaDescriptor { Operation = DmaOperation.Fill, Destination = 0x1000, Length = 64 });
            await UntilAsync(bench, () => Status(bench).PrimaryPendingFault);
        },
    };

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
                    if ((register.OneToClearMask >> bit & 1) != 0)
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

    private static void Run(Func<LeftRegisters, UnitTakeOver, Task> test)
    {
        EmulatedMachine machine = new(new MachineOptions { Ram = [new MemoryRange(0, 0x100_0000)] });
        LeftRegisters left = new();
        UnitRegisters registers = new(left);
        machine.Run(() => test(left, new UnitTakeOver(registers, new GlobalCommands("dmar0", registers, machine.Scheduler), Everything)));
    }

    /// <summary>Registers as an earlier owner left them: the access kinds are the architecture's, and commands are carried out at once.</summary>
    private sealed class LeftRegisters : IRegisterBlock
    {
        private readonly RegisterFile _file = new(Everything);
        private readonly Dictionary<int, ulong> _values = [];

        /// <summary>The number of global commands.</summary>
        public int Commands { get; private set; }

        public ulong this[int offset]
        {
            get => _values.GetValueOrDefault(offset);
            set => _values[offset] = value;
        }

        public uint Read32(uint offset) => (uint)(this[Find(offset).Offset] >> ShiftOf(offset));

        public ulong Read64(uint offset) => this[(int)offset];

        public void Write32(uint offset, uint value) => Write(Find(offset), (ulong)value << ShiftOf(offset), (ulong)uint.MaxValue << ShiftOf(offset));

        public void Write64(uint offset, ulong value) => Write(Find(offset), value, ulong.MaxValue);

        private PlacedRegister Find(uint offset) => _file.Find((int)offset)!;

        private int ShiftOf(uint offset) => ((int)offset - Find(offset).Offset) * 8;

        private void Write(PlacedRegister register, ulong value, ulong lanes)
        {
            this[register.Offset] = register.Write(this[register.Offset], value, lanes);
            if (register.Offset == RegisterOffsets.GlobalCommand)
            {
                Commands++;
                this[RegisterOffsets.GlobalStatus] = value;
            }

            if (register.Offset == RegisterOffsets.ProtectedMemoryEnable)
                this[register.Offset] = (value & Enabled) == 0 ? 0 : Enabled | 1;
        }
    }
}
