using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A guest's invalidations. They are executed on the host, are limited to the guest, and complete only after the host's invalidation.</summary>
public sealed class GuestInvalidationTests
{
    private const int Seeds = 15;
    private const ulong Pattern = 0x3C3C_3C3C_3C3C_3C3C;

    [Fact]
    public void Pages_of_a_guest_process_are_unreachable_before_their_reuse() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture, devices: 2);
        GuestProcess process = await guest.CreateBoundProcessAsync(device: 0);
        await process.BindAsync(device: 1);
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 0, pages: 4, Pattern, device: round % 2));
            await process.Memory.UnmapAsync(new AddressRange(process.Work.PageAt(0), 4 * AddressRange.PageSize));
            Assert.Equal(DmaStatus.PageRequestRefused, await process.FillAsync(page: 1, pages: 1, Pattern, device: 0));
            process.Memory.Map(4 * AddressRange.PageSize, MemoryRights.ReadWrite, process.Work.PageAt(0));
            Assert.Equal(0UL, await process.Work.WordAsync(1));
        }

        Assert.Equal(0, guest.Container.Statistics.InvalidationErrors);
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    }, new FixtureOptions { Devices = 2 });

    /// <summary>The wrong order, which the checker must detect: the guest frees a page without an invalidation.</summary>
    [Fact]
    public void A_guest_that_skips_an_invalidation_harms_only_itself()
    {
        IommuFixture fixture = new(seed: 3);
        fixture.Machine.Run(async () =>
        {
            await fixture.StartAsync();
            TestGuest guest = await TestGuest.StartAsync(fixture);
            GuestProcess process = await guest.CreateBoundProcessAsync();
            Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 0, pages: 1, Pattern));
            process.OmitsInvalidation = true;
            await process.Memory.UnmapAsync(new AddressRange(process.Work.PageAt(0), AddressRange.PageSize));
            for (int frame = 0; frame < 4; frame++)
                guest.Frames.Allocate(); // The frame of the page is among the allocated ones.
            await process.FillAsync(page: 0, pages: 1, Pattern);
            await guest.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        });
        Assert.NotEmpty(fixture.Harmful);
    }

    [Fact]
    public void Memory_unmapped_from_a_guest_is_unreachable_for_its_devices() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        GuestProcess process = await guest.CreateBoundProcessAsync();
        Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 0, pages: 4, Pattern));

        await guest.Container.Memory.UnmapAsync(guest.Container.Memory.Ranges[0]);
        fixture.Subsystem.Frames.Free(guest.HostRam, TestGuest.RamFrames);
        ulong reused = fixture.Subsystem.Frames.AllocateContiguous(TestGuest.RamFrames);

        Assert.Equal(guest.HostRam, reused);
        Assert.Equal(GuestEnqueueResult.Accepted, await process.SubmitFillAsync(page: 0, pages: 4, Pattern));
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
        byte[] memory = new byte[TestGuest.RamFrames * AddressRange.PageSize];
        fixture.Machine.Memory.Read(reused, memory);
        Assert.Equal(-1, memory.AsSpan().IndexOfAnyExcept((byte)0));
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    // Descriptors that exceed one PASID are narrowed to the guest's own domain id, so that the cached translations of another guest on the unit stay.
    public static TheoryData<string, Bits256> Wide => new()
    {
        { "all contexts", new ContextCacheInvalidation { Granularity = ContextInvalidationGranularity.Global }.Bits },
        { "a domain's contexts", new ContextCacheInvalidation { Granularity = ContextInvalidationGranularity.Domain, DomainId = new DomainId(1) }.Bits },
        { "its device's contexts", new ContextCacheInvalidation { Granularity = ContextInvalidationGranularity.Device, SourceId = TestGuest.VirtualId(0) }.Bits },
        { "all PASIDs", new PasidCacheInvalidation { Granularity = PasidCacheGranularity.Global }.Bits },
        { "a domain's PASIDs", new PasidCacheInvalidation { Granularity = PasidCacheGranularity.Domain, DomainId = new DomainId(3) }.Bits },
        { "all translations", new IotlbInvalidation { Granularity = IotlbInvalidationGranularity.Global }.Bits },
        { "a domain's translations", new IotlbInvalidation { Granularity = IotlbInvalidationGranularity.Domain, DomainId = new DomainId(3) }.Bits },
        { "a domain's pages", new IotlbInvalidation { Granularity = IotlbInvalidationGranularity.Page, DomainId = new DomainId(3), Address = 0x1000 }.Bits },
        { "all PASIDs of its device", new PasidDeviceTlbInvalidation { SourceId = TestGuest.VirtualId(0), Global = true, Range = DeviceTlbRange.Everything }.Bits },
        { "its device without PASID", new DeviceTlbInvalidation { SourceId = TestGuest.VirtualId(0), Range = DeviceTlbRange.Everything }.Bits },
    };

    [Theory]
    [MemberData(nameof(Wide))]
    public void Wide_invalidations_are_narrowed_to_the_guest(string descriptorName, Bits256 descriptor) => IommuFixture.Run(seeds: 5, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        TestGuest neighbour = await TestGuest.StartAsync(fixture, "neighbour");
        await guest.CreateBoundProcessAsync();
        await neighbour.CreateBoundProcessAsync();
        Assert.True(neighbour.Container.Set.TryResolve(new PrivateIoAsid(1), out RawIoAsid neighbourId));
        DomainId own = guest.Container.Domain.DomainIds[fixture.Subsystem.Units[0]];
        using QueueTap tap = new(fixture);

        Assert.Equal(InvalidationQueueError.None, await guest.Container.InvalidateAsync(new InvalidationDescriptor(descriptor)));

        foreach (InvalidationDescriptor sent in tap.Sent)
        {
            Assert.True(Reach(sent) is { } reach && (reach == (own, null) || reach == (null, guest.Container.Bindings[0].Pasid) || reach == (null, IommuDevice.RequestsWithoutPasid)), $"{descriptorName}: {sent.Describe()}");
            Assert.NotEqual(neighbourId.ToPasid(), Reach(sent)?.Pasid);
        }

        Assert.NotEmpty(tap.Sent);
        await guest.TerminateAsync();
        await neighbour.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    public static TheoryData<string, Bits256, InvalidationQueueError> Bad => new()
    {
        { "an unknown type", new Bits256(0xF, 0), InvalidationQueueError.InvalidType },
        { "an interrupt entry", new InterruptEntryInvalidation().Bits, InvalidationQueueError.InvalidType },
        { "a reserved bit", new Bits256(new PasidCacheInvalidation { Granularity = PasidCacheGranularity.Global }.Bits.Word0, 0, 0, 1), InvalidationQueueError.ReservedField },
        { "no granularity of contexts", new ContextCacheInvalidation().Bits, InvalidationQueueError.ReservedField },
        { "no granularity of PASIDs", new PasidCacheInvalidation { Granularity = (PasidCacheGranularity)2 }.Bits, InvalidationQueueError.ReservedField },
        { "no granularity of translations", new IotlbInvalidation().Bits, InvalidationQueueError.ReservedField },
        { "no granularity of a PASID's translations", new PasidIotlbInvalidation { Pasid = new Pasid(1) }.Bits, InvalidationQueueError.ReservedField },
        { "an unknown requester", new DeviceTlbInvalidation { SourceId = new RequesterId(0x10) }.Bits, InvalidationQueueError.ReservedField },
        { "an unknown requester with PASID", new PasidDeviceTlbInvalidation { SourceId = new RequesterId(0x10), Pasid = new Pasid(1) }.Bits, InvalidationQueueError.ReservedField },
        { "an unknown requester's contexts", new ContextCacheInvalidation { Granularity = ContextInvalidationGranularity.Device, SourceId = new RequesterId(0x10) }.Bits, InvalidationQueueError.ReservedField },
        { "a status outside of memory", new InvalidationWait { StatusWrite = true, StatusAddress = 0x8000_0000 }.Bits, InvalidationQueueError.ReservedField },
        { "a response without a request", new PageGroupResponse { RequesterId = TestGuest.VirtualId(0), PasidPresent = true, Pasid = new Pasid(1) }.Bits, InvalidationQueueError.ReservedField },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void An_invalid_descriptor_stops_the_guests_queue_without_a_submission(string descriptorName, Bits256 descriptor, InvalidationQueueError error) => IommuFixture.Run(
        seeds: 1,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture);
            await guest.CreateBoundProcessAsync();
            using QueueTap tap = new(fixture);

            Assert.Equal((descriptorName, error), (descriptorName, await guest.Container.InvalidateAsync(new InvalidationDescriptor(descriptor))));

            Assert.Empty(tap.Sent);
            Assert.Equal(1, guest.Container.Statistics.InvalidationErrors);
            await guest.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        });

    [Fact]
    public void A_wait_completes_after_all_earlier_descriptors() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        GuestProcess process = await guest.CreateBoundProcessAsync();
        ulong status = guest.Frames.Allocate();
        PasidIotlbInvalidation drop = new() { Granularity = PasidIotlbGranularity.Pasid, Pasid = new Pasid(process.Pasid.Value) };
        InvalidationWait wait = new() { StatusWrite = true, StatusAddress = status, StatusData = 5, InterruptFlag = true, PageRequestDrain = true };

        ValueTask<InvalidationQueueError> first = guest.Container.InvalidateAsync(new InvalidationDescriptor(drop.Bits));
        ValueTask<InvalidationQueueError> second = guest.Container.InvalidateAsync(new InvalidationDescriptor(wait.Bits));
        while (guest.Container.Memory.ReadUInt32(status) == 0)
        {
            Assert.Equal(0, guest.Signals);
            await fixture.Machine.Scheduler.Yield();
        }

        Assert.True(first.IsCompleted);
        Assert.Equal(InvalidationQueueError.None, await first);
        Assert.Equal(InvalidationQueueError.None, await second);
        Assert.Equal((5u, 1), (guest.Container.Memory.ReadUInt32(status), guest.Signals));
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    /// <summary>The memory can have another owner after the guest has ended.</summary>
    [Fact]
    public void A_wait_writes_no_status_after_the_guest_ended() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        GuestProcess process = await guest.CreateBoundProcessAsync();
        ulong status = guest.Frames.Allocate();
        List<Task<InvalidationQueueError>> calls = [];
        foreach (Bits256 descriptor in (Bits256[])[
            new PasidIotlbInvalidation { Granularity = PasidIotlbGranularity.Pasid, Pasid = new Pasid(process.Pasid.Value) }.Bits,
            new InvalidationWait { StatusWrite = true, StatusAddress = status, StatusData = 5, PageRequestDrain = true }.Bits])
            calls.Add(guest.Container.InvalidateAsync(new InvalidationDescriptor(descriptor)).AsTask());

        await guest.Container.DisposeAsync();
        ulong place = guest.HostRam + (status - TestGuest.RamBase);
        fixture.Machine.Memory.WriteUInt32(place, 0xAAAA);

        foreach (Task<InvalidationQueueError> call in calls)
            await call;
        Assert.Equal(0xAAAAu, fixture.Machine.Memory.ReadUInt32(place));
        Assert.Equal(
            InvalidationQueueError.FetchError,
            await guest.Container.InvalidateAsync(new InvalidationDescriptor(new InvalidationWait { StatusWrite = true, StatusAddress = status }.Bits)));
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    // Returns the domain, or the PASID of a device, that a descriptor invalidates. Waits invalidate nothing.
    private static (DomainId? Domain, Pasid? Pasid)? Reach(InvalidationDescriptor sent) => sent.Type switch
    {
        InvalidationType.PasidCache when new PasidCacheInvalidation(sent.Bits) is { Granularity: PasidCacheGranularity.Domain } cache => (cache.DomainId, null),
        InvalidationType.Iotlb when new IotlbInvalidation(sent.Bits) is { Granularity: IotlbInvalidationGranularity.Domain } tlb => (tlb.DomainId, null),
        InvalidationType.PasidDeviceTlb when new PasidDeviceTlbInvalidation(sent.Bits) is { Global: false } device => (null, device.Pasid),
        InvalidationType.DeviceTlb => (null, IommuDevice.RequestsWithoutPasid),
        _ => null,
    };
}
