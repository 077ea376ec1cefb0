using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The page requests that reach the handler, and their responses.</summary>
public sealed class PageRequestTests
{
    private const int Seeds = 15;
    private const ulong Pattern = 0xCAFE_F00D_CAFE_F00D;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    public void Groups_of_any_size_are_answered_once(int pagesPerGroup) => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);

            Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], bond, 0, 32, Pattern)).Status);

            PageRequestStatistics statistics = fixture.Subsystem.PageRequests.Statistics;
            Assert.Multiple(
                () => Assert.Equal(statistics.Groups, statistics.Responses),
                () => Assert.Equal(0L, statistics.Refused),
                () => Assert.Equal(0L, statistics.TooLate));
            Assert.True(statistics.Requests >= 32);
            await fixture.UnbindAllAsync([bond]);
            Assert.Equal(1, fixture.Subsystem.PageRequests.Statistics.StopMarkers);
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Engine = new DmaEngineOptions { PagesPerGroup = pagesPerGroup } });

    [Fact]
    public void All_work_completes_after_an_overflow_of_the_ring() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            List<SvaBond> bonds = await fixture.BindAllAsync(process);

            // The interrupt is masked for some time. The ring has room for 127 requests.
            fixture.MaskPageRequestInterrupt(masked: true);
            Task<DmaCompletionRecord>[] fills = [.. bonds.SelectMany((bond, index) => Enumerable.Range(0, 4).Select(
                part => process.FillAsync(fixture.Drivers[index], bond, part * 16, 16, Pattern).AsTask()))];
            await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
            fixture.MaskPageRequestInterrupt(masked: false);

            Assert.All(await Task.WhenAll(fills), record => Assert.Equal(DmaStatus.Success, record.Status));
            Assert.True(fixture.Subsystem.Units[0].Statistics.PageRequestOverflows > 0);
            await fixture.UnbindAllAsync(bonds);
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        FixtureOptions.Overflowing);

    [Fact]
    public void A_PASID_is_refused_for_a_device_without_a_bond() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);

            // The second device was never bound, and uses a PASID that it was not given.
            await fixture.Drivers[1].SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, process.Fill(0, 1, Pattern));
            await fixture.Drivers[1].StopAsync(bond.Pasid);

            // The unit finds no entry of the PASID in the device's table, and responds itself.
            await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
            Assert.Equal(0, process.Memory.ResidentPages);
            Assert.Contains(fixture.Faults, fault => fault is { Reason: FaultReason.PasidDirectoryNotPresent, Type: FaultRequestType.PageRequest });
            Assert.Equal(0, fixture.Subsystem.PageRequests.Statistics.Refused);
            await fixture.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Devices = 2 });

    [Fact]
    public void A_device_with_the_PASID_of_another_reaches_none_of_its_memory() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestProcess process = fixture.CreateProcess();
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        fixture.Engines[0].Misbehaviour = DeviceMisbehaviour.UsesForeignPasid;

        await fixture.Drivers[0].SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, process.Fill(0, 1, Pattern));
        await fixture.Drivers[0].StopAsync(bond.Pasid);

        Assert.Equal(0, process.Memory.ResidentPages);
        fixture.Engines[0].Misbehaviour = DeviceMisbehaviour.None;
        await fixture.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_page_after_the_deadline_is_refused_and_its_response_dropped() => IommuFixture.Run(Seeds, async fixture =>
    {
        SlowSource source = new(fixture.Machine.Scheduler, TimeSpan.FromSeconds(3));
        TestProcess process = fixture.CreateProcess();
        ulong slow = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: source).Range.Start;
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);

        DmaCompletionRecord record = await fixture.Drivers[0].RunAsync(
            IommuFixture.SharedQueue, bond, process.Fill(0, 1, Pattern) with { Destination = slow }, process.NextRecord());

        Assert.Equal(DmaStatus.PageRequestRefused, record.Status);
        Assert.Equal(1, fixture.Subsystem.PageRequests.Statistics.TimedOut);
        await fixture.UnbindAllAsync([bond]);
        // The unbind waited for the service of the group.
        Assert.Equal(1, fixture.Subsystem.PageRequests.Statistics.TooLate);
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Theory]
    [InlineData(20)]
    [InlineData(150_000)]
    public void An_unbind_refuses_waiting_groups_and_waits_for_served_ones(int milliseconds) => IommuFixture.Run(Seeds, async fixture =>
    {
        SlowSource source = new(fixture.Machine.Scheduler, TimeSpan.FromMilliseconds(milliseconds));
        TestProcess process = fixture.CreateProcess();
        ulong slow = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: source).Range.Start;
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        await fixture.Drivers[0].SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, process.Fill(0, 1, Pattern) with { Destination = slow });
        await fixture.Machine.Scheduler.WaitUntil(() => source.IsBusy, TimeSpan.FromSeconds(1));

        await fixture.UnbindAllAsync([bond], abort: true);

        Assert.False(source.IsBusy);
        PageRequestStatistics statistics = fixture.Subsystem.PageRequests.Statistics;
        Assert.Multiple(
            () => Assert.Equal(1L, statistics.Responses),
            () => Assert.Equal(1L, statistics.Refused),
            () => Assert.Equal(1L, statistics.TooLate));
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void No_timer_is_left_after_the_subsystem_is_disposed()
    {
        IommuFixture fixture = new(seed: 2);
        fixture.Machine.Run(async () =>
        {
            await fixture.StartAsync();
            SlowSource source = new(fixture.Machine.Scheduler, TimeSpan.FromMilliseconds(1));
            TestProcess process = fixture.CreateProcess();
            ulong slow = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: source).Range.Start;
            SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
            await fixture.Drivers[0].RunAsync(IommuFixture.SharedQueue, bond, process.Fill(0, 1, Pattern) with { Destination = slow }, process.NextRecord());
            await fixture.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        });
        fixture.Machine.Run();

        Assert.InRange(fixture.Machine.Scheduler.Clock.GetElapsedTime(0).TotalMilliseconds, 1, 500);
    }

    [Fact]
    public void A_page_source_that_throws_is_reported_and_its_group_refused() => IommuFixture.Run(1, async fixture =>
    {
        TestProcess process = fixture.CreateProcess();
        ulong broken = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: new BrokenSource()).Range.Start;
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        List<Exception> reported = [];
        fixture.Subsystem.PageRequests.Failed += (_, fault) => reported.Add(fault.Error);

        DmaCompletionRecord record = await fixture.Drivers[0].RunAsync(
            IommuFixture.SharedQueue, bond, process.Fill(0, 1, Pattern) with { Destination = broken }, process.NextRecord());

        Assert.Equal(DmaStatus.PageRequestRefused, record.Status);
        Assert.IsType<IOException>(Assert.Single(reported));
        await fixture.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_group_beyond_the_allocation_of_its_device_is_malformed() => IommuFixture.Run(1, fixture =>
    {
        IommuDevice device = fixture.Devices[0];
        int allocation = fixture.Engines[0].Pri!.Allocation;
        PageRequestDescriptor request = new() { RequesterId = device.RequesterId, PasidPresent = true, Pasid = new Pasid(1), GroupIndex = 5, Read = true };
        for (int sent = 0; sent < allocation; sent++)
            fixture.Subsystem.PageRequests.Receive(device.Unit, request);
        PageRequestGroup group = device.PageRequests.FindIncomplete(5)!;
        Assert.Equal((allocation, false), (group.Requests.Count, group.IsMalformed));

        fixture.Subsystem.PageRequests.Receive(device.Unit, request);

        Assert.Equal((allocation, true), (group.Requests.Count, group.IsMalformed));
        return Task.CompletedTask;
    });

    private sealed class SlowSource(IScheduler scheduler, TimeSpan time) : IPageSource
    {
        public bool IsBusy { get; private set; }

        public async ValueTask FillAsync(ulong address, Memory<byte> page)
        {
            IsBusy = true;
            await scheduler.Delay(time);
            IsBusy = false;
        }
    }

    private sealed class BrokenSource : IPageSource
    {
        public ValueTask FillAsync(ulong address, Memory<byte> page) => throw new IOException("The disk failed.");
    }
}
