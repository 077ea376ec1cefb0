using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Binds that cannot be, and binds that others get in the way of: the PASID belongs to whoever uses it, and to nobody otherwise.</summary>
public sealed class BindFailureTests
{
    private const ulong Pattern = 0x9999_AAAA_BBBB_CCCC;
    private const ulong FiveLevels = 1UL << 60;
    private const int Yields = 25;

    [Fact]
    public void Without_page_requests_there_is_nothing_to_bind_to() => IommuBench.Run(1, async bench =>
    {
        TestProcess process = bench.CreateProcess();
        IommuDevice device = bench.Devices[0];
        await device.DisableSharedVirtualAddressingAsync();
        await device.EnablePasidsAsync();

        Assert.Equal(IommuError.NotSupported, await RefusalAsync(bench.Subsystem.Sva.BindAsync(device, process.Memory)));

        Assert.Equal(0, bench.Subsystem.Sva.BoundProcesses);
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tables_of_five_levels_need_a_unit_that_walks_them(bool walksFive) => IommuBench.Run(
        1,
        async bench =>
        {
            ProcessAddressSpace process = bench.Subsystem.CreateProcess("tall", levels: 5);
            if (walksFive)
                await (await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process)).DisposeAsync();
            else
                Assert.Equal(IommuError.NotSupported, await RefusalAsync(bench.Subsystem.Sva.BindAsync(bench.Devices[0], process)));
            await process.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { CapabilityToggles = walksFive ? FiveLevels : 0 });

    [Fact]
    public void Without_a_PASID_the_process_is_as_it_was_and_may_be_bound_later() => IommuBench.Run(
        1,
        async bench =>
        {
            IoAsidSet<object> others = bench.Subsystem.Pasids.CreateSet<object>("others");
            IoAsidHandle<object> only = others.Allocate();
            TestProcess process = bench.CreateProcess();

            for (int attempt = 0; attempt < 3; attempt++)
                Assert.Equal(IommuError.NoPasid, await RefusalAsync(bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory)));

            Assert.Equal((0, 1, 0), (bench.Subsystem.Sva.BoundProcesses, process.Memory.References, process.Memory.Observers));
            await only.FreeAsync();
            await (await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory)).DisposeAsync();
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Iommu = new IommuOptions { Pasids = new IoAsidSpaceOptions { Capacity = 2 } } });

