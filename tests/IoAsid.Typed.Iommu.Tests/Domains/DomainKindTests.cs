using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Domains of each kind on units of each kind, and what units without coherent walks need.</summary>
public sealed class DomainKindTests
{
    private const ulong Pattern = 0x9898_7676_5454_3232;
    private const ulong Window = 0x40_0000;

    // ECAP bits by which the unit differs: SMPWCS with EAFS, SSTS with NEST, PT.
    private const ulong CoherentWalks = 1UL << 48 | 1UL << 34;
    private const ulong SecondStage = 1UL << 46 | 1UL << 26;
    private const ulong PassThrough = 1UL << 6;
    private const ulong FirstStage = 1UL << 47;

    // CAP bits: FS5LP, SAGAW of 57 bits.
    private const ulong FiveLevels = 1UL << 60;
    private const ulong Width57 = 1UL << 11;

    private static readonly AddressRange Page = new(Window, AddressRange.PageSize);

    [Theory]
    [InlineData(DomainKind.SecondStage, false)]
    [InlineData(DomainKind.FirstStage, false)]
    [InlineData(DomainKind.FirstStage, true)]
    public void What_is_mapped_is_reached_and_what_is_unmapped_is_not(DomainKind kind, bool incoherent) => IommuBench.Run(
        10,
        async bench =>
        {
            DmaDomain domain = bench.Subsystem.CreateDomain("dma", kind: kind);
            ulong frame = bench.Subsystem.Frames.Allocate();
            await domain.MapAsync(Page, frame, MemoryRights.ReadWrite);
            DomainAttachment attachment = await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
            await FillAsync(bench, Window);
            Assert.Equal(Pattern, bench.Machine.PhysicalMemory.ReadUInt64(frame));

            await domain.UnmapAsync(Page);
            bench.Machine.Memory.WriteUInt64(frame, 1);
            await FillAsync(bench, Window);

            Assert.Equal(1UL, bench.Machine.PhysicalMemory.ReadUInt64(frame));
            await attachment.DisposeAsync();
            domain.Free();
            bench.Subsystem.Frames.Free(frame);
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { ExtendedCapabilityToggles = incoherent ? CoherentWalks : 0 });

    [Fact]
    public void A_pass_through_domain_reaches_memory_at_its_own_address() => IommuBench.RunByHand(
        async bench =>
        {
            DmaDomain domain = bench.Subsystem.CreateDomain("all", kind: DomainKind.PassThrough);
            DomainAttachment attachment = await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
            ulong frame = bench.Subsystem.Frames.Allocate();
            await FillAsync(bench, frame);
            Assert.Equal(Pattern, bench.Machine.PhysicalMemory.ReadUInt64(frame));
            Assert.True(domain.TryTranslate(frame, out ulong same));
            Assert.Equal(frame, same);
            Assert.Equal(IommuError.NotPermitted, await Refusals.RefusalAsync(domain.MapAsync(Page, frame, MemoryRights.Read)));
            Assert.Equal(IommuError.NotPermitted, await Refusals.RefusalAsync(domain.UnmapAsync(Page)));
            await attachment.DisposeAsync();
            domain.Free();
            bench.Subsystem.Frames.Free(frame);
            await bench.AssertReclaimedAsync();
        });

    [Theory]
    [InlineData(DomainKind.PassThrough, PassThrough)]
    [InlineData(DomainKind.SecondStage, SecondStage)]
    public void A_kind_that_the_unit_lacks_is_refused(DomainKind kind, ulong lacking) => IommuBench.Run(
        1,
        async bench =>
        {
            DmaDomain domain = bench.Subsystem.CreateDomain("dma", kind: kind);
            Assert.Equal(IommuError.NotSupported, await Refusals.RefusalAsync(IommuSubsystem.AttachAsync(bench.Devices[0], domain)));
            domain.Free();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { ExtendedCapabilityToggles = lacking });

    [Theory]
    [InlineData(AddressWidth.Bits48, 0UL, 0UL, true)]
    [InlineData(AddressWidth.Bits48, FirstStage, 0UL, false)]
    [InlineData(AddressWidth.Bits57, 0UL, FiveLevels, true)]
    [InlineData(AddressWidth.Bits57, 0UL, 0UL, false)]
    public void First_stage_tables_need_their_levels(AddressWidth width, ulong lacking, ulong having, bool isSupported)
    {
        EmulatedMachine machine = new(new MachineOptions { Ram = [new MemoryRange(0, 0x100_0000)] });
        FrameAllocator frames = new(machine.Memory, machine.Ram);
        FirstStageTables tables = new(machine.Memory, frames, width, hugePages: false, presetsAccessedDirty: false, setsAddressWidth: false);
        Assert.Equal(isSupported, tables.IsSupportedBy(new VtdCapabilities(IommuBench.Capability & ~FiveLevels | having, IommuBench.ExtendedCapability & ~lacking, 48)));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new FirstStageTables(machine.Memory, frames, AddressWidth.Bits39, hugePages: false, presetsAccessedDirty: false, setsAddressWidth: false));
    }

    [Theory]
    [InlineData(AddressWidth.Bits48, true)]
    [InlineData(AddressWidth.Bits57, false)]
    public void Pass_through_needs_a_width_of_the_unit(AddressWidth width, bool isSupported) =>
        Assert.Equal(isSupported, new PassThroughTables(width).IsSupportedBy(new VtdCapabilities(IommuBench.Capability & ~Width57, IommuBench.ExtendedCapability, 48)));

    [Theory]
    [InlineData(false, MemoryRights.ReadWrite, false, false)]
    [InlineData(true, MemoryRights.ReadWrite, true, true)]
    [InlineData(true, MemoryRights.Read, true, false)]
    public void Accessed_and_dirty_are_preset_where_they_have_to_be(bool presets, MemoryRights rights, bool accessed, bool dirty)
    {
        FirstStageFormat format = new(presets);
        FirstStageEntry leaf = new(format.Leaf(0x1000, 1, rights));
        Assert.Equal((accessed, dirty, accessed), (leaf.Accessed, leaf.Dirty, new FirstStageEntry(format.Link(0x2000)).Accessed));
        Assert.Equal(presets, new FirstStageEntry(format.WithRights(leaf.Bits, MemoryRights.ReadWrite)).Dirty);
    }

    /// <summary>Without ECAP.SMPWCS the unit refuses an access that must set A or D (90h).</summary>
    [Fact]
    public void Processes_work_on_a_unit_that_cannot_set_accessed_and_dirty_bits() => IommuBench.Run(
        10,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
            Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[0], bond, 0, 8, Pattern)).Status);
            AddressRange first = new(process.Data, AddressRange.PageSize);
            await process.Memory.ProtectAsync(first, MemoryRights.Read);
            await process.Memory.ProtectAsync(first, MemoryRights.ReadWrite);
            Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[0], bond, 0, 1, ~Pattern)).Status);
            Assert.Equal(~Pattern, await process.WordAsync(0));
            Assert.Empty(bench.Faults);

            ProcessAddressSpace plain = new(bench.Machine.Memory, bench.Subsystem.Frames, "without presets");
            Assert.Equal(IommuError.NotSupported, await Refusals.RefusalAsync(bench.Subsystem.Sva.BindAsync(bench.Devices[0], plain)));
            await plain.ExitAsync();
            await bench.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { ExtendedCapabilityToggles = CoherentWalks });

    [Theory]
    [InlineData(true, false, AddressWidth.Bits48)]
    [InlineData(true, true, AddressWidth.Bits48)]
    [InlineData(false, false, AddressWidth.Invalid)]
    [InlineData(false, true, AddressWidth.Bits48)]
    public void The_address_width_of_a_first_stage_entry_is_set_where_it_is_a_field(bool secondStage, bool quirk, AddressWidth expected)
    {
        VtdCapabilities capabilities = new(IommuBench.Capability, IommuBench.ExtendedCapability ^ (secondStage ? 0 : SecondStage), 48);
        PasidEntry entry = FirstStageEntries.Create(capabilities, 0x1000, hasFiveLevels: false, DomainIds.FirstStage, quirk);
        Assert.Equal(expected, entry.AddressWidth);
        Assert.Equal(quirk && !secondStage, entry.Bits.Intersects(PasidEntry.ReservedMask(capabilities)));
    }

    private static async Task FillAsync(IommuBench bench, ulong address)
    {
        bench.Drivers[0].Post(IommuBench.PlainQueue, new DmaDescriptor { Operation = DmaOperation.Fill, Destination = address, Length = 64, Operand = Pattern });
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
    }
}
