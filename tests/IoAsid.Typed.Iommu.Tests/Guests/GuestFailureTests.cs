using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A failed step of a guest's set-up leaves no change. An error path of the Linux extension leaked the reference and the id.</summary>
public sealed class GuestFailureTests
{
    private const ulong Pattern = 0x1234_5678_8765_4321;

    [Fact]
    public void A_guest_and_a_bind_without_memory_at_any_step_leave_nothing() => IommuFixture.Run(seeds: 2, async fixture =>
    {
        FrameAllocator frames = fixture.Subsystem.Frames;
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
                guest = await TestGuest.StartAsync(fixture);
                await guest.CreateBoundProcessAsync();
                isDone = !refused;
            }
            catch (IommuException none) when (none.Error == IommuError.NoMemory)
            {
                failures++;
            }

            frames.InjectFaults(null);
            Assert.All(fixture.Devices, device => Assert.Equal(isDone ? 1 : 0, device.AttachedPasids.Count));
            if (guest is not null)
                await guest.TerminateAsync();
            Assert.Equal(0, fixture.Subsystem.Pasids.GetStatistics().Outstanding);
            Assert.InRange(frames.InUse, before, before + 1); // A PASID table of the device may stay.
        }

        Assert.True(failures >= 3, $"Only {failures} steps allocated memory.");
    });

    public static TheoryData<GuestPageTable> Unwalkable => [new GuestPageTable(0x10_0008), new GuestPageTable(1UL << 48), new GuestPageTable(0x10_0000, 3), new GuestPageTable(0x10_0000, 5)];

    [Theory]
    [MemberData(nameof(Unwalkable))]
    public void Tables_that_the_unit_cannot_walk_are_refused(GuestPageTable table) => IommuFixture.Run(seeds: 1, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        PrivateIoAsid pasid = guest.Container.Allocate();
        IommuException refused = await Assert.ThrowsAsync<IommuException>(async () => await guest.Container.BindAsync(pasid, TestGuest.VirtualId(0), table));
        Assert.Equal(IommuError.NotSupported, refused.Error);
        Assert.Equal(IoAsidFreeResult.Reclaimed, guest.Container.Free(pasid));
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_PASID_has_one_table_on_all_devices() => IommuFixture.Run(
        seeds: 1,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture, devices: 2);
            GuestProcess process = await guest.CreateBoundProcessAsync();
            GuestPageTable other = guest.CreateProcess().Table;
            IommuException refused = await Assert.ThrowsAsync<IommuException>(async () => await guest.Container.BindAsync(process.Pasid, TestGuest.VirtualId(1), other));
            Assert.Equal(IommuError.Busy, refused.Error);
            Assert.True(await process.UnbindAsync());
            await guest.Container.BindAsync(process.Pasid, TestGuest.VirtualId(1), other);
            await guest.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Devices = 2 });

    [Fact]
    public void A_device_is_assigned_once_and_not_after_the_guest_ended() => IommuFixture.Run(
        seeds: 1,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture);
            Func<Pasid, ValueTask> stop = _ => ValueTask.CompletedTask;
            Assert.Equal(IommuError.Busy, await RefusalAsync(guest.Container.AssignAsync(fixture.Devices[0], TestGuest.VirtualId(9), stop)));
            Assert.Equal(IommuError.Busy, await RefusalAsync(guest.Container.AssignAsync(fixture.Devices[1], TestGuest.VirtualId(0), stop)));
            await guest.TerminateAsync();
            Assert.Equal(IommuError.Exited, await RefusalAsync(guest.Container.AssignAsync(fixture.Devices[1], TestGuest.VirtualId(1), stop)));
            Assert.Equal(IommuError.Exited, Assert.Throws<IommuException>(() => guest.Container.Allocate()).Error);
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Devices = 2 });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Mapping_memory_is_refused_after_the_guest_ended(bool isDeadBefore) => IommuFixture.Run(
        seeds: 5,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture);
            await guest.CreateBoundProcessAsync();
            AddressRange page = new(0, AddressRange.PageSize);
            Task dying = isDeadBefore ? guest.TerminateAsync() : Task.CompletedTask;
            if (isDeadBefore)
                await dying;
            Task mapping = guest.Container.Memory.MapAsync(page, guest.HostRam).AsTask();
            if (!isDeadBefore)
                dying = guest.TerminateAsync();

            Assert.Equal(isDeadBefore, mapping.IsCompleted);
            Exception? refusal = await Record.ExceptionAsync(() => mapping);
            await dying;

            Assert.True(refusal is null ? !isDeadBefore : refusal is IommuException { Error: IommuError.Exited });
            Assert.False(guest.Container.Memory.TryReadUInt64(0, out _));
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { CachingMode = true });

    /// <summary>The host stops the device, independent of the guest. A device that does not stop is isolated.</summary>
    [Fact]
    public void A_device_that_does_not_stop_is_isolated_before_the_reuse() => IommuFixture.Run(seeds: 10, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture, devices: 0);
        guest.Devices.Add(await guest.Container.AssignAsync(fixture.Devices[0], TestGuest.VirtualId(0), _ => throw new InvalidOperationException("stuck")));
        GuestProcess process = await guest.CreateBoundProcessAsync();
        await process.SubmitFillAsync(page: 0, pages: 30, Pattern);

        process.Free();
        await guest.TerminateAsync();

        Assert.Equal(DeviceState.Isolated, fixture.Devices[0].State);
        Assert.Equal(0, fixture.Subsystem.Pasids.GetStatistics().Outstanding);
    });
}
