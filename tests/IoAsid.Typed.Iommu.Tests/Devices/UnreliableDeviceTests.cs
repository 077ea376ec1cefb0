using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Devices that do not do what they must, are reset, or go: nobody else is harmed, and everything can be given up.</summary>
public sealed class UnreliableDeviceTests
{
    private const int Seeds = 15;
    private const ulong Pattern = 0x1111_2222_3333_4444;

    private static readonly BenchOptions TwoDevices = new() { Devices = 2 };

    [Theory]
    [InlineData(DeviceMisbehaviour.IgnoresInvalidation)]
    [InlineData(DeviceMisbehaviour.CompletesWithWrongTag)]
    public void A_device_that_does_not_complete_invalidations_is_cut_off_and_the_unmapping_completes(DeviceMisbehaviour misbehaviour) =>
        IommuBench.Run(
            Seeds,
            async bench =>
            {
                (TestProcess process, SvaBond bad) = await BindAndUseAsync(bench, 0);
                SvaBond good = await bench.Subsystem.Sva.BindAsync(bench.Devices[1], process.Memory);
                Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[1], good, 4, 1, Pattern)).Status);
                bench.Engines[0].Misbehaviour = misbehaviour;

                await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize));

                Assert.Equal(DeviceState.Isolated, bench.Devices[0].State);
                Assert.Equal(DeviceState.Active, bench.Devices[1].State);
                Assert.Equal(InvalidationQueue.MaximumTimeouts, bench.Subsystem.Units[0].Statistics.InvalidationTimeouts);
                Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[1], good, 5, 1, Pattern)).Status);
                await bad.DisposeAsync();
                await bench.UnbindAllAsync([good]);
                await process.Memory.ExitAsync();
                await bench.AssertReclaimedAsync();
            },
            TwoDevices);

    [Fact]
    public void A_device_that_is_late_is_waited_for_and_asked_again() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            (TestProcess process, SvaBond bond) = await BindAndUseAsync(bench, 0);
            bench.Engines[0].Misbehaviour = DeviceMisbehaviour.CompletesInvalidationLate;
            Task unmapping = process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize)).AsTask();
            await bench.Machine.Scheduler.WaitUntil(() => bench.Subsystem.Units[0].Statistics.InvalidationTimeouts == 1, TimeSpan.FromSeconds(5));
            bench.Engines[0].Misbehaviour = DeviceMisbehaviour.None;

            await unmapping;

            Assert.Equal(DeviceState.Active, bench.Devices[0].State);
            Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[0], bond, 5, 1, Pattern)).Status);
            await bench.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        });

    [Fact]
    public void A_device_that_was_cut_off_can_neither_be_bound_nor_reach_memory_until_it_is_reset() => IommuBench.Run(Seeds, async bench =>
    {
        (TestProcess process, SvaBond bond) = await BindAndUseAsync(bench, 0);
        bench.Engines[0].Misbehaviour = DeviceMisbehaviour.IgnoresInvalidation;
        await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize));
        await bond.DisposeAsync();
        IommuException refusal = await Assert.ThrowsAsync<IommuException>(
            () => bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory).AsTask());
        Assert.Equal(IommuError.DeviceGone, refusal.Error);

        bench.Engines[0].Misbehaviour = DeviceMisbehaviour.None;
        await bench.Devices[0].ResetAsync();
        bench.OpenQueues(0);
        SvaBond again = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);

        Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[0], again, 6, 1, Pattern)).Status);
        await bench.UnbindAllAsync([again]);
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_device_may_be_reset_with_work_and_page_requests_under_way_and_keeps_its_bonds() => IommuBench.Run(Seeds * 2, async bench =>
    {
        (TestProcess process, SvaBond bond) = await BindAndUseAsync(bench, 0);
        for (int page = 8; page < 40; page += 8)
            await bench.Drivers[0].SubmitAsync(IommuBench.SharedQueue, bond.Pasid, process.Fill(page, 8, Pattern));

        await bench.Devices[0].ResetAsync();
        bench.OpenQueues(0);

        Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[0], bond, 2, 4, Pattern)).Status);
        await bench.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_device_may_be_pulled_out_with_work_and_page_requests_under_way() => IommuBench.Run(
        Seeds * 2,
        async bench =>
        {
            (TestProcess process, SvaBond gone) = await BindAndUseAsync(bench, 0);
            SvaBond stays = await bench.Subsystem.Sva.BindAsync(bench.Devices[1], process.Memory);
            for (int page = 8; page < 40; page += 8)
                await bench.Drivers[0].SubmitAsync(IommuBench.SharedQueue, gone.Pasid, process.Fill(page, 8, Pattern));

            bench.Machine.RemoveFunction(bench.Engines[0]);
            await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), 4 * AddressRange.PageSize));
            await gone.DisposeAsync();

            Assert.Equal(DeviceState.Removed, bench.Devices[0].State);
            Assert.Equal(0, bench.Subsystem.Units[0].Statistics.InvalidationTimeouts);
            Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[1], stays, 50, 2, Pattern)).Status);
            await bench.UnbindAllAsync([stays]);
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        TwoDevices);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_device_asked_before_its_reset_is_answered_before_it_asks_again(bool isSlow) => IommuBench.Run(5, async bench =>
    {
        GatedSource source = new();
        TestProcess process = bench.CreateProcess();
        ulong slow = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: source).Range.Start;
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        bench.MaskPageRequestInterrupt(masked: true);
        DmaDescriptor work = process.Fill(0, 1, Pattern);
        await bench.Drivers[0].SubmitAsync(IommuBench.SharedQueue, bond.Pasid, isSlow ? work with { Destination = slow } : work);
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(200));
        Assert.Equal(0, bench.Subsystem.PageRequests.Statistics.Groups);

        await bench.Devices[0].ResetAsync();

        PageRequestStatistics statistics = bench.Subsystem.PageRequests.Statistics;
        Assert.Equal((1L, 1L), (statistics.Groups, statistics.Answered));
        bench.MaskPageRequestInterrupt(masked: false);
        source.Open();
        bench.OpenQueues(0);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[0], bond, 2, 4, Pattern)).Status);
        await bench.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    private static async Task<(TestProcess Process, SvaBond Bond)> BindAndUseAsync(IommuBench bench, int device)
    {
        TestProcess process = bench.CreateProcess();
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[device], process.Memory);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[device], bond, 0, 4, Pattern)).Status);
        return (process, bond);
    }
}