    [Fact]
    public void A_bind_that_fails_on_the_hardware_gives_the_PASID_back() => IommuBench.Run(1, async bench =>
    {
        TestProcess process = bench.CreateProcess();
        bench.Subsystem.Frames.InjectFaults(() => true);
        Assert.Equal(IommuError.NoMemory, await RefusalAsync(bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory)));
        bench.Subsystem.Frames.InjectFaults(null);
        Assert.Equal((0L, 0), (bench.Subsystem.Pasids.GetStatistics().Outstanding, bench.Subsystem.Sva.BoundProcesses));
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void Where_the_unit_does_not_answer_the_PASID_is_nobody_elses() => IommuBench.Run(
        1,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            bench.StopQueue();
            Assert.Equal(IommuError.DeviceGone, await RefusalAsync(bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory)));
            Assert.Equal((1L, 1), (bench.Subsystem.Pasids.GetStatistics().Outstanding, bench.Subsystem.Sva.BoundProcesses));
        },
        new BenchOptions { CachingMode = true });

    [Fact]
    public void A_process_whose_PASID_a_device_cannot_send_is_not_bound_to_it() => IommuBench.Run(1, async bench =>
    {
        IoAsidSet<object> others = bench.Subsystem.Pasids.CreateSet<object>("others");
        for (int taken = 1; taken < 300; taken++)
            others.Allocate();
        IommuDevice narrow = await bench.Subsystem.AddAsync(
            bench.Machine.AddFunction(0, new RequesterId(0, 9, 0), context => new EmulatedDmaEngine(context, new DmaEngineOptions { PasidWidth = 8 })));
        await narrow.EnableSharedVirtualAddressingAsync();
        TestProcess process = bench.CreateProcess();
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        Assert.Equal(300u, bond.Pasid.Value);

        IommuException refusal = await Assert.ThrowsAsync<IommuException>(() => bench.Subsystem.Sva.BindAsync(narrow, process.Memory).AsTask());
        Assert.Equal(IommuError.PasidTooWide, refusal.Error);
        Assert.Contains("narrow device first", refusal.Message, StringComparison.Ordinal);

        await bond.DisposeAsync();
        Assert.Equal(299, bench.Subsystem.Pasids.GetStatistics().Outstanding);
        others.FreeAll();
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_device_that_is_gone_takes_no_second_user_of_its_bond() => IommuBench.Run(1, async bench =>
    {
        TestProcess process = bench.CreateProcess();
        AuxiliaryDomain domain = bench.Subsystem.CreateAuxiliaryDomain("aux");
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        AuxiliaryAttachment attachment = await domain.AttachAsync(bench.Devices[0]);
        bench.Machine.RemoveFunction(bench.Engines[0]);

        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory)));
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(domain.AttachAsync(bench.Devices[0])));

        await bond.DisposeAsync();
        await attachment.DisposeAsync();
        Assert.Equal(0, bench.Subsystem.Pasids.GetStatistics().Outstanding);
        domain.Domain.Free();
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void The_PASID_stays_with_a_process_that_is_bound_elsewhere_while_its_last_bond_ends() => IommuBench.Run(
        3,
        async bench =>
        {
            for (int yields = 0; yields < Yields; yields++)
            {
                TestProcess process = bench.CreateProcess();
                SvaBond first = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
                Task ending = first.DisposeAsync().AsTask();
                await YieldAsync(bench, yields);
                SvaBond second = await bench.Subsystem.Sva.BindAsync(bench.Devices[1], process.Memory);
                await ending;

                Assert.True(second.Binding.HasBond(bench.Devices[1].RequesterId));
                Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[1], second, 0, 1, Pattern)).Status);
                await bench.Drivers[1].StopAsync(second.Pasid);
                await second.DisposeAsync();
                Assert.Equal(0, bench.Subsystem.Pasids.GetStatistics().Outstanding);
                await process.Memory.ExitAsync();
            }

            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Devices = 2 });

    [Fact]
    public void The_PASID_stays_with_an_auxiliary_domain_that_is_attached_elsewhere_while_its_last_attachment_ends() => IommuBench.Run(
        3,
        async bench =>
        {
            AuxiliaryDomain domain = bench.Subsystem.CreateAuxiliaryDomain("aux");
            for (int yields = 0; yields < Yields; yields++)
            {
                AuxiliaryAttachment first = await domain.AttachAsync(bench.Devices[0]);
                Task ending = first.DisposeAsync().AsTask();
                await YieldAsync(bench, yields);
                AuxiliaryAttachment second = await domain.AttachAsync(bench.Devices[1]);
                await ending;
                Assert.Equal(second.Pasid, domain.Pasid);
                Assert.Equal([bench.Devices[1]], domain.Devices);
                await second.DisposeAsync();
                Assert.Equal((0L, 0), (bench.Subsystem.Pasids.GetStatistics().Outstanding, domain.Domain.Uses));
            }

            domain.Domain.Free();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Devices = 2 });

    [Fact]
    public void A_process_exits_after_the_bind_that_is_under_way() => IommuBench.Run(
        5,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            Task<SvaBond> binding = bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory).AsTask();
            Assert.Equal(2, process.Memory.Users);
            Task exit = process.Memory.ExitAsync().AsTask();
            Assert.False(binding.IsCompleted);
            await Task.WhenAny(binding, exit);
            Assert.True(binding.IsCompleted);
            await exit;
            await bench.UnbindAllAsync([await binding], abort: true);
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { CachingMode = true });

    [Fact]
    public void Of_a_group_with_a_slow_page_and_one_that_is_not_there_both_are_refused() => IommuBench.RunByHand(async bench =>
    {
        GatedSource source = new();
        TestProcess process = bench.CreateProcess();
        ulong slow = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: source).Range.Start;
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        PageRequestDescriptor request = new() { RequesterId = bench.Devices[0].RequesterId, PasidPresent = true, Pasid = bond.Pasid, Read = true };
        bench.Subsystem.PageRequests.Receive(bench.Subsystem.Units[0], request with { Address = slow });
        bench.Subsystem.PageRequests.Receive(bench.Subsystem.Units[0], request with { Address = 0x1000, LastPageInGroup = true });
        source.Open();
        await bench.Machine.Scheduler.WaitUntil(() => bench.Subsystem.PageRequests.Statistics.Answered > 0, TimeSpan.FromMilliseconds(10));

        Assert.Equal((1L, 1L), (bench.Subsystem.PageRequests.Statistics.Answered, bench.Subsystem.PageRequests.Statistics.Refused));
        await bond.DisposeAsync();
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    private static async Task YieldAsync(IommuBench bench, int times)
    {
        for (int turn = 0; turn < times; turn++)
            await bench.Machine.Scheduler.Yield();
    }
}
