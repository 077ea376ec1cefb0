using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>What a device goes through, with everything else going on: set-up, reset, being given up and taken again.</summary>
public sealed class DeviceLifeTests
{
    private const int Seeds = 15;
    private const ulong Pattern = 0x2222_4444_6666_8888;

    [Fact]
    public void After_a_reset_what_the_device_let_pass_before_is_forgiven() => IommuBench.Run(Seeds, async bench =>
    {
        TestProcess process = bench.CreateProcess();
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[0], bond, 0, 4, Pattern)).Status);
        bench.Engines[0].Misbehaviour = DeviceMisbehaviour.IgnoresInvalidation;
        await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize));
        Assert.Equal(DeviceState.Isolated, bench.Devices[0].State);
        bench.Engines[0].Misbehaviour = DeviceMisbehaviour.None;
        await bench.Devices[0].ResetAsync();
        bench.OpenQueues(0);

        await process.Memory.UnmapAsync(new AddressRange(process.PageAt(1), AddressRange.PageSize));

        Assert.Equal(DeviceState.Active, bench.Devices[0].State);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[0], bond, 2, 2, Pattern)).Status);
        await bench.UnbindAllAsync([bond]);
        Assert.Equal(DeviceState.Active, bench.Devices[0].State);
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_device_that_is_given_up_takes_nothing_new_from_the_first_step_on() => IommuBench.Run(Seeds, async bench =>
    {
        TestProcess process = bench.CreateProcess();
        IommuDevice device = bench.Devices[0];
        Task removing = device.DisposeAsync().AsTask();

        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(bench.Subsystem.Sva.BindAsync(device, process.Memory).AsTask()));
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(device.ResetAsync().AsTask()));
        await removing;
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(bench.Subsystem.Sva.BindAsync(device, process.Memory).AsTask()));
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(device.EnableSharedVirtualAddressingAsync().AsTask()));
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(device.ResetAsync().AsTask()));

        await process.Memory.ExitAsync();
        Assert.Equal(0, bench.Subsystem.Pasids.GetStatistics().Outstanding);
        await bench.Subsystem.DisposeAsync();
        Assert.Equal(0, bench.Subsystem.Frames.InUse);
    });

    [Fact]
    public void A_device_that_is_being_reset_is_given_up_after_the_reset() => IommuBench.Run(Seeds, async bench =>
    {
        Task resetting = bench.Devices[0].ResetAsync().AsTask();
        Assert.Equal(DeviceState.Resetting, bench.Devices[0].State);
        await bench.Devices[0].DisposeAsync();
        Assert.True(resetting.IsCompleted);
        Assert.Equal(IommuError.DeviceGone, await RefusalAsync(resetting));
        Assert.Equal(DeviceState.Removed, bench.Devices[0].State);
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_device_that_was_given_up_may_be_taken_again() => IommuBench.Run(Seeds, async bench =>
    {
        await bench.Devices[0].DisposeAsync();
        bench.Devices[0] = await bench.Subsystem.AddAsync(bench.Engines[0]);
        await bench.Devices[0].EnableSharedVirtualAddressingAsync();
        bench.Drivers[0] = new DmaEngineDriver(bench.Devices[0]);
        bench.OpenQueues(0);

        TestProcess process = bench.CreateProcess();
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[0], bond, 0, 4, Pattern)).Status);
        await bench.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void What_is_enabled_while_a_reset_begins_is_enabled_afterwards() => IommuBench.Run(Seeds, async bench =>
    {
        IommuDevice device = bench.Devices[0];
        await device.DisableSharedVirtualAddressingAsync();
        Task enabling = device.EnableSharedVirtualAddressingAsync().AsTask();
        Task resetting = device.ResetAsync().AsTask();
        await enabling;
        await resetting;
        bench.OpenQueues(0);

        TestProcess process = bench.CreateProcess();
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(device, process.Memory);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[0], bond, 0, 4, Pattern)).Status);
        await bench.UnbindAllAsync([bond]);
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_requester_id_is_taken_once() => IommuBench.Run(1, async bench =>
    {
        bench.Machine.RemoveFunction(bench.Engines[0]);
        EmulatedDmaEngine next = bench.Machine.AddFunction(0, bench.Engines[0].RequesterId, context => new EmulatedDmaEngine(context));
        long frames = bench.Subsystem.Frames.InUse;

        Assert.Equal(IommuError.Busy, await RefusalAsync(bench.Subsystem.AddAsync(next).AsTask()));

        Assert.Equal(frames, bench.Subsystem.Frames.InUse);
        await bench.Devices[0].DisposeAsync();
        Assert.Equal(DeviceState.Active, (await bench.Subsystem.AddAsync(next)).State);
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void Switched_off_twice_is_switched_off_once() => IommuBench.Run(1, async bench =>
    {
        await bench.AssertReclaimedAsync();
        await bench.Subsystem.DisposeAsync();
        Assert.Equal(0, bench.Subsystem.Frames.InUse);
    });
}
