using System.Globalization;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Iommu;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>The same driver in the same scenario on QEMU's unit and on the emulated unit. All writes, faults and words in memory are compared.</summary>
public sealed class TwoUnitsTests
{
    private const ulong Page = AddressRange.PageSize;
    private const ulong Window = 0x40_0000;

    [Theory]
    [Trait("needs", "QEMU")]
    [MemberData(nameof(ScenarioTests.Units), MemberType = typeof(ScenarioTests))]
    public void Both_units_do_the_same(string unit) => Compare(unit, ChangePagesAsync);

    [Fact]
    [Trait("needs", "QEMU")]
    public void Both_units_do_the_same_without_translation() => Compare("scalable-mode=on,aw-bits=48", PassThroughAsync);

    [Fact]
    public void Each_known_difference_is_explained() => Assert.All(KnownDifference.All, known =>
    {
        Assert.NotEqual(known.Qemu, known.Emulated);
        Assert.NotEmpty(known.Rule);
        Assert.Matches(@"^\d+(\.\d+)+", known.Specification);
    });

    [Theory]
    [InlineData("a b c", "a b c", "")]
    [InlineData("a b c", "a c", "b/-")]
    [InlineData("a c", "a b c", "-/b")]
    [InlineData("a x=1 c", "a x=2 c", "x=1/x=2")]
    [InlineData("a x:1 c", "a y:1 x:2 c", "x:1/x:2 -/y:1")]
    [InlineData("a x c", "a y c", "x/- -/y")]
    [InlineData("a", "", "a/-")]
    public void Traces_are_aligned(string left, string right, string differences) => Assert.Equal(
        differences,
        string.Join(' ', TraceAlignment.Align(Words(left), Words(right)).Where(pair => pair.Left != pair.Right).Select(pair => $"{pair.Left ?? "-"}/{pair.Right ?? "-"}")));

