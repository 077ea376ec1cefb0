using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Auxiliary domains, with regression tests for the defects of the Linux extension.</summary>
public sealed class AuxiliaryDomainTests
{
    private const int Seeds = 15;
    private const ulong Window = 0x10_0000;
    private const ulong Pattern = 0xA5A5_5A5A_0F0F_F0F0;
    private const int Queue = 0;

    private static readonly FixtureOptions TwoUnits = new() { Units = 2, Devices = 2 };

    [Fact]
    public void A_device_reaches_the_memory_of_the_domain_until_it_is_unmapped() => IommuFixture.Run(Seeds, async fixture =>
    {
        AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
        ulong frame = fixture.Subsystem.Frames.Allocate();
        await domain.Domain.MapAsync(new AddressRange(Window, AddressRange.PageSize), frame, MemoryRights.ReadWrite);
        AuxiliaryAttachment attachment = await domain.AttachAsync(fixture.Devices[0]);
        fixture.Drivers[0].OpenDedicated(Queue, attachment.Pasid);

        await FillAsync(fixture, Pattern);
        Assert.Equal(Pattern, fixture.Machine.PhysicalMemory.ReadUInt64(frame));

        await domain.Domain.UnmapAsync(new AddressRange(Window, AddressRange.PageSize));
        await FillAsync(fixture, 0);
        Assert.Equal(Pattern, fixture.Machine.PhysicalMemory.ReadUInt64(frame));

        fixture.Drivers[0].Close(Queue);
        await fixture.Drivers[0].StopAsync(attachment.Pasid);
        await attachment.DisposeAsync();
        domain.Domain.Free();
        fixture.Subsystem.Frames.Free(frame);
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void The_first_attachment_allocates_the_PASID_and_the_last_frees_it() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
            Assert.Null(domain.Pasid);
            AuxiliaryAttachment first = await domain.AttachAsync(fixture.Devices[0]);
            AuxiliaryAttachment again = await domain.AttachAsync(fixture.Devices[0]);
            AuxiliaryAttachment other = await domain.AttachAsync(fixture.Devices[1]);
            Assert.Equal(first.Pasid, domain.Pasid);
            Assert.Equal(first.Pasid, other.Pasid);

            await first.DisposeAsync();
            await first.DisposeAsync();
            Assert.Equal(2, domain.Devices.Count);
            await again.DisposeAsync();
            Assert.Equal([fixture.Devices[1]], domain.Devices);
            Task last = other.DisposeAsync().AsTask();
            await last;

            Assert.Null(domain.Pasid);
            Assert.Equal(0, domain.Domain.Uses);
            domain.Domain.Free();
            await fixture.AssertReclaimedAsync();
        },
        TwoUnits);

    [Fact]
    public void A_domain_that_is_attached_again_owns_its_PASID() => IommuFixture.Run(Seeds, async fixture =>
    {
        AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
        AuxiliaryAttachment first = await domain.AttachAsync(fixture.Devices[0]);
        Pasid old = first.Pasid;
        await first.DisposeAsync();
        AuxiliaryDomain other = fixture.Subsystem.CreateAuxiliaryDomain("other");
        AuxiliaryAttachment otherAttachment = await other.AttachAsync(fixture.Devices[0]);
        Assert.Equal(old, otherAttachment.Pasid);

        AuxiliaryAttachment second = await domain.AttachAsync(fixture.Devices[0]);

        Assert.NotEqual(otherAttachment.Pasid, second.Pasid);
        Assert.True(fixture.Subsystem.AuxiliaryDomains.TryFind(second.Pasid.ToRawIoAsid(), out AuxiliaryDomain? found) && found == domain);
        await second.DisposeAsync();
        await otherAttachment.DisposeAsync();
        domain.Domain.Free();
        other.Domain.Free();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void Concurrent_attachments_and_detachments_keep_one_PASID() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
            await Task.WhenAll(Enumerable.Range(0, 6).Select(number => AttachAndDetachAsync(domain, fixture.Devices[number % 2])));

            Assert.Null(domain.Pasid);
            domain.Domain.Free();
            await fixture.AssertReclaimedAsync();
        },
        TwoUnits);

