using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Part of a device in a domain of its own (DOMAIN 2.2), with the defects of the original that must not come back.</summary>
public sealed class AuxiliaryDomainTests
{
    private const int Seeds = 15;
    private const ulong Window = 0x10_0000;
    private const ulong Pattern = 0xA5A5_5A5A_0F0F_F0F0;
    private const int Queue = 0;

    private static readonly BenchOptions TwoUnits = new() { Units = 2, Devices = 2 };

    [Fact]
    public void A_device_reaches_what_the_domain_maps_and_nothing_when_it_is_unmapped() => IommuBench.Run(Seeds, async bench =>
    {
        AuxiliaryDomain domain = bench.Subsystem.CreateAuxiliaryDomain("aux");
        ulong frame = bench.Subsystem.Frames.Allocate();
        await domain.Domain.MapAsync(new AddressRange(Window, AddressRange.PageSize), frame, MemoryRights.ReadWrite);
        AuxiliaryAttachment attachment = await domain.AttachAsync(bench.Devices[0]);
        bench.Drivers[0].OpenDedicated(Queue, attachment.Pasid);

        await FillAsync(bench, Pattern);
        Assert.Equal(Pattern, bench.Machine.PhysicalMemory.ReadUInt64(frame));

        await domain.Domain.UnmapAsync(new AddressRange(Window, AddressRange.PageSize));
        await FillAsync(bench, 0);
        Assert.Equal(Pattern, bench.Machine.PhysicalMemory.ReadUInt64(frame));

        bench.Drivers[0].Close(Queue);
        await bench.Drivers[0].StopAsync(attachment.Pasid);
        await attachment.DisposeAsync();
        domain.Domain.Free();
        bench.Subsystem.Frames.Free(frame);
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void The_PASID_comes_with_the_first_attachment_and_goes_with_the_last() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            AuxiliaryDomain domain = bench.Subsystem.CreateAuxiliaryDomain("aux");
            Assert.Null(domain.Pasid);
            AuxiliaryAttachment first = await domain.AttachAsync(bench.Devices[0]);
            AuxiliaryAttachment again = await domain.AttachAsync(bench.Devices[0]);
            AuxiliaryAttachment other = await domain.AttachAsync(bench.Devices[1]);
            Assert.Equal(first.Pasid, domain.Pasid);
            Assert.Equal(first.Pasid, other.Pasid);

            await first.DisposeAsync();
            await first.DisposeAsync();
            Assert.Equal(2, domain.Devices.Count);
            await again.DisposeAsync();
            Assert.Equal([bench.Devices[1]], domain.Devices);
            Task last = other.DisposeAsync().AsTask();
            await last;

            Assert.Null(domain.Pasid);
            Assert.Equal(0, domain.Domain.Uses);
            domain.Domain.Free();
            await bench.AssertReclaimedAsync();
        },
        TwoUnits);

    [Fact]
    public void Attached_again_it_has_a_PASID_that_it_owns() => IommuBench.Run(Seeds, async bench =>
    {
        AuxiliaryDomain domain = bench.Subsystem.CreateAuxiliaryDomain("aux");
        AuxiliaryAttachment first = await domain.AttachAsync(bench.Devices[0]);
        Pasid old = first.Pasid;
        await first.DisposeAsync();
        AuxiliaryDomain thief = bench.Subsystem.CreateAuxiliaryDomain("thief");
        AuxiliaryAttachment theirs = await thief.AttachAsync(bench.Devices[0]);
        Assert.Equal(old, theirs.Pasid);

        AuxiliaryAttachment second = await domain.AttachAsync(bench.Devices[0]);

        Assert.NotEqual(theirs.Pasid, second.Pasid);
        Assert.True(bench.Subsystem.AuxiliaryDomains.TryFind(second.Pasid.ToRawIoAsid(), out AuxiliaryDomain? found) && found == domain);
        await second.DisposeAsync();
        await theirs.DisposeAsync();
        domain.Domain.Free();
        thief.Domain.Free();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void Attachments_and_detachments_at_the_same_time_neither_lose_nor_double_the_PASID() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            AuxiliaryDomain domain = bench.Subsystem.CreateAuxiliaryDomain("aux");
            await Task.WhenAll(Enumerable.Range(0, 6).Select(number => AttachAndDetachAsync(domain, bench.Devices[number % 2])));

            Assert.Null(domain.Pasid);
            domain.Domain.Free();
            await bench.AssertReclaimedAsync();
        },
        TwoUnits);

