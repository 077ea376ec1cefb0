using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Work for the DMA engine through its portals.</summary>
public sealed class DmaEngineDriverTests
{
    private const int Senders = 24;

    [Theory]
    [InlineData(1, true)]
    [InlineData(Senders, false)]
    public void A_shared_queue_without_room_is_asked_again_and_that_is_counted(int depth, bool isFull) => IommuBench.Run(
        10,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);

            DmaCompletionRecord[] records = await Task.WhenAll(Enumerable.Range(0, Senders).Select(
                page => process.FillAsync(bench.Drivers[0], bond, page, pages: 1, pattern: 1).AsTask()));

            Assert.All(records, record => Assert.Equal(DmaStatus.Success, record.Status));
            Assert.Equal(isFull, bench.Drivers[0].Retries > 0);
            await bench.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Engine = new DmaEngineOptions { QueueDepth = depth } });

    [Fact]
    public void A_queue_that_is_closed_takes_nothing_and_who_submits_is_told_so_in_the_end() => Run(async (bench, process, bond) =>
    {
        DmaEngineDriver driver = bench.Drivers[0];
        driver.Close(IommuBench.SharedQueue);
        long start = bench.Machine.Scheduler.Clock.GetTimestamp();
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(driver.SubmitAsync(IommuBench.SharedQueue, bond.Pasid, process.Fill(0, 1, 1))));
        Assert.InRange(Seconds(bench, start), 29, 31);

        bench.Machine.RemoveFunction(bench.Engines[0]);
        start = bench.Machine.Scheduler.Clock.GetTimestamp();
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(driver.SubmitAsync(IommuBench.SharedQueue, bond.Pasid, process.Fill(0, 1, 1))));
        await driver.StopAsync(bond.Pasid);
        Assert.InRange(Seconds(bench, start), 0, 1);
    });

    [Fact]
    public void A_closed_dedicated_queue_does_no_more_work() => IommuBench.Run(1, async bench =>
    {
        DmaDomain domain = bench.Subsystem.CreateDomain("dma");
        ulong frame = bench.Subsystem.Frames.Allocate();
        AddressRange page = new(0x10_0000, AddressRange.PageSize);
        await domain.MapAsync(page, frame, MemoryRights.ReadWrite);
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(bench.Devices[0], domain);

        bench.Drivers[0].Close(IommuBench.PlainQueue);
        bench.Drivers[0].Post(IommuBench.PlainQueue, new DmaDescriptor { Operation = DmaOperation.Fill, Destination = page.Start, Length = 64, Operand = 1 });
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));

        Assert.Equal(0UL, bench.Machine.PhysicalMemory.ReadUInt64(frame));
        await attachment.DisposeAsync();
        await domain.UnmapAsync(page);
        domain.Free();
        bench.Subsystem.Frames.Free(frame);
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void The_record_of_the_work_before_is_not_taken_for_that_of_this() => Run(async (bench, process, bond) =>
    {
        ulong record = process.NextRecord();
        Assert.Equal(DmaStatus.Success, (await bench.Drivers[0].RunAsync(IommuBench.SharedQueue, bond, process.Fill(0, 1, 1), record)).Status);
        Assert.NotEqual(
            DmaStatus.Success,
            (await bench.Drivers[0].RunAsync(IommuBench.SharedQueue, bond, process.Fill(0, 1, 1) with { Destination = 0x1000 }, record)).Status);
        await bench.Drivers[0].StopAsync(bond.Pasid);
    });

    /// <summary>The page that it waits for does not come, and the clock of page requests is slower than the driver.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Work_that_does_not_end_is_not_waited_for_for_ever(bool isPulledOut) => Run(async (bench, process, bond) =>
    {
        GatedSource source = new();
        ulong slow = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: source).Range.Start;
        long start = bench.Machine.Scheduler.Clock.GetTimestamp();
        Task<DmaCompletionRecord> work = bench.Drivers[0].RunAsync(
            IommuBench.SharedQueue, bond, process.Fill(0, 1, 1) with { Destination = slow }, process.NextRecord()).AsTask();
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
        if (isPulledOut)
        {
            bench.Machine.RemoveFunction(bench.Engines[0]);
            Assert.Equal(DmaStatus.None, (await work).Status);
            Assert.InRange(Seconds(bench, start), 0, 1);
        }
        else
        {
            Assert.Equal(IommuError.DeviceGone, await RefusalAsync(bench.Drivers[0].StopAsync(bond.Pasid)));
            Assert.Equal(DmaStatus.None, (await work).Status);
            Assert.InRange(Seconds(bench, start), 29, 32);
        }

        source.Open();
        await bench.Drivers[0].StopAsync(bond.Pasid);
    });

    [Fact]
    public void Two_PASIDs_stopped_at_once_are_both_stopped() => Run(async (bench, process, bond) =>
    {
        TestProcess other = bench.CreateProcess("other");
        SvaBond second = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], other.Memory);
        await bench.Drivers[0].SubmitAsync(IommuBench.SharedQueue, bond.Pasid, process.Fill(0, 16, 1));
        await bench.Drivers[0].SubmitAsync(IommuBench.SharedQueue, second.Pasid, other.Fill(0, 16, 1));
        await Task.WhenAll(bench.Drivers[0].StopAsync(bond.Pasid).AsTask(), bench.Drivers[0].StopAsync(second.Pasid).AsTask());
        Assert.Equal((16L, 16L), (process.Memory.ResidentPages, other.Memory.ResidentPages));
        await second.DisposeAsync();
        await other.Memory.ExitAsync();
    });

    /// <summary>The engine refuses a command beside another. Two wait for the first one's end here, and only one of them may go on.</summary>
    [Fact]
    public void Of_several_that_wait_to_be_stopped_each_is_stopped() => Run(async (bench, process, bond) =>
    {
        GatedSource source = new();
        (TestProcess idle, SvaBond idleBond) = await BindAsync(bench, "idle");
        (TestProcess busy, SvaBond busyBond) = await BindAsync(bench, "busy");
        await SubmitAsync(bench, busy, busyBond, source);

        Task[] others = [bench.Drivers[0].StopAsync(bond.Pasid).AsTask(), bench.Drivers[0].StopAsync(idleBond.Pasid).AsTask()];
        Task stopping = bench.Drivers[0].StopAsync(busyBond.Pasid).AsTask();
        await Task.WhenAll(others);
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
        Assert.False(stopping.IsCompleted);

        source.Open();
        await stopping;
        await EndAsync(idle, idleBond);
        await EndAsync(busy, busyBond);
    });

    [Fact]
    public void A_PASID_is_stopped_also_behind_one_that_was_given_up_on() => Run(async (bench, process, bond) =>
    {
        GatedSource never = new();
        GatedSource source = new();
        (TestProcess other, SvaBond second) = await BindAsync(bench, "other");
        await SubmitAsync(bench, process, bond, never);
        await SubmitAsync(bench, other, second, source);
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(bench.Drivers[0].StopAsync(bond.Pasid)));
        Task stopping = bench.Drivers[0].StopAsync(second.Pasid).AsTask();
        never.Open();
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
        Assert.False(stopping.IsCompleted);

        source.Open();
        await stopping;
        await bench.Drivers[0].StopAsync(bond.Pasid);
        await EndAsync(other, second);
    });

    private static async Task<(TestProcess Process, SvaBond Bond)> BindAsync(IommuBench bench, string name)
    {
        TestProcess process = bench.CreateProcess(name);
        return (process, await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory));
    }

    private static async Task EndAsync(TestProcess process, SvaBond bond)
    {
        await bond.DisposeAsync();
        await process.Memory.ExitAsync();
    }

    /// <summary>Work that needs a page which comes when its source is opened.</summary>
    private static ValueTask SubmitAsync(IommuBench bench, TestProcess process, SvaBond bond, GatedSource source)
    {
        ulong slow = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: source).Range.Start;
        return bench.Drivers[0].SubmitAsync(IommuBench.SharedQueue, bond.Pasid, process.Fill(0, 1, 1) with { Destination = slow });
    }

    private static void Run(Func<IommuBench, TestProcess, SvaBond, Task> test) => IommuBench.Run(
        3,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
            await test(bench, process, bond);
            await bond.DisposeAsync();
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Iommu = new IommuOptions { PageRequestTimeout = TimeSpan.FromMinutes(5) } });

    private static double Seconds(IommuBench bench, long start) => bench.Machine.Scheduler.Clock.GetElapsedTime(start).TotalSeconds;
}
