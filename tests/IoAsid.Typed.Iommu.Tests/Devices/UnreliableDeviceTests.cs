using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Devices that misbehave, are reset or are removed. Other devices are not affected, and all objects can be disposed.</summary>
public sealed class UnreliableDeviceTests
{
    private const int Seeds = 15;
    private const ulong Pattern = 0x1111_2222_3333_4444;

    private static readonly FixtureOptions TwoDevices = new() { Devices = 2 };

    [Theory]
    [InlineData(DeviceMisbehaviour.IgnoresInvalidation)]
    [InlineData(DeviceMisbehaviour.CompletesWithWrongTag)]
    public void A_device_without_completions_is_isolated_and_the_unmap_completes(DeviceMisbehaviour misbehaviour) =>
        IommuFixture.Run(
            Seeds,
            async fixture =>
            {
                (TestProcess process, SvaBond bad) = await BindAndUseAsync(fixture, 0);
                SvaBond good = await fixture.Subsystem.BindAsync(fixture.Devices[1], process.Memory);
                Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[1], good, 4, 1, Pattern)).Status);
                fixture.Engines[0].Misbehaviour = misbehaviour;

                await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize));

                Assert.Equal(DeviceState.Isolated, fixture.Devices[0].State);
                Assert.Equal(DeviceState.Active, fixture.Devices[1].State);
                Assert.Equal(InvalidationQueue.MaximumTimeouts, fixture.Subsystem.Units[0].Statistics.InvalidationTimeouts);
                Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[1], good, 5, 1, Pattern)).Status);
                await bad.DisposeAsync();
                await fixture.UnbindAllAsync([good]);
                await process.Memory.ExitAsync();
                await fixture.AssertReclaimedAsync();
            },
            TwoDevices);

    [Fact]
    public void A_late_invalidation_is_submitted_again() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            (TestProcess process, SvaBond bond) = await BindAndUseAsync(fixture, 0);
            fixture.Engines[0].Misbehaviour = DeviceMisbehaviour.CompletesInvalidationLate;
            Task unmapping = process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize)).AsTask();
            await fixture.Machine.Scheduler.WaitUntil(() => fixture.Subsystem.Units[0].Statistics.InvalidationTimeouts == 1, TimeSpan.FromSeconds(5));
            fixture.Engines[0].Misbehaviour = DeviceMisbehaviour.None;

            await unmapping;

            Assert.Equal(DeviceState.Active, fixture.Devices[0].State);
            Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], bond, 5, 1, Pattern)).Status);
            await fixture.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        });

    [Fact]
    public void An_isolated_device_is_unusable_until_it_is_reset() => IommuFixture.Run(Seeds, async fixture =>
    {
        (TestProcess process, SvaBond bond) = await BindAndUseAsync(fixture, 0);
        fixture.Engines[0].Misbehaviour = DeviceMisbehaviour.IgnoresInvalidation;
        await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize));
        await bond.DisposeAsync();
        IommuException refusal = await Assert.ThrowsAsync<IommuException>(
            () => fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory).AsTask());
        Assert.Equal(IommuError.DeviceGone, refusal.Error);

        fixture.Engines[0].Misbehaviour = DeviceMisbehaviour.None;
        await fixture.Devices[0].ResetAsync();
        fixture.OpenQueues(0);
        SvaBond again = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);

        Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], again, 6, 1, Pattern)).Status);
        await fixture.UnbindAllAsync([again]);
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_device_with_pending_work_keeps_its_bonds_across_a_reset() => IommuFixture.Run(Seeds * 2, async fixture =>
    {
        (TestProcess process, SvaBond bond) = await BindAndUseAsync(fixture, 0);
        for (int page = 8; page < 40; page += 8)
            await fixture.Drivers[0].SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, process.Fill(page, 8, Pattern));

        await fixture.Devices[0].ResetAsync();
        fixture.OpenQueues(0);

        Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], bond, 2, 4, Pattern)).Status);
        await fixture.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_device_can_be_removed_with_pending_work_and_page_requests() => IommuFixture.Run(
        Seeds * 2,
        async fixture =>
        {
            (TestProcess process, SvaBond gone) = await BindAndUseAsync(fixture, 0);
            SvaBond stays = await fixture.Subsystem.BindAsync(fixture.Devices[1], process.Memory);
            for (int page = 8; page < 40; page += 8)
                await fixture.Drivers[0].SubmitAsync(IommuFixture.SharedQueue, gone.Pasid, process.Fill(page, 8, Pattern));

            fixture.Machine.RemoveFunction(fixture.Engines[0]);
            await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), 4 * AddressRange.PageSize));
            await gone.DisposeAsync();

            Assert.Equal(DeviceState.Removed, fixture.Devices[0].State);
            Assert.Equal(0, fixture.Subsystem.Units[0].Statistics.InvalidationTimeouts);
            Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[1], stays, 50, 2, Pattern)).Status);
            await fixture.UnbindAllAsync([stays]);
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        TwoDevices);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Page_requests_before_a_reset_are_answered_before_later_ones(bool isSlow) => IommuFixture.Run(5, async fixture =>
    {
        GatedSource source = new();
        TestProcess process = fixture.CreateProcess();
        ulong slow = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: source).Range.Start;
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        fixture.MaskPageRequestInterrupt(masked: true);
        DmaDescriptor work = process.Fill(0, 1, Pattern);
        await fixture.Drivers[0].SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, isSlow ? work with { Destination = slow } : work);
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(200));
        Assert.Equal(0, fixture.Subsystem.PageRequests.Statistics.Groups);

        await fixture.Devices[0].ResetAsync();

        PageRequestStatistics statistics = fixture.Subsystem.PageRequests.Statistics;
        Assert.Equal((1L, 1L), (statistics.Groups, statistics.Responses));
        fixture.MaskPageRequestInterrupt(masked: false);
        source.Open();
        fixture.OpenQueues(0);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], bond, 2, 4, Pattern)).Status);
        await fixture.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    private static async Task<(TestProcess Process, SvaBond Bond)> BindAndUseAsync(IommuFixture fixture, int device)
    {
        TestProcess process = fixture.CreateProcess();
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[device], process.Memory);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[device], bond, 0, 4, Pattern)).Status);
        return (process, bond);
    }
}
