using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>In which order a device is set up and torn down (PCIe 10.5, VT-d 6.5.3.3): what the unit is told is seen next to what stands in its tables.</summary>
public sealed class DeviceOrderTests
{
    private const ulong Pattern = 0x4444_3333_2222_1111;

    [Fact]
    public void The_entry_of_a_domain_goes_in_the_same_order() => IommuBench.Run(1, async bench =>
    {
        using DeviceTrace trace = new(bench, pasid: IommuDevice.RequestsWithoutPasid);
        DmaDomain domain = bench.Subsystem.CreateDomain("dma");
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(bench.Devices[0], domain);
        await attachment.DisposeAsync();
        Assert.Equal(["unit PAR, device PAR, entry revoked"], trace.Take());
        Assert.Equal("unit PAR, device PAR, entry empty", trace.State);
        domain.Free();
        await bench.AssertReclaimedAsync();
    });

    /// <summary>The id is freed while the bind waits for the unit: what was set up is taken back as if it had been used.</summary>
    [Fact]
    public void A_bind_that_comes_too_late_is_taken_back_in_the_order_of_an_unbind() => IommuBench.Run(
        1,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench);
            GuestProcess process = guest.CreateProcess();
            using DeviceTrace trace = new(bench);
            QueueTrace queue = new(bench);
            queue.Take();
            Task binding = process.BindAsync().AsTask();
            Assert.Equal("unit PAR, device PAR, entry present", trace.State);
            process.Free();
            Assert.Equal(IommuError.NotFound, (await Assert.ThrowsAsync<IommuException>(() => binding)).Error);

