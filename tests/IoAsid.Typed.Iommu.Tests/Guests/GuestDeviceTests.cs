using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A device in a guest's hands: what it is told, what it is cleaned of, and what is left of that when it is taken away.</summary>
public sealed class GuestDeviceTests
{
    private const ulong Pattern = 0x0F1E_2D3C_4B5A_6978;

    private static readonly BenchOptions TwoDevices = new() { Devices = 2 };

    [Fact]
    public void What_a_device_was_told_it_keeps_until_it_is_cleaned_or_the_PASID_is_freed() => IommuBench.Run(1, async bench =>
    {
        int faults = 0;
        bench.Subsystem.Pasids.Faulted += (_, _) => faults++;
        TestGuest guest = await TestGuest.StartAsync(bench);
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
        await guest.DieAsync();
        Assert.Equal(0, faults);
        await bench.AssertReclaimedAsync();
    });

    [Theory]
    [InlineData("clean")]
    [InlineData("unassign")]
    [InlineData("death")]
    public void What_it_was_told_it_is_stopped_for_before_the_number_is_given_back(string end) => IommuBench.Run(3, async bench =>
    {
        List<(Pasid Pasid, bool IsHeld)> stopped = [];
        TestGuest guest = await TestGuest.StartAsync(bench, devices: 0);
        GuestDevice device = await guest.Container.AssignAsync(bench.Devices[0], TestGuest.VirtualId(0), async pasid =>
        {
            await bench.Machine.Scheduler.Delay(TimeSpan.FromMicroseconds(50));
            stopped.Add((pasid, bench.Subsystem.Pasids.GetStatistics().Outstanding == 1));
        });
        PrivateIoAsid number = guest.Container.Allocate();
        Assert.True(device.TryResolve(number, out Pasid host));

        switch (end)
        {
            case "clean":
                await device.ClearContextAsync(number);
                break;
            case "unassign":
                await device.DisposeAsync();
                Assert.False(device.TryResolve(number, out _));
                break;
            default:
                // Whoever waits for the death waits for all of it.
                Task first = guest.Container.DisposeAsync().AsTask();
                await guest.Container.DisposeAsync();
                Assert.NotEmpty(stopped);
                await first;
                Assert.Empty(guest.Container.Devices);
                break;
        }

        Assert.Equal([(host, true)], stopped);
        Assert.Equal(0, device.Contexts);
        Assert.Equal(end == "death" ? IoAsidFreeResult.AlreadyFreed : IoAsidFreeResult.Reclaimed, guest.Container.Free(number));
        await guest.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_device_that_is_taken_away_is_bound_to_nothing_and_may_be_given_again() => IommuBench.Run(
        5,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench, devices: 2);
            GuestProcess process = await guest.CreateBoundProcessAsync(device: 0);
            await process.BindAsync(device: 1);
            GuestDevice gone = guest.Devices[0];

            Task leaving = gone.DisposeAsync().AsTask();
            Assert.Equal(IommuError.NotFound, await RefusalAsync(guest.Container.BindAsync(guest.Container.Allocate(), gone.VirtualRequester, process.Table)));
            await leaving;

            Assert.Equal([guest.Devices[1]], guest.Container.Devices);
            Assert.Empty(bench.Devices[0].AttachedPasids);
            Assert.Single(bench.Devices[1].AttachedPasids);
            Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 0, pages: 2, Pattern, device: 1));
            Assert.Equal(IommuError.NotFound, await RefusalAsync(process.BindAsync(device: 0)));
            await gone.DisposeAsync();
            await guest.AssignAsync(0);
            await process.BindAsync(device: 0);
            await gone.DisposeAsync();
            Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 2, pages: 2, Pattern, device: 2));
            await guest.DieAsync();
            await bench.AssertReclaimedAsync();
        },
        TwoDevices);

    /// <summary>The guest's stop is the host's: from its first step on nothing is submitted there, and nobody asks the guest for pages.</summary>
    [Fact]
    public void While_a_device_is_stopped_the_guest_submits_only_to_others() => IommuBench.Run(
        5,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench, devices: 0);
            for (int device = 0; device < 2; device++)
                guest.Devices.Add(await guest.Container.AssignAsync(bench.Devices[device], TestGuest.VirtualId(device), StopSlowly(bench, device)));
            GuestProcess process = await guest.CreateBoundProcessAsync(device: 0);
            await process.BindAsync(device: 1);
            Task<bool> unbinding = process.UnbindAsync(device: 0).AsTask();

            Assert.Equal(GuestEnqueueResult.Fault, await process.SubmitFillAsync(page: 0, pages: 1, Pattern, device: 0));
            Assert.Equal(1, guest.Processor.Faults);
            Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 0, pages: 1, Pattern, device: 1));

            Assert.True(await unbinding);
            Assert.Equal(IommuError.Busy, await RefusalAsync(guest.Container.BindAsync(process.Pasid, TestGuest.VirtualId(0), guest.CreateProcess().Table)));
            await guest.DieAsync();
            await bench.AssertReclaimedAsync();
        },
        TwoDevices);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Groups_that_come_or_wait_while_a_PASID_is_given_up_are_refused_at_once_on_all_devices(bool isFreed) => IommuBench.Run(
        5,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench, devices: 0);
            for (int device = 0; device < 2; device++)
                guest.Devices.Add(await guest.Container.AssignAsync(bench.Devices[device], TestGuest.VirtualId(device), StopSlowly(bench, device)));
            guest.Manners = GuestManners.Keeps;
            GuestProcess process = await guest.CreateBoundProcessAsync(device: 0);
            await process.BindAsync(device: 1);
            await process.SubmitFillAsync(page: 0, pages: 1, Pattern, device: 0);
            GuestPageRequestGroup waiting = await guest.WaitForGroupAsync();
            long start = bench.Machine.Scheduler.Clock.GetTimestamp();

            Task ending = Task.CompletedTask;
            if (isFreed)
            {
                // The second device has its turn after the first one.
                await process.SubmitFillAsync(page: 4, pages: 1, Pattern, device: 1);
                process.Free();
            }
            else
            {
                // The next of its work asks for pages when the first was refused.
                await process.SubmitFillAsync(page: 4, pages: 1, Pattern, device: 0);
                ending = process.UnbindAsync(device: 0).AsTask();
            }

            long forwarded = guest.Container.Statistics.Forwarded;
            Assert.True(await bench.Machine.Scheduler.WaitUntil(() => waiting.IsAnswered, TimeSpan.FromSeconds(5)));
            await ending;
            await guest.DieAsync();

            Assert.Equal(forwarded, guest.Container.Statistics.Forwarded);
            // Nobody waited for the clock of the page requests.
            Assert.InRange(bench.Machine.Scheduler.Clock.GetElapsedTime(start).TotalMilliseconds, 0, 500);
            await bench.AssertReclaimedAsync();
        },
        TwoDevices);

    /// <summary>The first unbind is slow; the second PASID is freed meanwhile, and is being torn down when its turn to be unbound comes.</summary>
    [Fact]
    public void What_is_freed_while_its_device_is_taken_away_is_torn_down_once() => IommuBench.Run(5, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench, devices: 0);
        guest.Devices.Add(await guest.Container.AssignAsync(bench.Devices[0], TestGuest.VirtualId(0), StopSlowly(bench, device: 0)));
        await guest.CreateBoundProcessAsync();
        GuestProcess second = await guest.CreateBoundProcessAsync();
        Task leaving = guest.Devices[0].DisposeAsync().AsTask();
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(10));

        second.Free();

        await leaving;
        Assert.Empty(bench.Devices[0].AttachedPasids);
        await guest.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    /// <summary>With work that is done, not given up: the device waits for its pages.</summary>
    private static Func<Pasid, ValueTask> StopSlowly(IommuBench bench, int device) => async pasid =>
    {
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(device == 0 ? 20 : 0));
        await bench.Drivers[device].StopAsync(pasid);
    };

    [Fact]
    public void A_guest_freed_in_the_middle_of_a_bind_has_it_undone() => IommuBench.Run(
        10,
        async bench =>
        {
            for (int yields = 0; yields < 12; yields++)
            {
                TestGuest guest = await TestGuest.StartAsync(bench);
                GuestProcess process = guest.CreateProcess();
                Task binding = process.BindAsync().AsTask();
                for (int turn = 0; turn < yields; turn++)
                    await bench.Machine.Scheduler.Yield();

                process.Free();

                if (await Record.ExceptionAsync(() => binding) is { } refusal)
                    Assert.Equal(IommuError.NotFound, Assert.IsType<IommuException>(refusal).Error);
                await guest.DieAsync();
                Assert.Empty(bench.Devices[0].AttachedPasids);
            }

            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { CachingMode = true });

    [Fact]
    public void To_give_a_device_is_to_enable_it_and_a_dead_guest_is_given_none() => IommuBench.Run(3, async bench =>
    {
        IommuDevice device = bench.Devices[0];
        TestGuest guest = await TestGuest.StartAsync(bench, devices: 0);
        TestGuest dying = await TestGuest.StartAsync(bench, "dying", devices: 0);
        Func<Pasid, ValueTask> stop = _ => ValueTask.CompletedTask;

        await device.DisableSharedVirtualAddressingAsync();
        ValueTask<GuestDevice> late = dying.Container.AssignAsync(device, TestGuest.VirtualId(0), stop);
        await dying.DieAsync();
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
        await guest.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_device_is_taken_away_when_all_that_the_guest_freed_before_is_drained() => IommuBench.Run(3, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
        GuestProcess process = await guest.CreateBoundProcessAsync();
        process.Free();
        await guest.Devices[0].DisposeAsync();
        Assert.Empty(bench.Devices[0].AttachedPasids);
        await guest.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    /// <summary>The device waits for its pages while it is stopped; nobody waits for the guest, or for the clock.</summary>
    [Fact]
    public void Taken_away_a_device_has_its_groups_refused_before_it_is_stopped() => IommuBench.Run(3, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench, devices: 0);
        guest.Devices.Add(await guest.Container.AssignAsync(bench.Devices[0], TestGuest.VirtualId(0), pasid => bench.Drivers[0].StopAsync(pasid)));
        guest.Manners = GuestManners.Keeps;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        Assert.True(guest.Devices[0].TryResolve(process.Pasid, out _));
        await process.SubmitFillAsync(page: 0, pages: 1, Pattern);
        GuestPageRequestGroup expired = await guest.WaitForGroupAsync();
        await bench.Machine.Scheduler.Delay(TimeSpan.FromSeconds(2));
        Assert.True(expired.IsAnswered);
        await process.SubmitFillAsync(page: 1, pages: 1, Pattern);
        GuestPageRequestGroup waiting = await guest.WaitForGroupAsync();
        long start = bench.Machine.Scheduler.Clock.GetTimestamp();

        await guest.Devices[0].DisposeAsync();

        Assert.True(waiting.IsAnswered);
        Assert.InRange(bench.Machine.Scheduler.Clock.GetElapsedTime(start).TotalMilliseconds, 0, 500);
        Assert.Equal(0, guest.Container.Statistics.AnsweredTooLate);
        await guest.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void Taken_away_twice_at_once_and_given_again_in_between_the_guest_has_it() => IommuBench.Run(10, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
        await guest.CreateBoundProcessAsync();
        await guest.CreateBoundProcessAsync();
        Task[] leaving = [.. Enumerable.Range(0, 2).Select(_ => guest.Devices[0].DisposeAsync().AsTask())];
        await Task.WhenAny(leaving);
        await guest.AssignAsync(0);
        await Task.WhenAll(leaving);
        Assert.Equal([guest.Devices[1]], guest.Container.Devices);
        await guest.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    private const ulong Nested = 1UL << 26;
    private const ulong FourLevels = 1UL << 10;
    private const ulong FiveLevels = 1UL << 60;

    [Theory]
    [InlineData(0, Nested)]
    [InlineData(FourLevels, 0)]
    public void A_unit_that_cannot_nest_gives_its_devices_to_no_guest(ulong capability, ulong extended) => IommuBench.Run(
        1,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench, devices: 0);
            Assert.Equal(IommuError.NotSupported, await RefusalAsync(guest.Container.AssignAsync(bench.Devices[0], TestGuest.VirtualId(0), _ => ValueTask.CompletedTask)));
            await guest.DieAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { CapabilityToggles = capability, ExtendedCapabilityToggles = extended });

    [Fact]
    public void Where_units_walk_five_levels_a_guest_may_have_four_or_five() => IommuBench.Run(
        1,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench);
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

            await guest.DieAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { CapabilityToggles = FiveLevels });

    [Fact]
    public void What_an_assignment_enabled_is_disabled_with_it_and_with_one_that_is_refused() => IommuBench.Run(
        1,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench, devices: 0);
            await bench.Features[0].DisposeAsync();
            await guest.AssignAsync(0);
            Assert.True(bench.Devices[0].PageRequestsEnabled);
            await bench.Features[1].DisposeAsync();
            Assert.Equal(IommuError.Busy, await RefusalAsync(guest.Container.AssignAsync(bench.Devices[1], TestGuest.VirtualId(0), _ => ValueTask.CompletedTask)));
            Assert.False(bench.Devices[1].PasidEnabled);

            await guest.Devices[0].DisposeAsync();

            Assert.False(bench.Devices[0].PasidEnabled);
            await guest.DieAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Devices = 2 });

    [Fact]
    public void A_number_of_a_guest_is_held_if_it_is_its_own_and_counted_as_refused_if_not() => IommuBench.Run(1, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
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
        Assert.Equal(GuestAnswer.Refused, guest.Container.Respond(new RequesterId(9), own, 0, PageResponse.Success));
        Assert.Equal((2L, 1L), (guest.Container.Statistics.Refused, guest.Container.Statistics.AnswersRefused));
        await guest.DieAsync();
        await bench.AssertReclaimedAsync();
    });
}
