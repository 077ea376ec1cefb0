using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The life of a device during other operations: set-up, reset, disposal and a second addition.</summary>
public sealed class DeviceLifeTests
{
    private const int Seeds = 15;
    private const ulong Pattern = 0x2222_4444_6666_8888;

    [Fact]
    public void A_reset_resets_the_count_of_invalidation_timeouts() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestProcess process = fixture.CreateProcess();
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], bond, 0, 4, Pattern)).Status);
        fixture.Engines[0].Misbehaviour = DeviceMisbehaviour.IgnoresInvalidation;
        await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize));
        Assert.Equal(DeviceState.Isolated, fixture.Devices[0].State);
        fixture.Engines[0].Misbehaviour = DeviceMisbehaviour.None;
        await fixture.Devices[0].ResetAsync();
        fixture.OpenQueues(0);

        await process.Memory.UnmapAsync(new AddressRange(process.PageAt(1), AddressRange.PageSize));

        Assert.Equal(DeviceState.Active, fixture.Devices[0].State);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], bond, 2, 2, Pattern)).Status);
        await fixture.UnbindAllAsync([bond]);
        Assert.Equal(DeviceState.Active, fixture.Devices[0].State);
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_disposal_refuses_new_uses_from_its_first_step_on() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestProcess process = fixture.CreateProcess();
        IommuDevice device = fixture.Devices[0];
        Task removing = device.DisposeAsync().AsTask();

        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(fixture.Subsystem.BindAsync(device, process.Memory).AsTask()));
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(device.ResetAsync().AsTask()));
        await removing;
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(fixture.Subsystem.BindAsync(device, process.Memory).AsTask()));
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(device.EnableSharedVirtualAddressingAsync().AsTask()));
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(device.ResetAsync().AsTask()));

        await process.Memory.ExitAsync();
        Assert.Equal(0, fixture.Subsystem.Pasids.GetStatistics().Outstanding);
        await fixture.Subsystem.DisposeAsync();
        Assert.Equal(0, fixture.Subsystem.Frames.InUse);
    });

    [Fact]
    public void A_disposal_waits_for_a_running_reset() => IommuFixture.Run(Seeds, async fixture =>
    {
        Task resetting = fixture.Devices[0].ResetAsync().AsTask();
        Assert.Equal(DeviceState.Resetting, fixture.Devices[0].State);
        await fixture.Devices[0].DisposeAsync();
        Assert.True(resetting.IsCompleted);
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(resetting));
        Assert.Equal(DeviceState.Removed, fixture.Devices[0].State);
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_function_can_be_added_again_after_the_disposal() => IommuFixture.Run(Seeds, async fixture =>
    {
        await fixture.Devices[0].DisposeAsync();
        fixture.Devices[0] = await fixture.Subsystem.AddAsync(fixture.Engines[0]);
        await fixture.Devices[0].EnableSharedVirtualAddressingAsync();
        fixture.Drivers[0] = new DmaEngineDriver(fixture.Devices[0]);
        fixture.OpenQueues(0);

        TestProcess process = fixture.CreateProcess();
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], bond, 0, 4, Pattern)).Status);
        await fixture.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void Features_that_are_enabled_during_a_reset_are_enabled_afterwards() => IommuFixture.Run(Seeds, async fixture =>
    {
        IommuDevice device = fixture.Devices[0];
        await device.DisableSharedVirtualAddressingAsync();
        Task enabling = device.EnableSharedVirtualAddressingAsync().AsTask();
        Task resetting = device.ResetAsync().AsTask();
        await enabling;
        await resetting;
        fixture.OpenQueues(0);

        TestProcess process = fixture.CreateProcess();
        SvaBond bond = await fixture.Subsystem.BindAsync(device, process.Memory);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], bond, 0, 4, Pattern)).Status);
        await fixture.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_requester_id_belongs_to_one_device() => IommuFixture.Run(1, async fixture =>
    {
        fixture.Machine.RemoveFunction(fixture.Engines[0]);
        EmulatedDmaEngine next = fixture.Machine.AddFunction(0, fixture.Engines[0].RequesterId, context => new EmulatedDmaEngine(context));
        long frames = fixture.Subsystem.Frames.InUse;

        Assert.Equal(IommuError.Busy, await RefusalAsync(fixture.Subsystem.AddAsync(next).AsTask()));

        Assert.Equal(frames, fixture.Subsystem.Frames.InUse);
        await fixture.Devices[0].DisposeAsync();
        Assert.Equal(DeviceState.Active, (await fixture.Subsystem.AddAsync(next)).State);
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_second_disable_has_no_effect() => IommuFixture.Run(1, async fixture =>
    {
        await fixture.AssertReclaimedAsync();
        await fixture.Subsystem.DisposeAsync();
        Assert.Equal(0, fixture.Subsystem.Frames.InUse);
    });
}
