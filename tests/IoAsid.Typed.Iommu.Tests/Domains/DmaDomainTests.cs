using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Domains for requests without PASID. Mapped memory is reached, and unmapped memory is free for others.</summary>
public sealed class DmaDomainTests
{
    private const int Seeds = 15;
    private const ulong Pattern = 0x7777_8888_9999_AAAA;
    private const ulong Window = 0x40_0000;

    [Fact]
    public void A_mapping_works_until_the_unmap_and_then_the_frame_is_free() => IommuFixture.Run(Seeds, async fixture =>
    {
        DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
        ulong frame = fixture.Subsystem.Frames.Allocate();
        AddressRange page = new(Window, AddressRange.PageSize);
        await domain.MapAsync(page, frame, MemoryRights.ReadWrite);
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
        await FillAsync(fixture, Pattern);
        Assert.Equal(Pattern, fixture.Machine.PhysicalMemory.ReadUInt64(frame));

        for (int job = 0; job < 4; job++)
            fixture.Drivers[0].Post(IommuFixture.PlainQueue, Fill(0));
        await domain.UnmapAsync(page);
        fixture.Machine.Memory.WriteUInt64(frame, Pattern);
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));

        Assert.Equal(Pattern, fixture.Machine.PhysicalMemory.ReadUInt64(frame));
        await attachment.DisposeAsync();
        await attachment.DisposeAsync();
        domain.Free();
        fixture.Subsystem.Frames.Free(frame);
        await fixture.AssertReclaimedAsync();
    });

    /// <summary>A translation that a unit cached of a freed table must not lead a device to the memory of the table's next user.</summary>
    [Fact]
    public void A_page_that_is_mapped_again_is_reached_through_its_new_tables() => IommuFixture.Run(Seeds, async fixture =>
    {
        DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
        ulong[] frames = [fixture.Subsystem.Frames.Allocate(), fixture.Subsystem.Frames.Allocate()];
        AddressRange page = new(Window, AddressRange.PageSize);
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
        await domain.MapAsync(page, frames[0], MemoryRights.ReadWrite);
        await FillAsync(fixture, Pattern);
        await domain.UnmapAsync(page);

        // The frames of the old tables are reused.
        ulong used = fixture.Subsystem.Frames.Allocate();
        await domain.MapAsync(page, frames[1], MemoryRights.ReadWrite);
        await FillAsync(fixture, ~Pattern);

        Assert.Equal([Pattern, ~Pattern], frames.Select(frame => fixture.Machine.PhysicalMemory.ReadUInt64(frame)));
        await attachment.DisposeAsync();
        domain.Free();
        foreach (ulong frame in (ulong[])[.. frames, used])
            fixture.Subsystem.Frames.Free(frame);
        await fixture.AssertReclaimedAsync();
    });

    private static readonly Dictionary<string, Func<IommuFixture, DmaDomain, Task>> Uses = new()
    {
        ["map"] = async (_, domain) => await domain.MapAsync(new AddressRange(Window, AddressRange.PageSize), 0x9000, MemoryRights.Read),
        ["unmap"] = async (_, domain) => await domain.UnmapAsync(new AddressRange(Window, AddressRange.PageSize)),
        ["translate"] = (_, domain) => Task.FromResult(domain.TryTranslate(Window, out ulong _)),
        ["attach"] = async (fixture, domain) => await IommuSubsystem.AttachAsync(fixture.Devices[0], domain),
    };

    [Theory]
    [InlineData("map")]
    [InlineData("unmap")]
    [InlineData("translate")]
    [InlineData("attach")]
    public void A_freed_domain_refuses_all_calls(string use) => IommuFixture.Run(1, async fixture =>
    {
        DmaDomain domain = fixture.Subsystem.CreateDomain(use);
        long frames = fixture.Subsystem.Frames.InUse;
        domain.Free();
        domain.Free();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Uses[use](fixture, domain));

        Assert.Equal(frames - 1, fixture.Subsystem.Frames.InUse);
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void Domains_have_their_own_ids_on_each_unit_and_free_them() => IommuFixture.Run(
        3,
        async fixture =>
        {
            DmaDomain[] domains = [fixture.Subsystem.CreateDomain("a"), fixture.Subsystem.CreateDomain("b")];
            DomainAttachment[] attachments =
            [
                await IommuSubsystem.AttachAsync(fixture.Devices[0], domains[0]),
                await IommuSubsystem.AttachAsync(fixture.Devices[1], domains[1]),
                await IommuSubsystem.AttachAsync(fixture.Devices[2], domains[1]),
            ];
            Assert.Equal([2, 1], fixture.Subsystem.Units.Select(unit => unit.DomainIds.InUse));

            foreach (DomainAttachment attachment in attachments)
                await attachment.DisposeAsync();
            Assert.All(fixture.Subsystem.Units, unit => Assert.Equal(0, unit.DomainIds.InUse));
            foreach (DmaDomain domain in domains)
                domain.Free();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Units = 2, Devices = 3 });

    [Fact]
    public void A_device_has_one_domain_at_a_time_and_a_domain_in_use_is_not_freed() => IommuFixture.Run(1, async fixture =>
    {
        DmaDomain first = fixture.Subsystem.CreateDomain("first");
        DmaDomain second = fixture.Subsystem.CreateDomain("second");
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(fixture.Devices[0], first);

        IommuException busy = await Assert.ThrowsAsync<IommuException>(() => IommuSubsystem.AttachAsync(fixture.Devices[0], second).AsTask());

        Assert.Equal(IommuError.Busy, busy.Error);
        Assert.Equal(0, second.Uses);
        Assert.Equal(IommuError.Busy, Assert.Throws<IommuException>(first.Free).Error);
        await attachment.DisposeAsync();
        first.Free();
        second.Free();
        await fixture.AssertReclaimedAsync();
    });

    /// <summary>A second disposal does not end the use of another owner.</summary>
    [Fact]
    public void A_second_disposal_of_an_attachment_ends_no_other() => IommuFixture.Run(1, async fixture =>
    {
        DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
        DomainAttachment first = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
        await first.DisposeAsync();
        DomainAttachment second = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
        await first.DisposeAsync();
        Assert.Equal((1, 1), (domain.Uses, fixture.Devices[0].AttachedPasids.Count));
        await second.DisposeAsync();
        domain.Free();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_domain_keeps_its_id_on_a_unit_until_its_last_device_detaches() => IommuFixture.Run(
        1,
        async fixture =>
        {
            DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
            DomainAttachment first = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
            DomainAttachment second = await IommuSubsystem.AttachAsync(fixture.Devices[1], domain);
            await first.DisposeAsync();
            Assert.Equal(1, fixture.Subsystem.Units[0].DomainIds.InUse);
            Assert.Single(domain.DomainIds);
            await second.DisposeAsync();
            Assert.Equal(0, fixture.Subsystem.Units[0].DomainIds.InUse);
            domain.Free();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Devices = 2 });

    private const ulong SecondStageAndNesting = 1UL << 46 | 1UL << 26;
    private const ulong PageSelective = 1UL << 39;

    [Fact]
    public void A_unit_without_second_stage_refuses_every_domain() => IommuFixture.Run(
        1,
        async fixture =>
        {
            DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
            IommuException refusal = await Assert.ThrowsAsync<IommuException>(() => IommuSubsystem.AttachAsync(fixture.Devices[0], domain).AsTask());
            Assert.Equal((IommuError.NotSupported, 0), (refusal.Error, domain.Uses));
            domain.Free();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { ExtendedCapabilityToggles = SecondStageAndNesting });

    [Fact]
    public void The_domain_is_invalidated_without_page_selective_invalidation() => IommuFixture.Run(
        1,
        async fixture =>
        {
            DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
            DomainAttachment attachment = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
            await domain.MapAsync(new AddressRange(Window, AddressRange.PageSize), 0x9000, MemoryRights.Read);
            Assert.False(domain.TryTranslate(1UL << 60, out _));
            QueueTrace trace = new(fixture);
            trace.Take();
            await domain.UnmapAsync(new AddressRange(Window, AddressRange.PageSize));
            Assert.Equal("domain 2, drained", trace.Take()[0]);
            await attachment.DisposeAsync();
            domain.Free();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { CapabilityToggles = PageSelective });

    [Fact]
    public void A_unit_that_cannot_walk_a_domain_refuses_it() => IommuFixture.Run(1, async fixture =>
    {
        DmaDomain wide = fixture.Subsystem.CreateDomain("wide", AddressWidth.Bits57);

        IommuException refusal = await Assert.ThrowsAsync<IommuException>(() => IommuSubsystem.AttachAsync(fixture.Devices[0], wide).AsTask());

        Assert.Equal(IommuError.NotSupported, refusal.Error);
        Assert.Equal(0, wide.Uses);
        wide.Free();
        await fixture.AssertReclaimedAsync();
    });

    private static async Task FillAsync(IommuFixture fixture, ulong pattern)
    {
        fixture.Drivers[0].Post(IommuFixture.PlainQueue, Fill(pattern));
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
    }

    private static DmaDescriptor Fill(ulong pattern) => new()
    {
        Operation = DmaOperation.Fill,
        Destination = Window,
        Length = AddressRange.PageSize,
        Operand = pattern,
    };
}
