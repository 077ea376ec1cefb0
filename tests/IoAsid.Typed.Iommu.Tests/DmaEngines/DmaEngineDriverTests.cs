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
    public void A_submission_to_a_full_shared_queue_is_repeated_and_counted(int depth, bool isFull) => IommuFixture.Run(
        10,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);

            DmaCompletionRecord[] records = await Task.WhenAll(Enumerable.Range(0, Senders).Select(
                page => process.FillAsync(fixture.Drivers[0], bond, page, pages: 1, pattern: 1).AsTask()));

            Assert.All(records, record => Assert.Equal(DmaStatus.Success, record.Status));
            Assert.Equal(isFull, fixture.Drivers[0].Retries > 0);
            await fixture.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Engine = new DmaEngineOptions { QueueDepth = depth } });

    [Fact]
    public void A_submission_to_a_closed_queue_fails_after_the_timeout() => Run(async (fixture, process, bond) =>
    {
        DmaEngineDriver driver = fixture.Drivers[0];
        driver.Close(IommuFixture.SharedQueue);
        long start = fixture.Machine.Scheduler.Clock.GetTimestamp();
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(driver.SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, process.Fill(0, 1, 1))));
        Assert.InRange(Seconds(fixture, start), 29, 31);

        fixture.Machine.RemoveFunction(fixture.Engines[0]);
        start = fixture.Machine.Scheduler.Clock.GetTimestamp();
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(driver.SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, process.Fill(0, 1, 1))));
        await driver.StopAsync(bond.Pasid);
        Assert.InRange(Seconds(fixture, start), 0, 1);
    });

    [Fact]
    public void A_closed_dedicated_queue_accepts_no_work() => IommuFixture.Run(1, async fixture =>
    {
        DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
        ulong frame = fixture.Subsystem.Frames.Allocate();
        AddressRange page = new(0x10_0000, AddressRange.PageSize);
        await domain.MapAsync(page, frame, MemoryRights.ReadWrite);
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);

        fixture.Drivers[0].Close(IommuFixture.PlainQueue);
        fixture.Drivers[0].Post(IommuFixture.PlainQueue, new DmaDescriptor { Operation = DmaOperation.Fill, Destination = page.Start, Length = 64, Operand = 1 });
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));

        Assert.Equal(0UL, fixture.Machine.PhysicalMemory.ReadUInt64(frame));
        await attachment.DisposeAsync();
        await domain.UnmapAsync(page);
        domain.Free();
        fixture.Subsystem.Frames.Free(frame);
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void An_earlier_completion_record_does_not_complete_later_work() => Run(async (fixture, process, bond) =>
    {
        ulong record = process.NextRecord();
        Assert.Equal(DmaStatus.Success, (await fixture.Drivers[0].RunAsync(IommuFixture.SharedQueue, bond, process.Fill(0, 1, 1), record)).Status);
        Assert.NotEqual(
            DmaStatus.Success,
            (await fixture.Drivers[0].RunAsync(IommuFixture.SharedQueue, bond, process.Fill(0, 1, 1) with { Destination = 0x1000 }, record)).Status);
        await fixture.Drivers[0].StopAsync(bond.Pasid);
    });

    /// <summary>The page of the work never becomes present, and the timeout of page requests is longer than that of the driver.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_wait_for_work_has_a_timeout(bool isPulledOut) => Run(async (fixture, process, bond) =>
    {
        GatedSource source = new();
        ulong slow = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: source).Range.Start;
        long start = fixture.Machine.Scheduler.Clock.GetTimestamp();
        Task<DmaCompletionRecord> work = fixture.Drivers[0].RunAsync(
            IommuFixture.SharedQueue, bond, process.Fill(0, 1, 1) with { Destination = slow }, process.NextRecord()).AsTask();
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
        if (isPulledOut)
        {
            fixture.Machine.RemoveFunction(fixture.Engines[0]);
            Assert.Equal(DmaStatus.None, (await work).Status);
            Assert.InRange(Seconds(fixture, start), 0, 1);
        }
        else
        {
            Assert.Equal(IommuError.DeviceGone, await RefusalAsync(fixture.Drivers[0].StopAsync(bond.Pasid)));
            Assert.Equal(DmaStatus.None, (await work).Status);
            Assert.InRange(Seconds(fixture, start), 29, 32);
        }

        source.Open();
        await fixture.Drivers[0].StopAsync(bond.Pasid);
    });

    [Fact]
    public void Two_concurrent_stops_both_complete() => Run(async (fixture, process, bond) =>
    {
        TestProcess other = fixture.CreateProcess("other");
        SvaBond second = await fixture.Subsystem.BindAsync(fixture.Devices[0], other.Memory);
        await fixture.Drivers[0].SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, process.Fill(0, 16, 1));
        await fixture.Drivers[0].SubmitAsync(IommuFixture.SharedQueue, second.Pasid, other.Fill(0, 16, 1));
        await Task.WhenAll(fixture.Drivers[0].StopAsync(bond.Pasid).AsTask(), fixture.Drivers[0].StopAsync(second.Pasid).AsTask());
        Assert.Equal((16L, 16L), (process.Memory.ResidentPages, other.Memory.ResidentPages));
        await second.DisposeAsync();
        await other.Memory.ExitAsync();
    });

    /// <summary>The engine refuses a command during another one. Two stops wait for the end of the first, and only one of them may continue at a time.</summary>
    [Fact]
    public void Several_stops_that_wait_for_a_command_all_complete() => Run(async (fixture, process, bond) =>
    {
        GatedSource source = new();
        (TestProcess idle, SvaBond idleBond) = await BindAsync(fixture, "idle");
        (TestProcess busy, SvaBond busyBond) = await BindAsync(fixture, "busy");
        await SubmitAsync(fixture, busy, busyBond, source);

        Task[] others = [fixture.Drivers[0].StopAsync(bond.Pasid).AsTask(), fixture.Drivers[0].StopAsync(idleBond.Pasid).AsTask()];
        Task stopping = fixture.Drivers[0].StopAsync(busyBond.Pasid).AsTask();
        await Task.WhenAll(others);
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
        Assert.False(stopping.IsCompleted);

        source.Open();
        await stopping;
        await EndAsync(idle, idleBond);
        await EndAsync(busy, busyBond);
    });

    [Fact]
    public void A_stop_completes_after_an_earlier_one_was_cancelled() => Run(async (fixture, process, bond) =>
    {
        GatedSource never = new();
        GatedSource source = new();
        (TestProcess other, SvaBond second) = await BindAsync(fixture, "other");
        await SubmitAsync(fixture, process, bond, never);
        await SubmitAsync(fixture, other, second, source);
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(fixture.Drivers[0].StopAsync(bond.Pasid)));
        Task stopping = fixture.Drivers[0].StopAsync(second.Pasid).AsTask();
        never.Open();
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
        Assert.False(stopping.IsCompleted);

        source.Open();
        await stopping;
        await fixture.Drivers[0].StopAsync(bond.Pasid);
        await EndAsync(other, second);
    });

    private static async Task<(TestProcess Process, SvaBond Bond)> BindAsync(IommuFixture fixture, string name)
    {
        TestProcess process = fixture.CreateProcess(name);
        return (process, await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory));
    }

    private static async Task EndAsync(TestProcess process, SvaBond bond)
    {
        await bond.DisposeAsync();
        await process.Memory.ExitAsync();
    }

    /// <summary>Submits work on a page that becomes present when its source is opened.</summary>
    private static ValueTask SubmitAsync(IommuFixture fixture, TestProcess process, SvaBond bond, GatedSource source)
    {
        ulong slow = process.Memory.Map(AddressRange.PageSize, MemoryRights.ReadWrite, source: source).Range.Start;
        return fixture.Drivers[0].SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, process.Fill(0, 1, 1) with { Destination = slow });
    }

    private static void Run(Func<IommuFixture, TestProcess, SvaBond, Task> test) => IommuFixture.Run(
        3,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
            await test(fixture, process, bond);
            await bond.DisposeAsync();
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Iommu = new IommuOptions { PageRequestTimeout = TimeSpan.FromMinutes(5) } });

    private static double Seconds(IommuFixture fixture, long start) => fixture.Machine.Scheduler.Clock.GetElapsedTime(start).TotalSeconds;
}
