using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Binds that fail, and binds during other operations. A PASID belongs to its users, and is free without users.</summary>
public sealed class BindFailureTests
{
    private const ulong Pattern = 0x9999_AAAA_BBBB_CCCC;
    private const ulong FiveLevels = 1UL << 60;
    private const int Yields = 25;

    [Fact]
    public void A_bind_is_refused_without_page_requests() => IommuFixture.Run(1, async fixture =>
    {
        TestProcess process = fixture.CreateProcess();
        IommuDevice device = fixture.Devices[0];
        await device.DisableSharedVirtualAddressingAsync();
        await device.EnablePasidsAsync();

        Assert.Equal(IommuError.NotSupported, await RefusalAsync(fixture.Subsystem.BindAsync(device, process.Memory)));

        Assert.Equal(0, fixture.Subsystem.Sva.BoundProcesses);
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tables_of_five_levels_need_a_unit_that_walks_them(bool walksFive) => IommuFixture.Run(
        1,
        async fixture =>
        {
            ProcessAddressSpace process = fixture.Subsystem.CreateProcess("tall", levels: 5);
            if (walksFive)
                await (await fixture.Subsystem.BindAsync(fixture.Devices[0], process)).DisposeAsync();
            else
                Assert.Equal(IommuError.NotSupported, await RefusalAsync(fixture.Subsystem.BindAsync(fixture.Devices[0], process)));
            await process.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { CapabilityToggles = walksFive ? FiveLevels : 0 });

    [Fact]
    public void A_bind_without_a_free_PASID_changes_nothing_and_can_be_repeated() => IommuFixture.Run(
        1,
        async fixture =>
        {
            IoAsidSet<object> others = fixture.Subsystem.Pasids.CreateSet<object>("others");
            IoAsidHandle<object> only = others.Allocate();
            TestProcess process = fixture.CreateProcess();

            for (int attempt = 0; attempt < 3; attempt++)
                Assert.Equal(IommuError.NoPasid, await RefusalAsync(fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory)));

            Assert.Multiple(
                () => Assert.Equal(0, fixture.Subsystem.Sva.BoundProcesses),
                () => Assert.Equal(1, process.Memory.References),
                () => Assert.Equal(0, process.Memory.Observers));
            await only.FreeAsync();
            await (await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory)).DisposeAsync();
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Iommu = new IommuOptions { Pasids = new IoAsidSpaceOptions { Capacity = 2 } } });

    [Fact]
    public void A_bind_that_fails_on_the_hardware_frees_the_PASID() => IommuFixture.Run(1, async fixture =>
    {
        TestProcess process = fixture.CreateProcess();
        fixture.Subsystem.Frames.InjectFaults(() => true);
        Assert.Equal(IommuError.NoMemory, await RefusalAsync(fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory)));
        fixture.Subsystem.Frames.InjectFaults(null);
        Assert.Equal((0L, 0), (fixture.Subsystem.Pasids.GetStatistics().Outstanding, fixture.Subsystem.Sva.BoundProcesses));
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_PASID_is_not_allocated_again_if_the_unit_does_not_work() => IommuFixture.Run(
        1,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            fixture.StopQueue();
            Assert.Equal(IommuError.DeviceGone, await RefusalAsync(fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory)));
            Assert.Equal((1L, 1), (fixture.Subsystem.Pasids.GetStatistics().Outstanding, fixture.Subsystem.Sva.BoundProcesses));
        },
        new FixtureOptions { CachingMode = true });

    [Fact]
    public void A_bind_is_refused_if_the_device_cannot_send_the_PASID() => IommuFixture.Run(1, async fixture =>
    {
        IoAsidSet<object> others = fixture.Subsystem.Pasids.CreateSet<object>("others");
        for (int taken = 1; taken < 300; taken++)
            others.Allocate();
        IommuDevice narrow = await fixture.Subsystem.AddAsync(
            fixture.Machine.AddFunction(0, new RequesterId(0, 9, 0), context => new EmulatedDmaEngine(context, new DmaEngineOptions { PasidWidth = 8 })));
        await narrow.EnableSharedVirtualAddressingAsync();
        TestProcess process = fixture.CreateProcess();
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        Assert.Equal(300u, bond.Pasid.Value);

        IommuException refusal = await Assert.ThrowsAsync<IommuException>(() => fixture.Subsystem.BindAsync(narrow, process.Memory).AsTask());
        Assert.Equal(IommuError.PasidTooWide, refusal.Error);
        Assert.Contains("narrow device first", refusal.Message, StringComparison.Ordinal);

        await bond.DisposeAsync();
        Assert.Equal(299, fixture.Subsystem.Pasids.GetStatistics().Outstanding);
        others.FreeAll();
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_removed_device_refuses_a_second_user_of_its_bond() => IommuFixture.Run(1, async fixture =>
    {
        TestProcess process = fixture.CreateProcess();
        AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        AuxiliaryAttachment attachment = await domain.AttachAsync(fixture.Devices[0]);
        fixture.Machine.RemoveFunction(fixture.Engines[0]);

        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory)));
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(domain.AttachAsync(fixture.Devices[0])));

