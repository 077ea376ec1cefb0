using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Whatever fails in setting a guest up leaves everything as it was (DOMAIN 5: 34, where an error path kept the reference and the id for ever).</summary>
public sealed class GuestFailureTests
{
    private const ulong Pattern = 0x1234_5678_8765_4321;

    [Fact]
    public void Without_memory_at_any_step_a_guest_and_a_bind_fail_and_leave_nothing() => IommuBench.Run(seeds: 2, async bench =>
    {
        FrameAllocator frames = bench.Subsystem.Frames;
        int failures = 0;
        bool isDone = false;
        for (int step = 0; !isDone; step++)
        {
            long before = frames.InUse;
            int left = step;
            bool refused = false;
            frames.InjectFaults(() => refused |= left-- == 0);
            TestGuest? guest = null;
            try
            {
                guest = await TestGuest.StartAsync(bench);
                await guest.CreateBoundProcessAsync();
                isDone = !refused;
            }
            catch (IommuException none) when (none.Error == IommuError.NoMemory)
            {
                failures++;
            }

            frames.InjectFaults(null);
            Assert.All(bench.Devices, device => Assert.Equal(isDone ? 1 : 0, device.AttachedPasids.Count));
            if (guest is not null)
                await guest.DieAsync();
            Assert.Equal(0, bench.Subsystem.Pasids.GetStatistics().Outstanding);
            Assert.InRange(frames.InUse, before, before + 1); // A PASID table of the device may stay.
        }

        Assert.True(failures >= 3, $"{failures} steps took memory");
    });

    public static TheoryData<GuestPageTable> Unwalkable => [new GuestPageTable(0x10_0008), new GuestPageTable(1UL << 48), new GuestPageTable(0x10_0000, 3), new GuestPageTable(0x10_0000, 5)];

    [Theory]
    [MemberData(nameof(Unwalkable))]
    public void Tables_that_the_unit_cannot_walk_are_refused(GuestPageTable table) => IommuBench.Run(seeds: 1, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
        PrivateIoAsid pasid = guest.Container.Allocate();
        IommuException refused = await Assert.ThrowsAsync<IommuException>(async () => await guest.Container.BindAsync(pasid, TestGuest.VirtualId(0), table));
        Assert.Equal(IommuError.NotSupported, refused.Error);
        Assert.Equal(IoAsidFreeResult.Reclaimed, guest.Container.Free(pasid));
        await guest.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_PASID_has_one_table_on_all_devices() => IommuBench.Run(
        seeds: 1,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench, devices: 2);
            GuestProcess process = await guest.CreateBoundProcessAsync();
            GuestPageTable other = guest.CreateProcess().Table;
            IommuException refused = await Assert.ThrowsAsync<IommuException>(async () => await guest.Container.BindAsync(process.Pasid, TestGuest.VirtualId(1), other));
            Assert.Equal(IommuError.Busy, refused.Error);
            Assert.True(await process.UnbindAsync());
            await guest.Container.BindAsync(process.Pasid, TestGuest.VirtualId(1), other);
            await guest.DieAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Devices = 2 });

    [Fact]
    public void A_device_is_given_once_and_not_to_a_dead_guest() => IommuBench.Run(
        seeds: 1,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench);
            Func<Pasid, ValueTask> stop = _ => ValueTask.CompletedTask;
            Assert.Equal(IommuError.Busy, await RefusalAsync(guest.Container.AssignAsync(bench.Devices[0], TestGuest.VirtualId(9), stop)));
            Assert.Equal(IommuError.Busy, await RefusalAsync(guest.Container.AssignAsync(bench.Devices[1], TestGuest.VirtualId(0), stop)));
            await guest.DieAsync();
            Assert.Equal(IommuError.Exited, await RefusalAsync(guest.Container.AssignAsync(bench.Devices[1], TestGuest.VirtualId(1), stop)));
            Assert.Equal(IommuError.Exited, Assert.Throws<IommuException>(() => guest.Container.Allocate()).Error);
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Devices = 2 });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_dead_guest_gets_no_memory(bool isDeadBefore) => IommuBench.Run(
        seeds: 5,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench);
            await guest.CreateBoundProcessAsync();
            AddressRange page = new(0, AddressRange.PageSize);
            Task dying = isDeadBefore ? guest.DieAsync() : Task.CompletedTask;
            if (isDeadBefore)
                await dying;
            Task mapping = guest.Container.Memory.MapAsync(page, guest.HostRam).AsTask();
            if (!isDeadBefore)
                dying = guest.DieAsync();

            Assert.Equal(isDeadBefore, mapping.IsCompleted);
            Exception? refusal = await Record.ExceptionAsync(() => mapping);
            await dying;

            Assert.True(refusal is null ? !isDeadBefore : refusal is IommuException { Error: IommuError.Exited });
            Assert.False(guest.Container.Memory.TryReadUInt64(0, out _));
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { CachingMode = true });

    /// <summary>The device's stop is the host's, whatever the guest wants: one that does not stop is cut off.</summary>
    [Fact]
    public void A_device_that_does_not_stop_for_its_guest_is_cut_off_before_its_number_is_used_again() => IommuBench.Run(seeds: 10, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench, devices: 0);
        guest.Devices.Add(await guest.Container.AssignAsync(bench.Devices[0], TestGuest.VirtualId(0), _ => throw new InvalidOperationException("stuck")));
        GuestProcess process = await guest.CreateBoundProcessAsync();
        await process.SubmitFillAsync(page: 0, pages: 30, Pattern);

        process.Free();
        await guest.DieAsync();

        Assert.Equal(DeviceState.Isolated, bench.Devices[0].State);
        Assert.Equal(0, bench.Subsystem.Pasids.GetStatistics().Outstanding);
    });
}