    [Fact]
    public void Page_requests_never_find_an_auxiliary_domain() => IommuBench.Run(Seeds, async bench =>
    {
        AuxiliaryDomain domain = bench.Subsystem.CreateAuxiliaryDomain("aux");
        AuxiliaryAttachment attachment = await domain.AttachAsync(bench.Devices[0]);
        bench.Drivers[0].OpenDedicated(Queue, attachment.Pasid);

        bench.Drivers[0].Post(Queue, Fill(Pattern) with { Flags = DmaDescriptorFlags.BlockOnFault });
        bench.Drivers[0].Close(Queue);
        await bench.Drivers[0].StopAsync(attachment.Pasid);

        PageRequestStatistics statistics = bench.Subsystem.PageRequests.Statistics;
        Assert.Equal((1L, 1L), (statistics.Answered, statistics.Refused));
        await attachment.DisposeAsync();
        domain.Domain.Free();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void An_attach_that_fails_changes_nothing()
    {
        bool reachedEnd = false;
        for (int refused = 0; !reachedEnd; refused++)
        {
            int refusedAt = refused;
            IommuBench.Run(1, async bench => reachedEnd = await AttachWithoutMemoryAsync(bench, refusedAt));
        }
    }

    [Fact]
    public void Without_PASIDs_on_the_device_or_in_the_machine_there_is_no_attachment() => IommuBench.Run(
        1,
        async bench =>
        {
            AuxiliaryDomain domain = bench.Subsystem.CreateAuxiliaryDomain("aux");
            IoAsidHandle<object> only = bench.Subsystem.Pasids.CreateSet<object>("others").Allocate();
            Assert.Equal(IommuError.NoPasid, await RefusalAsync(domain.AttachAsync(bench.Devices[0])));
            await only.FreeAsync();
            await bench.Devices[0].DisableSharedVirtualAddressingAsync();
            Assert.Equal(IommuError.NotSupported, await RefusalAsync(domain.AttachAsync(bench.Devices[0])));
            Assert.Equal((null, 0), (domain.Pasid, domain.Domain.Uses));
            domain.Domain.Free();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Iommu = new IommuOptions { Pasids = new IoAsidSpaceOptions { Capacity = 2 } } });

    [Fact]
    public void A_device_that_has_no_PASIDs_at_all_is_not_attached() => IommuBench.Run(1, async bench =>
    {
        AuxiliaryDomain domain = bench.Subsystem.CreateAuxiliaryDomain("aux");
        IommuDevice plain = await bench.Subsystem.AddAsync(
            bench.Machine.AddFunction(0, new RequesterId(0, 9, 0), context => new EmulatedDmaEngine(context, new DmaEngineOptions { PasidWidth = 0 })));
        Assert.Equal(IommuError.NotSupported, await RefusalAsync(domain.AttachAsync(plain)));
        domain.Domain.Free();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void Users_that_come_at_once_are_one_use_of_the_domain() => IommuBench.Run(
        1,
        async bench =>
        {
            AuxiliaryDomain domain = bench.Subsystem.CreateAuxiliaryDomain("aux");
            AuxiliaryAttachment[] users = await Task.WhenAll(domain.AttachAsync(bench.Devices[0]).AsTask(), domain.AttachAsync(bench.Devices[0]).AsTask());
            Assert.Equal(1, domain.Domain.Uses);
            foreach (AuxiliaryAttachment user in users)
                await user.DisposeAsync();
            domain.Domain.Free();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { CachingMode = true });

    [Fact]
    public void A_device_with_two_users_of_a_domain_is_one_use_until_the_last_of_them_ends() => IommuBench.Run(1, async bench =>
    {
        AuxiliaryDomain domain = bench.Subsystem.CreateAuxiliaryDomain("aux");
        AuxiliaryAttachment first = await domain.AttachAsync(bench.Devices[0]);
        AuxiliaryAttachment second = await domain.AttachAsync(bench.Devices[0]);
        Assert.Equal(1, domain.Domain.Uses);
        await first.DisposeAsync();
        Assert.Equal(1, domain.Domain.Uses);
        Assert.Equal(1, bench.Subsystem.Units[0].DomainIds.InUse);
        await second.DisposeAsync();
        Assert.Equal(0, domain.Domain.Uses);
        domain.Domain.Free();
        await bench.AssertReclaimedAsync();
    });

    private static async Task<bool> AttachWithoutMemoryAsync(IommuBench bench, int refusedAt)
    {
        AuxiliaryDomain domain = bench.Subsystem.CreateAuxiliaryDomain("aux");
        long frames = bench.Subsystem.Frames.InUse;
        int asked = 0;
        bench.Subsystem.Frames.InjectFaults(() => asked++ == refusedAt);
        try
        {
            AuxiliaryAttachment attachment = await domain.AttachAsync(bench.Devices[0]);
            bench.Subsystem.Frames.InjectFaults(null);
            await attachment.DisposeAsync();
            return true;
        }
        catch (IommuException refusal)
        {
            Assert.Equal(IommuError.NoMemory, refusal.Error);
            Assert.Null(domain.Pasid);
            Assert.Equal((0, frames), (domain.Domain.Uses, bench.Subsystem.Frames.InUse));
            return false;
        }
        finally
        {
            bench.Subsystem.Frames.InjectFaults(null);
            domain.Domain.Free();
            await bench.AssertReclaimedAsync();
        }
    }

    private static async Task AttachAndDetachAsync(AuxiliaryDomain domain, IommuDevice device)
    {
        AuxiliaryAttachment attachment = await domain.AttachAsync(device);
        Assert.Equal(attachment.Pasid, domain.Pasid);
        await attachment.DisposeAsync();
    }

    private static async Task FillAsync(IommuBench bench, ulong pattern)
    {
        bench.Drivers[0].Post(Queue, Fill(pattern));
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
