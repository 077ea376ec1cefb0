using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>What reaches the page request handler, and what it answers (DOMAIN 2.4).</summary>
public sealed class PageRequestTests
{
    private const int Seeds = 15;
    private const ulong Pattern = 0xCAFE_F00D_CAFE_F00D;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    public void Groups_of_any_size_are_answered_once(int pagesPerGroup) => IommuBench.Run(
        Seeds,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);

            Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[0], bond, 0, 32, Pattern)).Status);

            PageRequestStatistics statistics = bench.Subsystem.PageRequests.Statistics;
            Assert.Equal((statistics.Groups, 0L, 0L), (statistics.Answered, statistics.Refused, statistics.TooLate));
            Assert.True(statistics.Requests >= 32);
            await bench.UnbindAllAsync([bond]);
            Assert.Equal(1, bench.Subsystem.PageRequests.Statistics.StopMarkers);
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Engine = new DmaEngineOptions { PagesPerGroup = pagesPerGroup } });

    [Fact]
    public void A_ring_that_overflows_loses_nothing_that_matters() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            List<SvaBond> bonds = await bench.BindAllAsync(process);

            // No interrupt is taken while the processor waits like this: the ring has room for 127.
            bench.MaskPageRequestInterrupt(masked: true);
            Task<DmaCompletionRecord>[] fills = [.. bonds.SelectMany((bond, index) => Enumerable.Range(0, 4).Select(
                part => process.FillAsync(bench.Drivers[index], bond, part * 16, 16, Pattern).AsTask()))];
            await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
            bench.MaskPageRequestInterrupt(masked: false);

            Assert.All(await Task.WhenAll(fills), record => Assert.Equal(DmaStatus.Success, record.Status));
            Assert.True(bench.Subsystem.Units[0].Statistics.PageRequestOverflows > 0);
            await bench.UnbindAllAsync(bonds);
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        BenchOptions.Overflowing);

    [Fact]
    public void A_bond_is_of_one_device_another_one_with_the_same_number_is_refused() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);

            // The second device was never bound: it uses a number it was not given.
            await bench.Drivers[1].SubmitAsync(IommuBench.SharedQueue, bond.Pasid, process.Fill(0, 1, Pattern));
            await bench.Drivers[1].StopAsync(bond.Pasid);

            // The unit finds no entry of that number in the device's table, and refuses by itself.
            await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
            Assert.Equal(0, process.Memory.ResidentPages);
            Assert.Contains(bench.Faults, fault => fault is { Reason: FaultReason.PasidDirectoryNotPresent, Type: FaultRequestType.PageRequest });
            Assert.Equal(0, bench.Subsystem.PageRequests.Statistics.Refused);
            await bench.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Devices = 2 });

    [Fact]
    public void A_device_that_uses_its_neighbours_number_gets_nothing_of_the_neighbour() => IommuBench.Run(Seeds, async bench =>
    {
        TestProcess process = bench.CreateProcess();
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        bench.Engines[0].Misbehaviour = DeviceMisbehaviour.UsesForeignPasid;

        await bench.Drivers[0].SubmitAsync(IommuBench.SharedQueue, bond.Pasid, process.Fill(0, 1, Pattern));
        await bench.Drivers[0].StopAsync(bond.Pasid);

        Assert.Equal(0, process.Memory.ResidentPages);
        bench.Engines[0].Misbehaviour = DeviceMisbehaviour.None;
        await bench.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_page_that_does_not_come_in_time_is_refused_and_its_late_answer_dropped() => IommuBench.Run(Seeds, async bench =>
    {
        SlowSource source = new(bench.Machine.Scheduler, TimeSpan.FromSeconds(3));
        TestProcess process = bench.CreateProcess();
        ulong slow = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: source).Range.Start;
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);

        DmaCompletionRecord record = await bench.Drivers[0].RunAsync(
            IommuBench.SharedQueue, bond, process.Fill(0, 1, Pattern) with { Destination = slow }, process.NextRecord());

        Assert.Equal(DmaStatus.PageRequestRefused, record.Status);
        Assert.Equal(1, bench.Subsystem.PageRequests.Statistics.TimedOut);
        await bench.UnbindAllAsync([bond]);
        // The unbind has waited for whoever was still serving the group.
        Assert.Equal(1, bench.Subsystem.PageRequests.Statistics.TooLate);
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Theory]
    [InlineData(20)]
    [InlineData(150_000)]
    public void An_unbind_answers_what_waits_and_waits_for_who_serves(int milliseconds) => IommuBench.Run(Seeds, async bench =>
    {
        SlowSource source = new(bench.Machine.Scheduler, TimeSpan.FromMilliseconds(milliseconds));
        TestProcess process = bench.CreateProcess();
        ulong slow = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: source).Range.Start;
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        await bench.Drivers[0].SubmitAsync(IommuBench.SharedQueue, bond.Pasid, process.Fill(0, 1, Pattern) with { Destination = slow });
        await bench.Machine.Scheduler.WaitUntil(() => source.IsBusy, TimeSpan.FromSeconds(1));

        await bench.UnbindAllAsync([bond], abort: true);

        Assert.False(source.IsBusy);
        PageRequestStatistics statistics = bench.Subsystem.PageRequests.Statistics;
        Assert.Equal((1L, 1L, 1L), (statistics.Answered, statistics.Refused, statistics.TooLate));
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void When_all_is_switched_off_no_clock_runs_on()
    {
        IommuBench bench = new(seed: 2);
        bench.Machine.Run(async () =>
        {
            await bench.StartAsync();
            SlowSource source = new(bench.Machine.Scheduler, TimeSpan.FromMilliseconds(1));
            TestProcess process = bench.CreateProcess();
            ulong slow = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: source).Range.Start;
            SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
            await bench.Drivers[0].RunAsync(IommuBench.SharedQueue, bond, process.Fill(0, 1, Pattern) with { Destination = slow }, process.NextRecord());
            await bench.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        });
        bench.Machine.Run();

        Assert.InRange(bench.Machine.Scheduler.Clock.GetElapsedTime(0).TotalMilliseconds, 1, 500);
    }

    [Fact]
    public void A_page_source_that_throws_is_reported_and_its_group_refused() => IommuBench.Run(1, async bench =>
    {
        TestProcess process = bench.CreateProcess();
        ulong broken = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: new BrokenSource()).Range.Start;
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        List<Exception> told = [];
        bench.Subsystem.PageRequests.Faulted += (_, fault) => told.Add(fault.Error);

        DmaCompletionRecord record = await bench.Drivers[0].RunAsync(
            IommuBench.SharedQueue, bond, process.Fill(0, 1, Pattern) with { Destination = broken }, process.NextRecord());

        Assert.Equal(DmaStatus.PageRequestRefused, record.Status);
        Assert.IsType<IOException>(Assert.Single(told));
        await bench.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_group_takes_in_no_more_than_its_device_may_have_outstanding_and_is_then_malformed() => IommuBench.Run(1, bench =>
    {
        IommuDevice device = bench.Devices[0];
        int allocation = bench.Engines[0].Pri!.Allocation;
        PageRequestDescriptor request = new() { RequesterId = device.RequesterId, PasidPresent = true, Pasid = new Pasid(1), GroupIndex = 5, Read = true };
        for (int sent = 0; sent < allocation; sent++)
            bench.Subsystem.PageRequests.Receive(device.Unit, request);
        PageRequestGroup group = device.PageRequests.FindIncomplete(5)!;
        Assert.Equal((allocation, false), (group.Requests.Count, group.IsMalformed));

        bench.Subsystem.PageRequests.Receive(device.Unit, request);

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
        public ValueTask FillAsync(ulong address, Memory<byte> page) => throw new IOException("The disk is gone.");
    }
}