            Assert.Equal(["unit PAR, device PAR, entry present", "unit PAR, device PAR, entry revoked", "unit PAR, device PAR, entry empty"], trace.Take());
            Assert.Contains("wait, drain page requests", queue.Take());
            await guest.DieAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { CachingMode = true });

    [Fact]
    public void Nothing_is_disabled_under_what_is_attached() => Run(async (bench, device, trace) =>
    {
        TestProcess process = bench.CreateProcess();
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(device, process.Memory);
        Assert.Equal(IommuError.Busy, await RefusalAsync(device.DisableSharedVirtualAddressingAsync()));
        Assert.Equal("unit PAR, device PAR, entry present", trace.State);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[0], bond, 0, 1, Pattern)).Status);
        await bench.UnbindAllAsync([bond]);

        // Requests without PASID go on.
        DmaDomain domain = bench.Subsystem.CreateDomain("dma");
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(device, domain);
        await device.DisableSharedVirtualAddressingAsync();
        QueueTrace queue = new(bench);
        queue.Take();
        await domain.UnmapAsync(new AddressRange(0, AddressRange.PageSize));
        Assert.DoesNotContain(queue.Take(), words => words.StartsWith("device TLB", StringComparison.Ordinal));
        await attachment.DisposeAsync();
        domain.Free();
        await process.Memory.ExitAsync();
    });

    [Fact]
    public void What_a_device_asked_before_it_is_disabled_is_answered_first() => IommuBench.Run(5, async bench =>
    {
        // Of PASID 1 the foreign one would be 0, which the unit refuses by itself: it is RID_PASID. Of PASID 2 it is 3, which must have an entry.
        bench.Engines[0].Misbehaviour = DeviceMisbehaviour.UsesForeignPasid;
        TestProcess other = bench.CreateProcess("other");
        TestProcess process = bench.CreateProcess();
        SvaBond first = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], other.Memory);
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        TestProcess foreign = bench.CreateProcess("foreign");
        SvaBond third = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], foreign.Memory);
        await first.DisposeAsync();
        await other.Memory.ExitAsync();
        bench.MaskPageRequestInterrupt(masked: true);
        await bench.Drivers[0].SubmitAsync(IommuBench.SharedQueue, bond.Pasid, process.Fill(0, 1, Pattern));
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(100));
        foreach (Pasid pasid in (Pasid[])[third.Pasid, bond.Pasid])
        {
            await bench.Devices[0].RevokeAsync(pasid, suppressFaults: false);
            bench.Devices[0].Detach(pasid);
        }

        Assert.False(bench.Engines[0].Pri!.Stopped);

        Task disabling = bench.Devices[0].DisableSharedVirtualAddressingAsync().AsTask();
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
        Assert.False(disabling.IsCompleted);
        bench.MaskPageRequestInterrupt(masked: false);
        await disabling;

        Assert.True(bench.Engines[0].Pri!.Stopped);
        bench.Engines[0].Misbehaviour = DeviceMisbehaviour.None;
        await bench.Devices[0].EnableSharedVirtualAddressingAsync();
        await third.DisposeAsync();
        await foreign.Memory.ExitAsync();
        await bond.DisposeAsync();
        await process.Memory.ExitAsync();
    });

    [Fact]
    public void Cut_off_twice_is_cut_off_once_and_both_wait_for_it() => Run(async (bench, device, trace) =>
    {
        QueueTrace queue = new(bench);
        queue.Take();
        Task first = device.IsolateAsync().AsTask();
        Task second = device.IsolateAsync().AsTask();
        Assert.False(second.IsCompleted);
        await second;
        Assert.True(first.IsCompleted);
        Assert.Equal(["unit -, device PAR, entry none"], trace.Take());
        Assert.Equal(4, queue.Take().Length);

        await device.InvalidateDeviceTlbAsync(IommuDevice.RequestsWithoutPasid, DeviceTlbRange.Everything);
        Assert.Equal(["wait"], queue.Take());
        await device.DisposeAsync();
        Assert.Equal("unit -, device -, entry none", trace.State);
        Assert.Equal(["wait", "context of 00:02.0"], queue.Take()[..2]);
    });

    public static TheoryData<string> Calls => ["enable", "enable PASIDs", "reset", "attach"];

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_device_that_is_gone_refuses(string call) => Run(async (bench, device, trace) =>
    {
        await device.DisableSharedVirtualAddressingAsync();
        bench.Machine.RemoveFunction(bench.Engines[0]);
        trace.Take();
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(CallAsync(call, device)));
        Assert.Equal("unit -, device -, entry none", trace.State);
        await device.DisposeAsync();
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(CallAsync(call, device)));
    });

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_device_that_goes_while_a_call_waits_for_its_turn_refuses(string call) => Run(async (bench, device, trace) =>
    {
        await device.DisableSharedVirtualAddressingAsync();
        Task first = device.EnablePasidsAsync().AsTask();
        Task second = call == "attach" ? first : CallAsync(call, device).AsTask();
        bench.Machine.RemoveFunction(bench.Engines[0]);
        await Record.ExceptionAsync(() => first);
        if (call != "attach")
            Assert.Equal(IommuError.DeviceGone, (await Assert.ThrowsAsync<IommuException>(() => second)).Error);
        Assert.Equal(DeviceState.Removed, device.State);
    });

    [Theory]
    [MemberData(nameof(Calls))]
    public void A_device_that_is_being_reset_is_busy(string call) => Run(async (bench, device, trace) =>
    {
        await device.DisableSharedVirtualAddressingAsync();
        Task resetting = device.ResetAsync().AsTask();
        Assert.Equal(IommuError.Busy, await RefusalAsync(CallAsync(call, device)));
        await resetting;
        Assert.Equal("unit -, device -, entry none", trace.State);
    });

    private const ulong DeviceTlb = 1UL << 2;
    private const ulong PageRequest = 1UL << 29;
    private const ulong FirstStage = 1UL << 47;
    private const ulong Nested = 1UL << 26;
    private const ulong NoWriteFlag = 1UL << 33;
    private const ulong ExtendedAccessed = 1UL << 34;
    private const ulong LargeFirstStagePages = 1UL << 56;
    private const ulong PasidSupport = 1UL << 40;
    private const ulong PageRequestDrain = 1UL << 42;

    [Theory]
    [InlineData("no first stage", FirstStage | ExtendedAccessed | Nested, 20, 32, 32)]
    [InlineData("no PASIDs", PasidSupport | FirstStage | ExtendedAccessed | Nested | PageRequest | PageRequestDrain, 20, 32, 32)]
    [InlineData("no page requests", PageRequest | PageRequestDrain, 20, 32, 32)]
    [InlineData("page requests that cannot be drained", PageRequestDrain, 20, 32, 32)]
    [InlineData("no device TLBs", DeviceTlb | NoWriteFlag | PageRequest | PageRequestDrain, 20, 32, 32)]
    [InlineData("a device without PASID", 0, 0, 32, 32)]
    [InlineData("a device without ATS", 0, 20, 0, 0)]
    [InlineData("a device without PRI", 0, 20, 32, 0)]
    public void What_is_lacking_is_not_enabled(string what, ulong lacking, int pasidWidth, int invalidations, int requests) => IommuBench.RunByHand(
        async bench =>
        {
            IommuDevice device = await bench.Subsystem.AddAsync(bench.Machine.AddFunction(0, new RequesterId(0, 9, 0), context => new EmulatedDmaEngine(
                context,
                new DmaEngineOptions { PasidWidth = pasidWidth, InvalidateQueueDepth = invalidations, PageRequestCapacity = requests })));
            Assert.Equal((what, IommuError.NotSupported), (what, await RefusalAsync(device.EnableSharedVirtualAddressingAsync())));
            if (pasidWidth == 0 || (lacking & PasidSupport) != 0)
                Assert.Equal(IommuError.NotSupported, await RefusalAsync(device.EnablePasidsAsync()));
            Assert.False(device.PasidEnabled || device.DeviceTlbEnabled || device.PageRequestsEnabled);
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions
        {
            Devices = 0,
            CapabilityToggles = (lacking & FirstStage) != 0 ? LargeFirstStagePages : 0,
            ExtendedCapabilityToggles = lacking,
        });

    private static async ValueTask CallAsync(string call, IommuDevice device)
    {
        switch (call)
        {
            case "enable":
                await device.EnableSharedVirtualAddressingAsync();
                break;
            case "enable PASIDs":
                await device.EnablePasidsAsync();
                break;
            case "reset":
                await device.ResetAsync();
                break;
            default:
                device.Attach(IommuDevice.RequestsWithoutPasid, new PasidEntry { Present = true });
                break;
        }
    }

    private static void Run(Func<IommuBench, IommuDevice, DeviceTrace, Task> test) => IommuBench.Run(1, async bench =>
    {
        using DeviceTrace trace = new(bench);
        await test(bench, bench.Devices[0], trace);
    });
}
