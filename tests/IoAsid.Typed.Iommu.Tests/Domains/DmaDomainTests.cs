using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Domains for requests without PASID: what is mapped is reached, what is unmapped is free for others.</summary>
public sealed class DmaDomainTests
{
    private const int Seeds = 15;
    private const ulong Pattern = 0x7777_8888_9999_AAAA;
    private const ulong Window = 0x40_0000;

    [Fact]
    public void A_fixed_mapping_works_until_it_is_unmapped_and_then_the_frame_is_free() => IommuBench.Run(Seeds, async bench =>
    {
        DmaDomain domain = bench.Subsystem.CreateDomain("dma");
        ulong frame = bench.Subsystem.Frames.Allocate();
        AddressRange page = new(Window, AddressRange.PageSize);
        await domain.MapAsync(page, frame, MemoryRights.ReadWrite);
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
        await FillAsync(bench, Pattern);
        Assert.Equal(Pattern, bench.Machine.PhysicalMemory.ReadUInt64(frame));

        for (int job = 0; job < 4; job++)
            bench.Drivers[0].Post(IommuBench.PlainQueue, Fill(0));
        await domain.UnmapAsync(page);
        bench.Machine.Memory.WriteUInt64(frame, Pattern);
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));

        Assert.Equal(Pattern, bench.Machine.PhysicalMemory.ReadUInt64(frame));
        await attachment.DisposeAsync();
        await attachment.DisposeAsync();
        domain.Free();
        bench.Subsystem.Frames.Free(frame);
        await bench.AssertReclaimedAsync();
    });

    /// <summary>What a unit caches of a table that was freed must not lead a device to the memory of the table's next user.</summary>
    [Fact]
    public void A_page_that_is_mapped_again_is_reached_by_its_new_tables() => IommuBench.Run(Seeds, async bench =>
    {
        DmaDomain domain = bench.Subsystem.CreateDomain("dma");
        ulong[] frames = [bench.Subsystem.Frames.Allocate(), bench.Subsystem.Frames.Allocate()];
        AddressRange page = new(Window, AddressRange.PageSize);
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
        await domain.MapAsync(page, frames[0], MemoryRights.ReadWrite);
        await FillAsync(bench, Pattern);
        await domain.UnmapAsync(page);

        // The frames of the old tables get another use.
        ulong used = bench.Subsystem.Frames.Allocate();
        await domain.MapAsync(page, frames[1], MemoryRights.ReadWrite);
        await FillAsync(bench, ~Pattern);

        Assert.Equal([Pattern, ~Pattern], frames.Select(frame => bench.Machine.PhysicalMemory.ReadUInt64(frame)));
        await attachment.DisposeAsync();
        domain.Free();
        foreach (ulong frame in (ulong[])[.. frames, used])
            bench.Subsystem.Frames.Free(frame);
        await bench.AssertReclaimedAsync();
    });

    private static readonly Dictionary<string, Func<IommuBench, DmaDomain, Task>> Uses = new()
    {
        ["map"] = async (_, domain) => await domain.MapAsync(new AddressRange(Window, AddressRange.PageSize), 0x9000, MemoryRights.Read),
        ["unmap"] = async (_, domain) => await domain.UnmapAsync(new AddressRange(Window, AddressRange.PageSize)),
        ["translate"] = (_, domain) => Task.FromResult(domain.TryTranslate(Window, out ulong _)),
        ["attach"] = async (bench, domain) => await IommuSubsystem.AttachAsync(bench.Devices[0], domain),
    };

    [Theory]
    [InlineData("map")]
    [InlineData("unmap")]
    [InlineData("translate")]
    [InlineData("attach")]
    public void A_domain_that_was_freed_is_of_no_more_use(string use) => IommuBench.Run(1, async bench =>
    {
        DmaDomain domain = bench.Subsystem.CreateDomain(use);
        long frames = bench.Subsystem.Frames.InUse;
        domain.Free();
        domain.Free();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Uses[use](bench, domain));

        Assert.Equal(frames - 1, bench.Subsystem.Frames.InUse);
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void Domains_have_ids_of_their_own_on_each_unit_and_give_them_back() => IommuBench.Run(
        3,
        async bench =>
        {
            DmaDomain[] domains = [bench.Subsystem.CreateDomain("a"), bench.Subsystem.CreateDomain("b")];
            DomainAttachment[] attachments =
            [
                await IommuSubsystem.AttachAsync(bench.Devices[0], domains[0]),
                await IommuSubsystem.AttachAsync(bench.Devices[1], domains[1]),
                await IommuSubsystem.AttachAsync(bench.Devices[2], domains[1]),
            ];
            Assert.Equal([2, 1], bench.Subsystem.Units.Select(unit => unit.DomainIds.InUse));

            foreach (DomainAttachment attachment in attachments)
                await attachment.DisposeAsync();
            Assert.All(bench.Subsystem.Units, unit => Assert.Equal(0, unit.DomainIds.InUse));
            foreach (DmaDomain domain in domains)
                domain.Free();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Units = 2, Devices = 3 });

    [Fact]
    public void A_device_has_one_domain_at_a_time_and_a_domain_in_use_is_not_freed() => IommuBench.Run(1, async bench =>
    {
        DmaDomain first = bench.Subsystem.CreateDomain("first");
        DmaDomain second = bench.Subsystem.CreateDomain("second");
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(bench.Devices[0], first);

        IommuException busy = await Assert.ThrowsAsync<IommuException>(() => IommuSubsystem.AttachAsync(bench.Devices[0], second).AsTask());

        Assert.Equal(IommuError.Busy, busy.Error);
        Assert.Equal(0, second.Uses);
        Assert.Equal(IommuError.Busy, Assert.Throws<IommuException>(first.Free).Error);
        await attachment.DisposeAsync();
        first.Free();
        second.Free();
        await bench.AssertReclaimedAsync();
    });

    /// <summary>What is disposed twice does not end what others began meanwhile.</summary>
    [Fact]
    public void An_attachment_that_has_ended_ends_no_other() => IommuBench.Run(1, async bench =>
    {
        DmaDomain domain = bench.Subsystem.CreateDomain("dma");
        DomainAttachment first = await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
        await first.DisposeAsync();
        DomainAttachment second = await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
        await first.DisposeAsync();
        Assert.Equal((1, 1), (domain.Uses, bench.Devices[0].AttachedPasids.Count));
        await second.DisposeAsync();
        domain.Free();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_domain_has_its_id_on_a_unit_until_the_last_of_its_devices_there_is_detached() => IommuBench.Run(
        1,
        async bench =>
        {
            DmaDomain domain = bench.Subsystem.CreateDomain("dma");
            DomainAttachment first = await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
            DomainAttachment second = await IommuSubsystem.AttachAsync(bench.Devices[1], domain);
            await first.DisposeAsync();
            Assert.Equal(1, bench.Subsystem.Units[0].DomainIds.InUse);
            Assert.Single(domain.DomainIds);
            await second.DisposeAsync();
            Assert.Equal(0, bench.Subsystem.Units[0].DomainIds.InUse);
            domain.Free();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Devices = 2 });

    private const ulong SecondStageAndNesting = 1UL << 46 | 1UL << 26;
    private const ulong PageSelective = 1UL << 39;

    [Fact]
    public void A_unit_without_second_stage_refuses_every_domain() => IommuBench.Run(
        1,
        async bench =>
        {
            DmaDomain domain = bench.Subsystem.CreateDomain("dma");
            IommuException refusal = await Assert.ThrowsAsync<IommuException>(() => IommuSubsystem.AttachAsync(bench.Devices[0], domain).AsTask());
            Assert.Equal((IommuError.NotSupported, 0), (refusal.Error, domain.Uses));
            domain.Free();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { ExtendedCapabilityToggles = SecondStageAndNesting });

    [Fact]
    public void A_unit_that_cannot_forget_pages_forgets_the_domain() => IommuBench.Run(
        1,
        async bench =>
        {
            DmaDomain domain = bench.Subsystem.CreateDomain("dma");
            DomainAttachment attachment = await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
            await domain.MapAsync(new AddressRange(Window, AddressRange.PageSize), 0x9000, MemoryRights.Read);
            Assert.False(domain.TryTranslate(1UL << 60, out _));
            QueueTrace trace = new(bench);
            trace.Take();
            await domain.UnmapAsync(new AddressRange(Window, AddressRange.PageSize));
            Assert.Equal("domain 2, drained", trace.Take()[0]);
            await attachment.DisposeAsync();
            domain.Free();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { CapabilityToggles = PageSelective });

    [Fact]
    public void A_unit_that_cannot_walk_a_domain_refuses_it() => IommuBench.Run(1, async bench =>
    {
        DmaDomain wide = bench.Subsystem.CreateDomain("wide", AddressWidth.Bits57);

        IommuException refusal = await Assert.ThrowsAsync<IommuException>(() => IommuSubsystem.AttachAsync(bench.Devices[0], wide).AsTask());

        Assert.Equal(IommuError.NotSupported, refusal.Error);
        Assert.Equal(0, wide.Uses);
        wide.Free();
        await bench.AssertReclaimedAsync();
    });

    private static async Task FillAsync(IommuBench bench, ulong pattern)
    {
        bench.Drivers[0].Post(IommuBench.PlainQueue, Fill(pattern));
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
    }

    private static DmaDescriptor Fill(ulong pattern) => new()
    {
        Operation = DmaOperation.Fill,
        Destination = Window,
        Length = AddressRange.PageSize,
        Operand = pattern,
    };
}