        await bond.DisposeAsync();
        await attachment.DisposeAsync();
        Assert.Equal(0, fixture.Subsystem.Pasids.GetStatistics().Outstanding);
        domain.Domain.Free();
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_process_bound_during_its_last_unbind_keeps_its_PASID() => IommuFixture.Run(
        3,
        async fixture =>
        {
            for (int yields = 0; yields < Yields; yields++)
            {
                TestProcess process = fixture.CreateProcess();
                SvaBond first = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
                Task ending = first.DisposeAsync().AsTask();
                await YieldAsync(fixture, yields);
                SvaBond second = await fixture.Subsystem.BindAsync(fixture.Devices[1], process.Memory);
                await ending;

                Assert.True(second.Binding.HasBond(fixture.Devices[1].RequesterId));
                Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[1], second, 0, 1, Pattern)).Status);
                await fixture.Drivers[1].StopAsync(second.Pasid);
                await second.DisposeAsync();
                Assert.Equal(0, fixture.Subsystem.Pasids.GetStatistics().Outstanding);
                await process.Memory.ExitAsync();
            }

            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Devices = 2 });

    [Fact]
    public void A_domain_attached_during_its_last_detach_keeps_its_PASID() => IommuFixture.Run(
        3,
        async fixture =>
        {
            AuxiliaryDomain domain = fixture.Subsystem.CreateAuxiliaryDomain("aux");
            for (int yields = 0; yields < Yields; yields++)
            {
                AuxiliaryAttachment first = await domain.AttachAsync(fixture.Devices[0]);
                Task ending = first.DisposeAsync().AsTask();
                await YieldAsync(fixture, yields);
                AuxiliaryAttachment second = await domain.AttachAsync(fixture.Devices[1]);
                await ending;
                Assert.Equal(second.Pasid, domain.Pasid);
                Assert.Equal([fixture.Devices[1]], domain.Devices);
                await second.DisposeAsync();
                Assert.Equal((0L, 0), (fixture.Subsystem.Pasids.GetStatistics().Outstanding, domain.Domain.Uses));
            }

            domain.Domain.Free();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Devices = 2 });

    [Fact]
    public void An_exit_waits_for_a_pending_bind() => IommuFixture.Run(
        5,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            Task<SvaBond> binding = fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory).AsTask();
            Assert.Equal(2, process.Memory.Users);
            Task exit = process.Memory.ExitAsync().AsTask();
            Assert.False(binding.IsCompleted);
            await Task.WhenAny(binding, exit);
            Assert.True(binding.IsCompleted);
            await exit;
            await fixture.UnbindAllAsync([await binding], abort: true);
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { CachingMode = true });

    [Fact]
    public void A_group_with_a_slow_page_and_an_unmapped_page_is_refused() => IommuFixture.RunByHand(async fixture =>
    {
        GatedSource source = new();
        TestProcess process = fixture.CreateProcess();
        ulong slow = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: source).Range.Start;
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        PageRequestDescriptor request = new() { RequesterId = fixture.Devices[0].RequesterId, PasidPresent = true, Pasid = bond.Pasid, Read = true };
        fixture.Subsystem.PageRequests.Receive(fixture.Subsystem.Units[0], request with { Address = slow });
        fixture.Subsystem.PageRequests.Receive(fixture.Subsystem.Units[0], request with { Address = 0x1000, LastPageInGroup = true });
        source.Open();
        await fixture.Machine.Scheduler.WaitUntil(() => fixture.Subsystem.PageRequests.Statistics.Responses > 0, TimeSpan.FromMilliseconds(10));

        Assert.Equal((1L, 1L), (fixture.Subsystem.PageRequests.Statistics.Responses, fixture.Subsystem.PageRequests.Statistics.Refused));
        await bond.DisposeAsync();
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    private static async Task YieldAsync(IommuFixture fixture, int times)
    {
        for (int turn = 0; turn < times; turn++)
            await fixture.Machine.Scheduler.Yield();
    }
}
