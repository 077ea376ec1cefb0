using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// The holders of a guest's PASID at each time (the reference table of the Linux extension), and each order of bind, unbind and free. The test frees the PASID
/// to count its holders: the allocation's own reference still counts during the notification.
/// </summary>
public sealed class GuestLifetimeTests
{
    private const int Seeds = 15;
    private const ulong Pattern = 0x5555_6666_7777_8888;

    private static readonly FixtureOptions Tracked = new()
    {
        Devices = 2,
        Iommu = new IommuOptions { Pasids = new IoAsidSpaceOptions { TrackHolders = true } },
    };

    // Allocated 1, bound by the IOMMU 2, translated by processors 3, programmed into the device 4. The references are then released in reverse order.
    [Theory]
    [InlineData(0, 1, "")]
    [InlineData(1, 3, "Binding,Reference")]
    [InlineData(2, 4, "Binding,Reference,Reference")]
    [InlineData(3, 3, "Binding,Reference")]
    [InlineData(4, 1, "")]
    public void References_are_taken_and_released_in_the_order_of_the_table(int stage, uint references, string holders) => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture, devices: 2);
            GuestProcess process = guest.CreateProcess();
            foreach (int step in Enumerable.Range(1, stage))
                await TakeStepAsync(step, guest, process);
            IoAsidPendingId? pending = null;
            ObserveFree(guest, () => pending = Assert.Single(fixture.Subsystem.Pasids.DescribePending()));

            process.Free();

            Assert.Equal(references, pending!.References);
            Assert.Equal(holders, string.Join(",", pending.Holders.Select(holder => holder.Kind).Order().Reverse()));
            await guest.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        },
        Tracked);

    [Fact]
    public void The_binding_holds_the_PASID_before_processors_are_notified() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture);
            guest.Processor.Dispose();
            GuestProcess process = await guest.CreateBoundProcessAsync();
            uint references = 0;
            ObserveFree(guest, () => references = fixture.Subsystem.Pasids.DescribePending()[0].References);
            process.Free();
            Assert.Equal(2u, references);
            await guest.TerminateAsync();
        },
        Tracked);

    [Fact]
    public void Free_of_a_bound_PASID_releases_processors_devices_and_tables() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture, devices: 2);
            GuestProcess process = await guest.CreateBoundProcessAsync();
            Assert.True(guest.Devices[0].TryResolve(process.Pasid, out Pasid host));
            List<string> events = [];
            using IoAsidObserverRegistration cpu = Watch(guest, IoAsidObserverPriority.Cpu, events, () => guest.Processor.Translations.Count);
            using IoAsidObserverRegistration device = Watch(guest, IoAsidObserverPriority.Device, events, () => guest.Devices[0].Contexts);
            using IoAsidObserverRegistration iommu = Watch(guest, IoAsidObserverPriority.Iommu, events, () => fixture.Devices[0].AttachedPasids.Count);
            using IoAsidObserverRegistration last = guest.Container.Set.Observe(edge => events.Add(edge.Kind.ToString()));

            Assert.Equal(IoAsidFreeResult.Pending, process.Free());

            Assert.Equal(["Cpu 0", "Device 0", "Iommu 1", "Freed"], events);
            Assert.False(await process.UnbindAsync());
            Assert.Equal(IoAsidFreeResult.AlreadyFreed, process.Free());
            await Reclaimed(fixture);
            Assert.Equal("Reclaimed", events[^1]);
            Assert.DoesNotContain("Unbound", events);
            Assert.Empty(fixture.Devices[0].AttachedPasids);
            Assert.False(fixture.Subsystem.SvaBindings.Contains(host.ToRawIoAsid()));
            await guest.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        },
        Tracked);

    [Fact]
    public void A_number_that_was_freed_while_bound_is_reused_after_the_drain() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture, "old");
            guest.Behaviour = GuestBehaviour.Ignores;
            GuestProcess process = await guest.CreateBoundProcessAsync();
            await process.SubmitFillAsync(page: 0, pages: 8, Pattern);
            Assert.True(guest.Container.Set.TryResolve(process.Pasid, out RawIoAsid host));
            process.Free();
            TestGuest next = await TestGuest.StartAsync(fixture, "new");

            // The checker reports a request of the old life that reaches the new one.
            for (int life = 0; life < 4; life++)
            {
                GuestProcess later = await next.CreateBoundProcessAsync();
                Assert.True(next.Container.Set.TryResolve(later.Pasid, out RawIoAsid now));
                Assert.False(now == host && fixture.Subsystem.Pasids.DescribePending().Any(pending => pending.Id == host));
                Assert.Equal(DmaStatus.Success, await later.FillAsync(page: life, pages: 2, Pattern));
            }

            await guest.TerminateAsync();
            await next.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        });

    /// <summary>Each device has one bond, and all devices share one PASID. Only the first bind and the last unbind raise an event.</summary>
    [Fact]
    public void A_second_device_shares_the_PASID_and_each_is_unbound_once() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture, devices: 2);
            List<IoAsidEventKind> events = [];
            using IoAsidObserverRegistration all = guest.Container.Set.Observe(edge => events.Add(edge.Kind));
            GuestProcess process = await guest.CreateBoundProcessAsync(device: 0);
            await process.BindAsync(device: 1);
            Assert.Equal(IommuError.Busy, (await Assert.ThrowsAsync<IommuException>(async () => await process.BindAsync(device: 1))).Error);
            Assert.Equal(fixture.Devices[0].AttachedPasids, fixture.Devices[1].AttachedPasids);
            foreach (int device in (int[])[0, 1])
                Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 2 * device, pages: 2, Pattern, device));

            Assert.True(await process.UnbindAsync(device: 0));
            Assert.False(await process.UnbindAsync(device: 0));
            Assert.Equal(DmaStatus.None, await process.FillAsync(page: 8, pages: 1, Pattern, device: 0));
            Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 8, pages: 1, Pattern, device: 1));
            Assert.True(await process.UnbindAsync(device: 1));

            Assert.Equal([IoAsidEventKind.Allocated, IoAsidEventKind.Bound, IoAsidEventKind.Unbound], events);
            Assert.Equal(IoAsidFreeResult.Reclaimed, process.Free());
            await guest.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        },
        Tracked);

    /// <summary>The Linux extension overwrote a private id and bound it again.</summary>
    [Fact]
    public void A_private_id_stands_for_one_PASID_at_a_time() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        PrivateIoAsid number = new(42);
        for (int life = 0; life < 4; life++)
        {
            Assert.True(guest.Container.TryAllocate(number, out _));
            Assert.False(guest.Container.TryAllocate(number, out IoAsidAllocationFailure failure));
            Assert.Equal(IoAsidAllocationFailure.RangeExhausted, failure);
            GuestProcess process = guest.CreateProcess(number);
            await process.BindAsync();
            Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 0, pages: 3, Pattern + (ulong)life));
            Assert.Equal(Pattern + (ulong)life, await process.Work.WordAsync(2));
            if (life % 2 == 0)
                Assert.True(await process.UnbindAsync());
            process.Free();
        }

        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    /// <summary>An error of one observer does not affect the others.</summary>
    [Fact]
    public void An_observer_that_throws_does_not_disturb_the_tear_down() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        using IoAsidObserverRegistration broken = guest.Container.Set.Observe(_ => throw new InvalidOperationException("broken"), IoAsidObserverPriority.Cpu);
        int faults = 0;
        fixture.Subsystem.Pasids.Faulted += (_, _) => faults++;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 0, pages: 1, Pattern));

        guest.Processor.Dispose();

        Assert.Equal(DmaStatus.None, await process.FillAsync(page: 1, pages: 1, Pattern));
        process.Free();
        await Reclaimed(fixture);
        Assert.True(faults >= 3);
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    /// <summary>All orders of the calls. Each call handles the state that the earlier ones left.</summary>
    [Fact]
    public void Overlapping_calls_in_any_order_leave_nothing() => IommuFixture.Run(
        seeds: 40,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture, devices: 2);
            GuestProcess process = guest.CreateProcess();
            List<Task> calls = [];
            foreach (int device in (int[])[0, 1, 0, 1])
            {
                calls.Add(Tolerant(process.BindAsync(device)));
                calls.Add(process.UnbindAsync(device).AsTask());
                await fixture.Machine.Scheduler.Yield();
            }

            calls.Add(Tolerant(process.BindAsync(0)));
            process.Free();
            calls.Add(Tolerant(process.BindAsync(1)));
            calls.Add(process.UnbindAsync(1).AsTask());
            foreach (Task call in calls)
                await call;
            await Reclaimed(fixture);
            Assert.All(fixture.Devices, device => Assert.Empty(device.AttachedPasids));
            await guest.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Devices = 2, CachingMode = true });

    private static async ValueTask TakeStepAsync(int step, TestGuest guest, GuestProcess process)
    {
        switch (step)
        {
            case 1:
                await process.BindAsync(device: 0);
                await process.BindAsync(device: 1);
                await process.UnbindAsync(device: 1);
                break;
            case 2:
                Assert.True(guest.Devices[0].TryResolve(process.Pasid, out _));
                Assert.True(guest.Devices[0].TryResolve(process.Pasid, out _));
                break;
            case 3:
                await guest.Devices[0].ClearContextAsync(process.Pasid);
                await guest.Devices[0].ClearContextAsync(process.Pasid);
                break;
            default:
                Assert.True(await process.UnbindAsync(device: 0));
                break;
        }
    }

    private static void ObserveFree(TestGuest guest, Action check) => guest.BeforeObservers = edge =>
    {
        if (edge.Kind == IoAsidEventKind.Freed)
            check();
    };

    private static IoAsidObserverRegistration Watch(TestGuest guest, IoAsidObserverPriority priority, List<string> events, Func<int> left) =>
        guest.Container.Set.Observe(
            edge =>
            {
                if (edge.Kind == IoAsidEventKind.Freed)
                    events.Add($"{priority} {left()}");
            },
            priority);

    private static async Task Reclaimed(IommuFixture fixture) =>
        Assert.True(await fixture.Machine.Scheduler.WaitUntil(() => fixture.Subsystem.Pasids.GetStatistics().Outstanding == 0, TimeSpan.FromSeconds(10)));

    private static async Task Tolerant<T>(ValueTask<T> call)
    {
        try
        {
            await call;
        }
        catch (IommuException refused)
        {
            Assert.True(refused.Error is IommuError.NotFound or IommuError.Busy, refused.Message);
        }
    }
}