    [Fact]
    public void A_recorder_names_registers_and_passes_everything_on()
    {
        using EmulatedTestMachine machine = new(new BareModel());
        TraceRecorder recorder = new(machine.Platform, machine.Capabilities);
        machine.Run(() =>
        {
            recorder.Units[0].Registers.Write64(RegisterOffsets.RootTableAddress, 0x1000);
            recorder.Units[0].Registers.Write32(RegisterOffsets.RootTableAddress + 4, 1);
            recorder.Memory.WriteUInt64(0x10_0000, 5);
            recorder.Memory.Write(0x10_0008, new byte[4]);
            Assert.Equal(5UL, recorder.Memory.CompareExchange(0x10_0000, 5, 6));
            Assert.Equal(6UL, machine.Platform.Memory.ReadUInt64(0x10_0000));
            Assert.Equal(0x1_0000_1000UL, recorder.Units[0].Registers.Read64(RegisterOffsets.RootTableAddress));
            return Task.CompletedTask;
        });
        Assert.Equal(
            [
                "write RTADDR = 0x1000",
                "write RTADDR+4 = 0x1",
                "write 0x100000 = 0x0000000000000005",
                "write 0x100008: 4 bytes, zeros",
                "exchange 0x100000: 0x0000000000000005, 0x0000000000000006",
            ],
            recorder.Lines);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs a scenario on both units, and requires that each difference is known.</summary>
    private static void Compare(string unit, Func<Lab, TraceRecorder, Task> scenario)
    {
        using QemuMachine qemu = new(unit);
        using EmulatedTestMachine emulated = new(qemu);
        IReadOnlyList<string> there = Record(qemu, scenario);
        IReadOnlyList<string> here = Record(emulated, scenario);

        List<string> unexplained = [];
        foreach ((string? theirs, string? ours) in TraceAlignment.Align(there, here))
        {
            if (theirs != ours && !KnownDifference.All.Any(known => known.Explains(theirs, ours)))
                unexplained.Add($"QEMU: {theirs ?? "-"} | emulated: {ours ?? "-"}");
        }

        Assert.True(unexplained.Count == 0, string.Join(Environment.NewLine, [$"{unexplained.Count} of {there.Count} lines differ:", .. unexplained.Take(20)]));
    }

    private static IReadOnlyList<string> Record(ITestMachine machine, Func<Lab, TraceRecorder, Task> scenario)
    {
        TraceRecorder recorder = new(machine.Platform, machine.Capabilities);
        machine.Run(async () =>
        {
            Lab lab = await Lab.StartAsync(machine, recorder);
            await scenario(lab, recorder);
            await lab.Subsystem.DisposeAsync();
        });
        return recorder.Lines;
    }

    private static async Task ChangePagesAsync(Lab lab, TraceRecorder recorder)
    {
        DmaDomain domain = lab.CreateDomain("dma");
        ulong frame = lab.Subsystem.Frames.AllocateContiguous(2);
        await AccessAsync(lab, recorder, "nothing is attached", Window, frame);
        await using DomainAttachment attachment = await IommuSubsystem.AttachAsync(lab.Devices[0], domain);
        await AccessAsync(lab, recorder, "nothing is mapped", Window, frame);
        await domain.MapAsync(new AddressRange(Window, 2 * Page), frame, MemoryRights.ReadWrite);
        await AccessAsync(lab, recorder, "mapped", Window, frame);
        await domain.MapAsync(new AddressRange(2 * Window, Page), frame, MemoryRights.Read);
        await AccessAsync(lab, recorder, "mapped for reading", 2 * Window, frame);
        await domain.UnmapAsync(new AddressRange(Window, Page));
        await AccessAsync(lab, recorder, "unmapped", Window, frame);
        await AccessAsync(lab, recorder, "its neighbour", Window + Page, frame + Page);
        ulong large = frame & ~((2UL << 20) - 1);
        await domain.MapAsync(new AddressRange(64UL << 20, 2UL << 20), large, MemoryRights.ReadWrite);
        await AccessAsync(lab, recorder, "a large page", (64UL << 20) + (frame - large), frame);
        await domain.UnmapAsync(new AddressRange(64UL << 20, Page));
        await AccessAsync(lab, recorder, "a large page that was split", (64UL << 20) + (frame - large), frame);
        await AccessAsync(lab, recorder, "beyond the width", 1UL << 57, frame);
        await attachment.DisposeAsync();
        await AccessAsync(lab, recorder, "detached", Window + Page, frame + Page);
        await lab.Devices[0].DisposeAsync();
        await AccessAsync(lab, recorder, "disposed", Window + Page, frame + Page);
    }

    private static async Task PassThroughAsync(Lab lab, TraceRecorder recorder)
    {
        DmaDomain domain = lab.CreateDomain("all", DomainKind.PassThrough);
        ulong frame = lab.Subsystem.Frames.Allocate();
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(lab.Devices[0], domain);
        await AccessAsync(lab, recorder, "pass-through, attached", frame, frame);
        await attachment.DisposeAsync();
        await AccessAsync(lab, recorder, "pass-through, detached", frame, frame);
        await lab.Devices[0].DisposeAsync();
        await AccessAsync(lab, recorder, "pass-through, device disposed", frame, frame);
    }

    private static async Task AccessAsync(Lab lab, TraceRecorder recorder, string step, ulong address, ulong physical)
    {
        recorder.Note($"step: {step}");
        lab.Faults.Clear();
        bool reaches = await lab.ReachesAsync(0, address, physical);
        recorder.Note($"{step}: {(reaches ? "reached" : "refused")}");
        foreach (DmaFault fault in lab.Faults)
            recorder.Note(string.Create(CultureInfo.InvariantCulture, $"{step}: fault {(int)fault.Reason:X}h, {fault.Type}, 0x{fault.Address:X}, {fault.Requester}, PASID {fault.Pasid}"));
    }

    /// <summary>The capabilities of an emulated machine if QEMU is not available.</summary>
    private sealed class BareModel : ITestMachine, IPlatform
    {
        public IPlatform Platform => this;

        public VtdCapabilities Capabilities => VtdCapabilities.Everything;

        public int HostAddressWidth => VtdCapabilities.Everything.HostAddressWidth;

        public bool NeedsFirstStageAddressWidth => false;

        public IReadOnlyList<IProbe> Probes => [];

        public IPhysicalMemory Memory => throw new NotSupportedException();

        public IReadOnlyList<MemoryRange> Ram => [new(0, 0x100_0000)];

        public IReadOnlyList<IIommuUnit> Units => [];

        public IInterruptController Interrupts => throw new NotSupportedException();

        public IScheduler Scheduler => throw new NotSupportedException();

        public IDisposable Subscribe(IPlatformObserver observer) => throw new NotSupportedException();

        public void Run(Func<Task> work) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
