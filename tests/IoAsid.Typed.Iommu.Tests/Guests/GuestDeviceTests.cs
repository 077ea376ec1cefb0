using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A device of a guest: the PASIDs that are programmed into it, their clearing, and the removal of the device from the guest.</summary>
public sealed class GuestDeviceTests
{
    private const ulong Pattern = 0x0F1E_2D3C_4B5A_6978;

    private static readonly FixtureOptions TwoDevices = new() { Devices = 2 };

    [Fact]
    public void A_device_holds_a_PASID_until_it_is_cleared_or_freed() => IommuFixture.Run(1, async fixture =>
    {
        int faults = 0;
        fixture.Subsystem.Pasids.Faulted += (_, _) => faults++;
        TestGuest guest = await TestGuest.StartAsync(fixture);
        GuestProcess process = guest.CreateProcess();
        Assert.True(guest.Devices[0].TryResolve(process.Pasid, out Pasid pasid));

        await process.BindAsync();
        Assert.Equal(1, guest.Devices[0].Contexts);
        await process.UnbindAsync();
        Assert.Equal(1, guest.Devices[0].Contexts);
        Assert.True(guest.Devices[0].TryResolve(process.Pasid, out Pasid again));
        Assert.Equal(pasid, again);
        PrivateIoAsid other = guest.Container.Allocate();
        Assert.Equal(IoAsidFreeResult.Reclaimed, guest.Container.Free(other));
        Assert.Equal(1, guest.Devices[0].Contexts);

        Assert.Equal(IoAsidFreeResult.Pending, process.Free());
        Assert.Equal(0, guest.Devices[0].Contexts);
        await guest.TerminateAsync();
        Assert.Equal(0, faults);
        await fixture.AssertReclaimedAsync();
    });