    [Fact]
    public void Page_requests_never_find_an_auxiliary_domain() => IommuFixture.Run(Seeds, async fixture =>
    {
        AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
        AuxiliaryAttachment attachment = await domain.AttachAsync(fixture.Devices[0]);
        fixture.Drivers[0].OpenDedicated(Queue, attachment.Pasid);

        fixture.Drivers[0].Post(Queue, Fill(Pattern) with { Flags = DmaDescriptorFlags.BlockOnFault });
        fixture.Drivers[0].Close(Queue);
        await fixture.Drivers[0].StopAsync(attachment.Pasid);

        PageRequestStatistics statistics = fixture.Subsystem.PageRequests.Statistics;
        Assert.Equal((1L, 1L), (statistics.Responses, statistics.Refused));
        await attachment.DisposeAsync();
        domain.Domain.Free();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void An_attach_that_fails_changes_nothing()
    {
        bool reachedEnd = false;
        for (int refused = 0; !reachedEnd; refused++)
        {
            int refusedAt = refused;
            IommuFixture.Run(1, async fixture => reachedEnd = await AttachWithoutMemoryAsync(fixture, refusedAt));
        }
    }

    [Fact]
    public void Attaching_is_refused_without_a_free_PASID_or_enabled_PASIDs() => IommuFixture.Run(
        1,
        async fixture =>
        {
            AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
            IoAsidHandle<object> only = fixture.Subsystem.Pasids.CreateSet<object>("others").Allocate();
            Assert.Equal(IommuError.NoPasid, await RefusalAsync(domain.AttachAsync(fixture.Devices[0])));
            await only.FreeAsync();
            await fixture.Devices[0].DisableSharedVirtualAddressingAsync();
            Assert.Equal(IommuError.NotSupported, await RefusalAsync(domain.AttachAsync(fixture.Devices[0])));
            Assert.Equal((null, 0), (domain.Pasid, domain.Domain.Uses));
            domain.Domain.Free();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Iommu = new IommuOptions { Pasids = new IoAsidSpaceOptions { Capacity = 2 } } });

    [Fact]
    public void Attaching_is_refused_for_a_device_without_the_PASID_capability() => IommuFixture.Run(1, async fixture =>
    {
        AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
        IommuDevice plain = await fixture.Subsystem.AddAsync(
            fixture.Machine.AddFunction(0, new RequesterId(0, 9, 0), context => new EmulatedDmaEngine(context, new DmaEngineOptions { PasidWidth = 0 })));
        Assert.Equal(IommuError.NotSupported, await RefusalAsync(domain.AttachAsync(plain)));
        domain.Domain.Free();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void Concurrent_users_of_a_device_are_one_use_of_the_domain() => IommuFixture.Run(
        1,
        async fixture =>
        {
            AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
            AuxiliaryAttachment[] users = await Task.WhenAll(domain.AttachAsync(fixture.Devices[0]).AsTask(), domain.AttachAsync(fixture.Devices[0]).AsTask());
            Assert.Equal(1, domain.Domain.Uses);
            foreach (AuxiliaryAttachment user in users)
                await user.DisposeAsync();
            domain.Domain.Free();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { CachingMode = true });

    [Fact]
    public void Two_users_of_a_device_are_one_use_until_the_last_one_detaches() => IommuFixture.Run(1, async fixture =>
    {
        AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
        AuxiliaryAttachment first = await domain.AttachAsync(fixture.Devices[0]);
        AuxiliaryAttachment second = await domain.AttachAsync(fixture.Devices[0]);
        Assert.Equal(1, domain.Domain.Uses);
        await first.DisposeAsync();
        Assert.Equal(1, domain.Domain.Uses);
        Assert.Equal(1, fixture.Subsystem.Units[0].DomainIds.InUse);
        await second.DisposeAsync();
        Assert.Equal(0, domain.Domain.Uses);
        domain.Domain.Free();
        await fixture.AssertReclaimedAsync();
    });

    private static async Task<bool> AttachWithoutMemoryAsync(IommuFixture fixture, int refusedAt)
    {
        AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
        long frames = fixture.Subsystem.Frames.InUse;
        int allocations = 0;
        fixture.Subsystem.Frames.InjectFaults(() => allocations++ == refusedAt);
        try
        {
            AuxiliaryAttachment attachment = await domain.AttachAsync(fixture.Devices[0]);
            fixture.Subsystem.Frames.InjectFaults(null);
            await attachment.DisposeAsync();
            return true;
        }
        catch (IommuException refusal)
        {
            Assert.Equal(IommuError.NoMemory, refusal.Error);
            Assert.Null(domain.Pasid);
            Assert.Equal((0, frames), (domain.Domain.Uses, fixture.Subsystem.Frames.InUse));
            return false;
        }
        finally
        {
            fixture.Subsystem.Frames.InjectFaults(null);
            domain.Domain.Free();
            await fixture.AssertReclaimedAsync();
        }
    }

    private static async Task AttachAndDetachAsync(AuxiliaryDomain domain, IommuDevice device)
    {
        AuxiliaryAttachment attachment = await domain.AttachAsync(device);
        Assert.Equal(attachment.Pasid, domain.Pasid);
        await attachment.DisposeAsync();
    }

    private static async Task FillAsync(IommuFixture fixture, ulong pattern)
    {
        fixture.Drivers[0].Post(Queue, Fill(pattern));
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
