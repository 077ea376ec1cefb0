using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Domains of each kind on units of each kind, and the requirements of units without coherent walks.</summary>
public sealed class DomainKindTests
{
    private const ulong Pattern = 0x9898_7676_5454_3232;
    private const ulong Window = 0x40_0000;

    // The ECAP bits that are inverted: SMPWCS with EAFS, SSTS with NEST, PT.
    private const ulong CoherentWalks = 1UL << 48 | 1UL << 34;
    private const ulong SecondStage = 1UL << 46 | 1UL << 26;
    private const ulong PassThrough = 1UL << 6;
    private const ulong FirstStage = 1UL << 47;

    // The CAP bits that are inverted: FS5LP, SAGAW of 57 bits.
    private const ulong FiveLevels = 1UL << 60;
    private const ulong Width57 = 1UL << 11;

    private static readonly AddressRange Page = new(Window, AddressRange.PageSize);

    [Theory]
    [InlineData(DomainKind.SecondStage, false)]
    [InlineData(DomainKind.FirstStage, false)]
    [InlineData(DomainKind.FirstStage, true)]
    public void Only_mapped_addresses_are_reached(DomainKind kind, bool incoherent) => IommuFixture.Run(
        10,
        async fixture =>
        {
            DmaDomain domain = fixture.Subsystem.CreateDomain("dma", kind: kind);
            ulong frame = fixture.Subsystem.Frames.Allocate();
            await domain.MapAsync(Page, frame, MemoryRights.ReadWrite);
            DomainAttachment attachment = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
            await FillAsync(fixture, Window);
            Assert.Equal(Pattern, fixture.Machine.PhysicalMemory.ReadUInt64(frame));

            await domain.UnmapAsync(Page);
            fixture.Machine.Memory.WriteUInt64(frame, 1);
            await FillAsync(fixture, Window);

            Assert.Equal(1UL, fixture.Machine.PhysicalMemory.ReadUInt64(frame));
            await attachment.DisposeAsync();
            domain.Free();
            fixture.Subsystem.Frames.Free(frame);
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { ExtendedCapabilityToggles = incoherent ? CoherentWalks : 0 });

    [Fact]
    public void A_pass_through_domain_reaches_memory_at_its_own_address() => IommuFixture.RunByHand(
        async fixture =>
        {
            DmaDomain domain = fixture.Subsystem.CreateDomain("all", kind: DomainKind.PassThrough);
            DomainAttachment attachment = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
            ulong frame = fixture.Subsystem.Frames.Allocate();
            await FillAsync(fixture, frame);
            Assert.Equal(Pattern, fixture.Machine.PhysicalMemory.ReadUInt64(frame));
            Assert.True(domain.TryTranslate(frame, out ulong same));
            Assert.Equal(frame, same);
            Assert.Equal(IommuError.NotPermitted, await Refusals.RefusalAsync(domain.MapAsync(Page, frame, MemoryRights.Read)));
            Assert.Equal(IommuError.NotPermitted, await Refusals.RefusalAsync(domain.UnmapAsync(Page)));
            await attachment.DisposeAsync();
            domain.Free();
            fixture.Subsystem.Frames.Free(frame);
            await fixture.AssertReclaimedAsync();
        });

    [Theory]
    [InlineData(DomainKind.PassThrough, PassThrough)]
    [InlineData(DomainKind.SecondStage, SecondStage)]
    public void A_kind_that_the_unit_lacks_is_refused(DomainKind kind, ulong lacking) => IommuFixture.Run(
        1,
        async fixture =>
        {
            DmaDomain domain = fixture.Subsystem.CreateDomain("dma", kind: kind);
            Assert.Equal(IommuError.NotSupported, await Refusals.RefusalAsync(IommuSubsystem.AttachAsync(fixture.Devices[0], domain)));
            domain.Free();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { ExtendedCapabilityToggles = lacking });

    [Theory]
    [InlineData(AddressWidth.Bits48, 0UL, 0UL, true)]
    [InlineData(AddressWidth.Bits48, FirstStage, 0UL, false)]
    [InlineData(AddressWidth.Bits57, 0UL, FiveLevels, true)]
    [InlineData(AddressWidth.Bits57, 0UL, 0UL, false)]
    public void First_stage_tables_need_a_unit_that_walks_their_levels(AddressWidth width, ulong lacking, ulong having, bool isSupported)
    {
        EmulatedMachine machine = new(new MachineOptions { Ram = [new MemoryRange(0, 0x100_0000)] });
        FrameAllocator frames = new(machine.Memory, machine.Ram);
        FirstStageTables tables = new(machine.Memory, frames, width, hugePages: false, presetsAccessedDirty: false, setsAddressWidth: false);
        Assert.Equal(isSupported, tables.IsSupportedBy(new VtdCapabilities(IommuFixture.Capability & ~FiveLevels | having, IommuFixture.ExtendedCapability & ~lacking, 48)));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new FirstStageTables(machine.Memory, frames, AddressWidth.Bits39, hugePages: false, presetsAccessedDirty: false, setsAddressWidth: false));
    }

    [Theory]
    [InlineData(AddressWidth.Bits48, true)]
    [InlineData(AddressWidth.Bits57, false)]
    public void Pass_through_needs_a_width_of_the_unit(AddressWidth width, bool isSupported) =>
        Assert.Equal(isSupported, new PassThroughTables(width).IsSupportedBy(new VtdCapabilities(IommuFixture.Capability & ~Width57, IommuFixture.ExtendedCapability, 48)));

    [Theory]
    [InlineData(false, MemoryRights.ReadWrite, false, false)]
    [InlineData(true, MemoryRights.ReadWrite, true, true)]
    [InlineData(true, MemoryRights.Read, true, false)]
    public void Accessed_and_dirty_are_preset_for_incoherent_walks(bool presets, MemoryRights rights, bool accessed, bool dirty)
    {
        FirstStageFormat format = new(presets);
        FirstStageEntry leaf = new(format.Leaf(0x1000, 1, rights));
        Assert.Multiple(
            () => Assert.Equal(accessed, leaf.Accessed),
            () => Assert.Equal(dirty, leaf.Dirty),
            () => Assert.Equal(accessed, new FirstStageEntry(format.Link(0x2000)).Accessed));
        Assert.Equal(presets, new FirstStageEntry(format.WithRights(leaf.Bits, MemoryRights.ReadWrite)).Dirty);
    }

    /// <summary>Without ECAP.SMPWCS the unit refuses an access that must set A or D (90h).</summary>
    [Fact]
    public void Processes_work_on_a_unit_that_cannot_set_accessed_and_dirty_bits() => IommuFixture.Run(
        10,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
            Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], bond, 0, 8, Pattern)).Status);
            AddressRange first = new(process.Data, AddressRange.PageSize);
            await process.Memory.ProtectAsync(first, MemoryRights.Read);
            await process.Memory.ProtectAsync(first, MemoryRights.ReadWrite);
            Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], bond, 0, 1, ~Pattern)).Status);
            Assert.Equal(~Pattern, await process.WordAsync(0));
            Assert.Empty(fixture.Faults);

            ProcessAddressSpace plain = new(fixture.Machine.Memory, fixture.Subsystem.Frames, "without presets");
            Assert.Equal(IommuError.NotSupported, await Refusals.RefusalAsync(fixture.Subsystem.BindAsync(fixture.Devices[0], plain)));
            await plain.ExitAsync();
            await fixture.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { ExtendedCapabilityToggles = CoherentWalks });

    [Theory]
    [InlineData(true, false, AddressWidth.Bits48)]
    [InlineData(true, true, AddressWidth.Bits48)]
    [InlineData(false, false, AddressWidth.Invalid)]
    [InlineData(false, true, AddressWidth.Bits48)]
    public void The_address_width_of_a_first_stage_entry_follows_the_unit(bool secondStage, bool quirk, AddressWidth expected)
    {
        VtdCapabilities capabilities = new(IommuFixture.Capability, IommuFixture.ExtendedCapability ^ (secondStage ? 0 : SecondStage), 48);
        PasidEntry entry = FirstStageEntries.Create(capabilities, 0x1000, hasFiveLevels: false, DomainIds.FirstStage, quirk);
        Assert.Equal(expected, entry.AddressWidth);
        Assert.Equal(quirk && !secondStage, entry.Bits.Intersects(PasidEntry.ReservedMask(capabilities)));
    }

    private static async Task FillAsync(IommuFixture fixture, ulong address)
    {
        fixture.Drivers[0].Post(IommuFixture.PlainQueue, new DmaDescriptor { Operation = DmaOperation.Fill, Destination = address, Length = 64, Operand = Pattern });
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
    }
}