    [Theory]
    [InlineData("clear")]
    [InlineData("unassign")]
    [InlineData("end of the guest")]
    public void A_device_is_stopped_before_the_number_of_its_PASID_is_free(string end) => IommuFixture.Run(3, async fixture =>
    {
        List<(Pasid Pasid, bool IsHeld)> stopped = [];
        TestGuest guest = await TestGuest.StartAsync(fixture, devices: 0);
        GuestDevice device = await guest.Container.AssignAsync(fixture.Devices[0], TestGuest.VirtualId(0), async pasid =>
        {
            await fixture.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(50));
            stopped.Add((pasid, fixture.Subsystem.Pasids.GetStatistics().Outstanding == 1));
        });
        PrivateIoAsid number = guest.Container.Allocate();
        Assert.True(device.TryResolve(number, out Pasid host));

        switch (end)
        {
            case "clear":
                await device.ClearContextAsync(number);
                break;
            case "unassign":
                await device.DisposeAsync();
                Assert.False(device.TryResolve(number, out _));
                break;
            default:
                // A second disposal waits for the whole first one.
                Task first = guest.Container.DisposeAsync().AsTask();
                await guest.Container.DisposeAsync();
                Assert.NotEmpty(stopped);
                await first;
                Assert.Empty(guest.Container.Devices);
                break;
        }

        Assert.Equal([(host, true)], stopped);
        Assert.Equal(0, device.Contexts);
        Assert.Equal(end == "end of the guest" ? IoAsidFreeResult.AlreadyFreed : IoAsidFreeResult.Reclaimed, guest.Container.Free(number));
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void An_unassigned_device_has_no_bond_and_can_be_assigned_again() => IommuFixture.Run(
        5,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture, devices: 2);
            GuestProcess process = await guest.CreateBoundProcessAsync(device: 0);
            await process.BindAsync(device: 1);
            GuestDevice gone = guest.Devices[0];

            Task disposal = gone.DisposeAsync().AsTask();
            Assert.Equal(IommuError.NotFound, await RefusalAsync(guest.Container.BindAsync(guest.Container.Allocate(), gone.VirtualRequester, process.Table)));
            await disposal;

            Assert.Equal([guest.Devices[1]], guest.Container.Devices);
            Assert.Empty(fixture.Devices[0].AttachedPasids);
            Assert.Single(fixture.Devices[1].AttachedPasids);
            Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 0, pages: 2, Pattern, device: 1));
            Assert.Equal(IommuError.NotFound, await RefusalAsync(process.BindAsync(device: 0)));
            await gone.DisposeAsync();
            await guest.AssignAsync(0);
            await process.BindAsync(device: 0);
            await gone.DisposeAsync();
            Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 2, pages: 2, Pattern, device: 2));
            await guest.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        },
        TwoDevices);

    /// <summary>The host stops a device. From its first step on no work is submitted to the device, and no page request is forwarded to the guest.</summary>
    [Fact]
    public void No_work_is_submitted_to_a_device_that_is_being_stopped() => IommuFixture.Run(
        5,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture, devices: 0);
            for (int device = 0; device < 2; device++)
                guest.Devices.Add(await guest.Container.AssignAsync(fixture.Devices[device], TestGuest.VirtualId(device), StopSlowly(fixture, device)));
            GuestProcess process = await guest.CreateBoundProcessAsync(device: 0);
            await process.BindAsync(device: 1);
            Task<bool> unbinding = process.UnbindAsync(device: 0).AsTask();

            Assert.Equal(GuestEnqueueResult.Fault, await process.SubmitFillAsync(page: 0, pages: 1, Pattern, device: 0));
            Assert.Equal(1, guest.Processor.Faults);
            Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 0, pages: 1, Pattern, device: 1));

            Assert.True(await unbinding);
            Assert.Equal(IommuError.Busy, await RefusalAsync(guest.Container.BindAsync(process.Pasid, TestGuest.VirtualId(0), guest.CreateProcess().Table)));
            await guest.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        },
        TwoDevices);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Groups_are_refused_at_once_while_their_PASID_is_torn_down(bool isFreed) => IommuFixture.Run(
        5,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture, devices: 0);
            for (int device = 0; device < 2; device++)
                guest.Devices.Add(await guest.Container.AssignAsync(fixture.Devices[device], TestGuest.VirtualId(device), StopSlowly(fixture, device)));
            guest.Behaviour = GuestBehaviour.Ignores;
            GuestProcess process = await guest.CreateBoundProcessAsync(device: 0);
            await process.BindAsync(device: 1);
            await process.SubmitFillAsync(page: 0, pages: 1, Pattern, device: 0);
            GuestPageRequestGroup waiting = await guest.WaitForGroupAsync();
            long start = fixture.Machine.Scheduler.Clock.GetTimestamp();

            Task ending = Task.CompletedTask;
            if (isFreed)
            {
                // The second device is torn down after the first one.
                await process.SubmitFillAsync(page: 4, pages: 1, Pattern, device: 1);
                process.Free();
            }
            else
            {
                // The next work sends page requests after the first one was refused.
                await process.SubmitFillAsync(page: 4, pages: 1, Pattern, device: 0);
                ending = process.UnbindAsync(device: 0).AsTask();
            }

            long forwarded = guest.Container.Statistics.Forwarded;
            Assert.True(await fixture.Machine.Scheduler.WaitUntil(() => waiting.IsAnswered, TimeSpan.FromSeconds(5)));
            await ending;
            await guest.TerminateAsync();

            Assert.Equal(forwarded, guest.Container.Statistics.Forwarded);
            // No group waited for its deadline.
            Assert.InRange(fixture.Machine.Scheduler.Clock.GetElapsedTime(start).TotalMilliseconds, 0, 500);
            await fixture.AssertReclaimedAsync();
        },
        TwoDevices);

    /// <summary>The first unbind is slow. The second PASID is freed during it, and is being torn down when its unbind would begin.</summary>
    [Fact]
    public void A_PASID_that_is_freed_during_an_unassign_is_torn_down_once() => IommuFixture.Run(5, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture, devices: 0);
        guest.Devices.Add(await guest.Container.AssignAsync(fixture.Devices[0], TestGuest.VirtualId(0), StopSlowly(fixture, device: 0)));
        await guest.CreateBoundProcessAsync();
        GuestProcess second = await guest.CreateBoundProcessAsync();
        Task disposal = guest.Devices[0].DisposeAsync().AsTask();
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(10));

        second.Free();

        await disposal;
        Assert.Empty(fixture.Devices[0].AttachedPasids);
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    /// <summary>Stops a device by completing its work. The device waits for its pages.</summary>
    private static Func<Pasid, ValueTask> StopSlowly(IommuFixture fixture, int device) => async pasid =>
    {
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(device == 0 ? 20 : 0));
        await fixture.Drivers[device].StopAsync(pasid);
    };

    [Fact]
    public void A_bind_is_undone_when_its_guest_ends() => IommuFixture.Run(
        10,
        async fixture =>
        {
            for (int yields = 0; yields < 12; yields++)
            {
                TestGuest guest = await TestGuest.StartAsync(fixture);
                GuestProcess process = guest.CreateProcess();
                Task binding = process.BindAsync().AsTask();
                for (int turn = 0; turn < yields; turn++)
                    await fixture.Machine.Scheduler.Yield();

                process.Free();

                if (await Record.ExceptionAsync(() => binding) is { } refusal)
                    Assert.Equal(IommuError.NotFound, Assert.IsType<IommuException>(refusal).Error);
                await guest.TerminateAsync();
                Assert.Empty(fixture.Devices[0].AttachedPasids);
            }

            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { CachingMode = true });

    [Fact]
    public void Assigning_enables_a_device_and_is_refused_after_the_guest_ended() => IommuFixture.Run(3, async fixture =>
    {
        IommuDevice device = fixture.Devices[0];
        TestGuest guest = await TestGuest.StartAsync(fixture, devices: 0);
        TestGuest dying = await TestGuest.StartAsync(fixture, "dying", devices: 0);
        Func<Pasid, ValueTask> stop = _ => ValueTask.CompletedTask;

        await device.DisableSharedVirtualAddressingAsync();
        ValueTask<GuestDevice> late = dying.Container.AssignAsync(device, TestGuest.VirtualId(0), stop);
        await dying.TerminateAsync();
        Assert.Equal(IommuError.Exited, await RefusalAsync(late));
        Assert.Empty(dying.Container.Devices);

        await device.DisableSharedVirtualAddressingAsync();
        Assert.Equal(IommuError.Exited, await RefusalAsync(dying.Container.AssignAsync(device, TestGuest.VirtualId(0), stop)));
        Assert.False(device.PageRequestsEnabled);

        await guest.Container.AssignAsync(device, TestGuest.VirtualId(0), stop);
        Assert.True(device.PageRequestsEnabled);
        await using (guest.Container)
            guest.Container.Allocate();
        Assert.True(guest.Container.HasEnded);
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void An_unassign_waits_for_the_drains_of_freed_PASIDs() => IommuFixture.Run(3, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        GuestProcess process = await guest.CreateBoundProcessAsync();
        process.Free();
        await guest.Devices[0].DisposeAsync();
        Assert.Empty(fixture.Devices[0].AttachedPasids);
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    /// <summary>The device waits for its pages while it is stopped. The stop waits neither for the guest nor for a deadline.</summary>
    [Fact]
    public void An_unassign_refuses_groups_before_it_stops_the_device() => IommuFixture.Run(3, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture, devices: 0);
        guest.Devices.Add(await guest.Container.AssignAsync(fixture.Devices[0], TestGuest.VirtualId(0), pasid => fixture.Drivers[0].StopAsync(pasid)));
        guest.Behaviour = GuestBehaviour.Ignores;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        Assert.True(guest.Devices[0].TryResolve(process.Pasid, out _));
        await process.SubmitFillAsync(page: 0, pages: 1, Pattern);
        GuestPageRequestGroup expired = await guest.WaitForGroupAsync();
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromSeconds(2));
        Assert.True(expired.IsAnswered);
        await process.SubmitFillAsync(page: 1, pages: 1, Pattern);
        GuestPageRequestGroup waiting = await guest.WaitForGroupAsync();
        long start = fixture.Machine.Scheduler.Clock.GetTimestamp();

        await guest.Devices[0].DisposeAsync();

        Assert.True(waiting.IsAnswered);
        Assert.InRange(fixture.Machine.Scheduler.Clock.GetElapsedTime(start).TotalMilliseconds, 0, 500);
        Assert.Equal(0, guest.Container.Statistics.LateResponses);
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_device_that_is_assigned_during_two_disposals_stays_assigned() => IommuFixture.Run(10, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        await guest.CreateBoundProcessAsync();
        await guest.CreateBoundProcessAsync();
        Task[] disposal = [.. Enumerable.Range(0, 2).Select(_ => guest.Devices[0].DisposeAsync().AsTask())];
        await Task.WhenAny(disposal);
        await guest.AssignAsync(0);
        await Task.WhenAll(disposal);
        Assert.Equal([guest.Devices[1]], guest.Container.Devices);
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    private const ulong Nested = 1UL << 26;
    private const ulong FourLevels = 1UL << 10;
    private const ulong FiveLevels = 1UL << 60;

    [Theory]
    [InlineData(0, Nested)]
    [InlineData(FourLevels, 0)]
    public void Assigning_is_refused_without_nested_translation(ulong capability, ulong extended) => IommuFixture.Run(
        1,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture, devices: 0);
            Assert.Equal(IommuError.NotSupported, await RefusalAsync(guest.Container.AssignAsync(fixture.Devices[0], TestGuest.VirtualId(0), _ => ValueTask.CompletedTask)));
            await guest.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { CapabilityToggles = capability, ExtendedCapabilityToggles = extended });

    [Fact]
    public void A_guest_may_have_five_levels_only_if_the_unit_walks_them() => IommuFixture.Run(
        1,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture);
            PrivateIoAsid pasid = guest.Container.Allocate();
            foreach (int levels in (int[])[3, 4, 5, 6])
            {
                ValueTask<GuestSvaBond> binding = guest.Container.BindAsync(pasid, TestGuest.VirtualId(0), new GuestPageTable(TestGuest.RamBase, levels));
                if (levels is 4 or 5)
                {
                    await binding;
                    Assert.True(await guest.UnbindAsync(pasid, TestGuest.VirtualId(0)));
                }
                else
                {
                    Assert.Equal(IommuError.NotSupported, await RefusalAsync(binding));
                }
            }

            await guest.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { CapabilityToggles = FiveLevels });

    [Fact]
    public void Features_of_an_assignment_are_disabled_with_it_or_its_refusal() => IommuFixture.Run(
        1,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture, devices: 0);
            await fixture.Features[0].DisposeAsync();
            await guest.AssignAsync(0);
            Assert.True(fixture.Devices[0].PageRequestsEnabled);
            await fixture.Features[1].DisposeAsync();
            Assert.Equal(IommuError.Busy, await RefusalAsync(guest.Container.AssignAsync(fixture.Devices[1], TestGuest.VirtualId(0), _ => ValueTask.CompletedTask)));
            Assert.False(fixture.Devices[1].PasidEnabled);

            await guest.Devices[0].DisposeAsync();

            Assert.False(fixture.Devices[0].PasidEnabled);
            await guest.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Devices = 2 });

    [Fact]
    public void A_PASID_that_the_guest_does_not_have_is_refused_and_counted() => IommuFixture.Run(1, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        foreach (uint wrong in (uint[])[0, 1 << 20])
        {
            Assert.False(guest.Container.TryAllocate(new PrivateIoAsid(wrong), out IoAsidAllocationFailure failure));
            Assert.Equal(IoAsidAllocationFailure.RangeExhausted, failure);
        }

        PrivateIoAsid own = guest.Container.Allocate();

        Assert.True(guest.Container.TryHold(own, out IoAsidReference? held));
        Assert.Equal(IoAsidFreeResult.Pending, guest.Container.Free(own));
        held.Dispose();
        Assert.Equal(0, guest.Container.Statistics.Refused);
        Assert.False(guest.Container.TryHold(own, out _));
        Assert.Equal(1, guest.Container.Statistics.Refused);
        Assert.Equal(GuestResponseResult.NoSuchGroup, guest.Container.Respond(new RequesterId(9), own, 0, PageResponse.Success));
        Assert.Equal((2L, 1L), (guest.Container.Statistics.Refused, guest.Container.Statistics.RefusedResponses));
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });
}
