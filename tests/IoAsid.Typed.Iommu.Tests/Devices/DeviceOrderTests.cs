using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// The order in which a device is set up and torn down (PCIe 10.5, VT-d 6.5.3.3). Each submission of descriptors is compared with the state of the tables at
/// that time.
/// </summary>
public sealed class DeviceOrderTests
{
    private const ulong Pattern = 0x4444_3333_2222_1111;

    [Fact]
    public void The_entry_of_a_domain_is_revoked_in_the_same_order() => IommuFixture.Run(1, async fixture =>
    {
        using DeviceTrace trace = new(fixture, pasid: IommuDevice.RequestsWithoutPasid);
        DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(fixture.Devices[0], domain);
        await attachment.DisposeAsync();
        Assert.Equal(["unit PAR, device PAR, entry revoked"], trace.Take());
        Assert.Equal("unit PAR, device PAR, entry empty", trace.State);
        domain.Free();
        await fixture.AssertReclaimedAsync();
    });

    /// <summary>The id is freed while the bind waits for the unit. The set-up is undone like an unbind.</summary>
    [Fact]
    public void A_bind_of_a_freed_id_is_undone_in_the_order_of_an_unbind() => IommuFixture.Run(
        1,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture);
            GuestProcess process = guest.CreateProcess();
            using DeviceTrace trace = new(fixture);
            QueueTrace queue = new(fixture);
            queue.Take();
            Task binding = process.BindAsync().AsTask();
            Assert.Equal("unit PAR, device PAR, entry present", trace.State);
            process.Free();
            Assert.Equal(IommuError.NotFound, (await Assert.ThrowsAsync<IommuException>(() => binding)).Error);

            Assert.Equal(["unit PAR, device PAR, entry present", "unit PAR, device PAR, entry revoked", "unit PAR, device PAR, entry empty"], trace.Take());
            Assert.Contains("wait, drain page requests", queue.Take());
            await guest.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { CachingMode = true });

    [Fact]
    public void Features_are_not_disabled_while_a_PASID_is_attached() => Run(async (fixture, device, trace) =>
    {
        TestProcess process = fixture.CreateProcess();
        SvaBond bond = await fixture.Subsystem.BindAsync(device, process.Memory);
        Assert.Equal(IommuError.Busy, await RefusalAsync(device.DisableSharedVirtualAddressingAsync()));
        Assert.Equal("unit PAR, device PAR, entry present", trace.State);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], bond, 0, 1, Pattern)).Status);
        await fixture.UnbindAllAsync([bond]);

        // Requests without PASID continue.
        DmaDomain domain = fixture.Subsystem.CreateDomain("dma");
        DomainAttachment attachment = await IommuSubsystem.AttachAsync(device, domain);
        await device.DisableSharedVirtualAddressingAsync();
        QueueTrace queue = new(fixture);
        queue.Take();
        await domain.UnmapAsync(new AddressRange(0, AddressRange.PageSize));
        Assert.DoesNotContain(queue.Take(), words => words.StartsWith("device TLB", StringComparison.Ordinal));
        await attachment.DisposeAsync();
        domain.Free();
        await process.Memory.ExitAsync();
    });

    [Fact]
    public void Earlier_page_requests_are_answered_before_features_are_disabled() => IommuFixture.Run(5, async fixture =>
    {
        // For PASID 1 the foreign PASID would be 0, which is RID_PASID and refused by the unit. For PASID 2 it is 3, so 3 needs an entry.
        fixture.Engines[0].Misbehaviour = DeviceMisbehaviour.UsesForeignPasid;
        TestProcess other = fixture.CreateProcess("other");
        TestProcess process = fixture.CreateProcess();
        SvaBond first = await fixture.Subsystem.BindAsync(fixture.Devices[0], other.Memory);
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        TestProcess foreign = fixture.CreateProcess("foreign");
        SvaBond third = await fixture.Subsystem.BindAsync(fixture.Devices[0], foreign.Memory);
        await first.DisposeAsync();
        await other.Memory.ExitAsync();
        fixture.MaskPageRequestInterrupt(masked: true);
        await fixture.Drivers[0].SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, process.Fill(0, 1, Pattern));
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(100));
        foreach (Pasid pasid in (Pasid[])[third.Pasid, bond.Pasid])
        {
            await fixture.Devices[0].RevokeAsync(pasid, suppressFaults: false);
            fixture.Devices[0].Detach(pasid);
        }

        Assert.False(fixture.Engines[0].Pri!.Stopped);

        Task disabling = fixture.Devices[0].DisableSharedVirtualAddressingAsync().AsTask();
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
        Assert.False(disabling.IsCompleted);
        fixture.MaskPageRequestInterrupt(masked: false);
        await disabling;

        Assert.True(fixture.Engines[0].Pri!.Stopped);
        fixture.Engines[0].Misbehaviour = DeviceMisbehaviour.None;
        await fixture.Devices[0].EnableSharedVirtualAddressingAsync();
        await third.DisposeAsync();
        await foreign.Memory.ExitAsync();
        await bond.DisposeAsync();
        await process.Memory.ExitAsync();
    });

    [Fact]
    public void Two_isolations_are_one_and_both_callers_wait_for_it() => Run(async (fixture, device, trace) =>
    {
        QueueTrace queue = new(fixture);
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
    public void Calls_are_refused_after_the_removal(string call) => Run(async (fixture, device, trace) =>
    {
        await device.DisableSharedVirtualAddressingAsync();
        fixture.Machine.RemoveFunction(fixture.Engines[0]);
        trace.Take();
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(CallAsync(call, device)));
        Assert.Equal("unit -, device -, entry none", trace.State);
        await device.DisposeAsync();
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(CallAsync(call, device)));
    });

    [Theory]
    [MemberData(nameof(Calls))]
    public void Calls_that_wait_for_the_lock_are_refused_after_a_removal(string call) => Run(async (fixture, device, trace) =>
    {
        await device.DisableSharedVirtualAddressingAsync();
        Task first = device.EnablePasidsAsync().AsTask();
        Task second = call == "attach" ? first : CallAsync(call, device).AsTask();
        fixture.Machine.RemoveFunction(fixture.Engines[0]);
        await Record.ExceptionAsync(() => first);
        if (call != "attach")
            Assert.Equal(IommuError.DeviceGone, (await Assert.ThrowsAsync<IommuException>(() => second)).Error);
        Assert.Equal(DeviceState.Removed, device.State);
    });

    [Theory]
    [MemberData(nameof(Calls))]
    public void Calls_during_a_reset_are_refused_as_busy(string call) => Run(async (fixture, device, trace) =>
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
    public void Features_are_not_enabled_without_their_capabilities(string feature, ulong lacking, int pasidWidth, int invalidations, int requests) => IommuFixture.RunByHand(
        async fixture =>
        {
            IommuDevice device = await fixture.Subsystem.AddAsync(fixture.Machine.AddFunction(0, new RequesterId(0, 9, 0), context => new EmulatedDmaEngine(
                context,
                new DmaEngineOptions { PasidWidth = pasidWidth, InvalidateQueueDepth = invalidations, PageRequestCapacity = requests })));
            Assert.Equal((feature, IommuError.NotSupported), (feature, await RefusalAsync(device.EnableSharedVirtualAddressingAsync())));
            if (pasidWidth == 0 || (lacking & PasidSupport) != 0)
                Assert.Equal(IommuError.NotSupported, await RefusalAsync(device.EnablePasidsAsync()));
            Assert.False(device.PasidEnabled || device.DeviceTlbEnabled || device.PageRequestsEnabled);
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions
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

    private static void Run(Func<IommuFixture, IommuDevice, DeviceTrace, Task> test) => IommuFixture.Run(1, async fixture =>
    {
        using DeviceTrace trace = new(fixture);
        await test(fixture, fixture.Devices[0], trace);
    });
}
