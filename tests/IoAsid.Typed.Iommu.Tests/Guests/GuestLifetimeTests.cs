using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// Who holds a guest's PASID when (the reference table of the Linux extension, DOMAIN 1.3), and every order of bind, unbind and free. How many hold it is seen
/// by freeing it: while that is told, the allocation's own reference still counts.
/// </summary>
public sealed class GuestLifetimeTests
{
    private const int Seeds = 15;
    private const ulong Pattern = 0x5555_6666_7777_8888;

    private static readonly BenchOptions Tracked = new()
    {
        Devices = 2,
        Iommu = new IommuOptions { Pasids = new IoAsidSpaceOptions { TrackHolders = true } },
    };

    // Allocated 1, bound by the IOMMU 2, translated by processors 3, known to the device 4; then down again.
    [Theory]
    [InlineData(0, 1, "")]
    [InlineData(1, 3, "Binding,Reference")]
    [InlineData(2, 4, "Binding,Reference,Reference")]
    [InlineData(3, 3, "Binding,Reference")]
    [InlineData(4, 1, "")]
    public void References_are_taken_and_given_back_in_the_order_of_the_table(int stage, uint references, string holders) => IommuBench.Run(
        Seeds,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench, devices: 2);
            GuestProcess process = guest.CreateProcess();
            foreach (int step in Enumerable.Range(1, stage))
                await TakeStepAsync(step, guest, process);
            IoAsidPendingId? pending = null;
            ObserveFree(guest, () => pending = Assert.Single(bench.Subsystem.Pasids.DescribePending()));

            process.Free();

            Assert.Equal(references, pending!.References);
            Assert.Equal(holders, string.Join(",", pending.Holders.Select(holder => holder.Kind).Order().Reverse()));
            await guest.DieAsync();
            await bench.AssertReclaimedAsync();
        },
        Tracked);

    [Fact]
    public void The_binding_counts_before_the_processors_are_told() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench);
            guest.Processor.Dispose();
            GuestProcess process = await guest.CreateBoundProcessAsync();
            uint references = 0;
            ObserveFree(guest, () => references = bench.Subsystem.Pasids.DescribePending()[0].References);
            process.Free();
            Assert.Equal(2u, references);
            await guest.DieAsync();
        },
        Tracked);

    [Fact]
    public void Freed_while_bound_the_processors_let_go_first_then_the_device_then_the_tables_and_the_number_comes_back_last() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench, devices: 2);
            GuestProcess process = await guest.CreateBoundProcessAsync();
            Assert.True(guest.Devices[0].TryResolve(process.Pasid, out Pasid host));
            List<string> told = [];
            using IoAsidObserverRegistration cpu = Watch(guest, IoAsidObserverPriority.Cpu, told, () => guest.Processor.Translations.Count);
            using IoAsidObserverRegistration device = Watch(guest, IoAsidObserverPriority.Device, told, () => guest.Devices[0].Contexts);
            using IoAsidObserverRegistration iommu = Watch(guest, IoAsidObserverPriority.Iommu, told, () => bench.Devices[0].AttachedPasids.Count);
            using IoAsidObserverRegistration last = guest.Container.Set.Observe(edge => told.Add(edge.Kind.ToString()));

            Assert.Equal(IoAsidFreeResult.Pending, process.Free());

            Assert.Equal(["Cpu 0", "Device 0", "Iommu 1", "Freed"], told);
            Assert.False(await process.UnbindAsync());
            Assert.Equal(IoAsidFreeResult.AlreadyFreed, process.Free());
            await Reclaimed(bench);
            Assert.Equal("Reclaimed", told[^1]);
            Assert.DoesNotContain("Unbound", told);
            Assert.Empty(bench.Devices[0].AttachedPasids);
            Assert.False(bench.Subsystem.SvaBindings.Contains(host.ToRawIoAsid()));
            await guest.DieAsync();
            await bench.AssertReclaimedAsync();
        },
        Tracked);

    [Fact]
    public void A_number_that_was_freed_while_bound_is_nobodys_until_the_device_is_drained() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench, "old");
            guest.Manners = GuestManners.Keeps;
            GuestProcess process = await guest.CreateBoundProcessAsync();
            await process.SubmitFillAsync(page: 0, pages: 8, Pattern);
            Assert.True(guest.Container.Set.TryResolve(process.Pasid, out RawIoAsid host));
            process.Free();
            TestGuest next = await TestGuest.StartAsync(bench, "new");

            // The checker reports a request of the old life that meets the new one.
            for (int life = 0; life < 4; life++)
            {
                GuestProcess later = await next.CreateBoundProcessAsync();
                Assert.True(next.Container.Set.TryResolve(later.Pasid, out RawIoAsid now));
                Assert.False(now == host && bench.Subsystem.Pasids.DescribePending().Any(pending => pending.Id == host));
                Assert.Equal(DmaStatus.Success, await later.FillAsync(page: life, pages: 2, Pattern));
            }

            await guest.DieAsync();
            await next.DieAsync();
            await bench.AssertReclaimedAsync();
        });

    /// <summary>One bond for each device and one PASID for all (DOMAIN B23); only the first bind and the last unbind are events.</summary>
    [Fact]
    public void A_second_device_shares_the_PASID_and_each_is_unbound_once() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench, devices: 2);
            List<IoAsidEventKind> told = [];
            using IoAsidObserverRegistration all = guest.Container.Set.Observe(edge => told.Add(edge.Kind));
            GuestProcess process = await guest.CreateBoundProcessAsync(device: 0);
            await process.BindAsync(device: 1);
            Assert.Equal(IommuError.Busy, (await Assert.ThrowsAsync<IommuException>(async () => await process.BindAsync(device: 1))).Error);
            Assert.Equal(bench.Devices[0].AttachedPasids, bench.Devices[1].AttachedPasids);
            foreach (int device in (int[])[0, 1])
                Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 2 * device, pages: 2, Pattern, device));

            Assert.True(await process.UnbindAsync(device: 0));
            Assert.False(await process.UnbindAsync(device: 0));
            Assert.Equal(DmaStatus.None, await process.FillAsync(page: 8, pages: 1, Pattern, device: 0));
            Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 8, pages: 1, Pattern, device: 1));
            Assert.True(await process.UnbindAsync(device: 1));

            Assert.Equal([IoAsidEventKind.Allocated, IoAsidEventKind.Bound, IoAsidEventKind.Unbound], told);
            Assert.Equal(IoAsidFreeResult.Reclaimed, process.Free());
            await guest.DieAsync();
            await bench.AssertReclaimedAsync();
        },
        Tracked);

    /// <summary>The Linux extension overwrote a private id and bound again (DOMAIN 5: 25).</summary>
    [Fact]
    public void A_guest_number_is_one_PASID_at_a_time_and_a_new_one_after_the_free() => IommuBench.Run(Seeds, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
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

        await guest.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    /// <summary>L9 and L5: what a role does wrong is its own affair.</summary>
    [Fact]
    public void An_observer_that_throws_and_processors_that_go_first_harm_nobody() => IommuBench.Run(Seeds, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
        using IoAsidObserverRegistration broken = guest.Container.Set.Observe(_ => throw new InvalidOperationException("broken"), IoAsidObserverPriority.Cpu);
        int faults = 0;
        bench.Subsystem.Pasids.Faulted += (_, _) => faults++;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        Assert.Equal(DmaStatus.Success, await process.FillAsync(page: 0, pages: 1, Pattern));

        guest.Processor.Dispose();

        Assert.Equal(DmaStatus.None, await process.FillAsync(page: 1, pages: 1, Pattern));
        process.Free();
        await Reclaimed(bench);
        Assert.True(faults >= 3);
        await guest.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    /// <summary>All orders at once: each call finds what the ones before have left (DOMAIN B13, B17).</summary>
    [Fact]
    public void Calls_that_run_into_each_other_in_any_order_leave_nothing() => IommuBench.Run(
        seeds: 40,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench, devices: 2);
            GuestProcess process = guest.CreateProcess();
            List<Task> calls = [];
            foreach (int device in (int[])[0, 1, 0, 1])
            {
                calls.Add(Tolerant(process.BindAsync(device)));
                calls.Add(process.UnbindAsync(device).AsTask());
                await bench.Machine.Scheduler.Yield();
            }

            calls.Add(Tolerant(process.BindAsync(0)));
            process.Free();
            calls.Add(Tolerant(process.BindAsync(1)));
            calls.Add(process.UnbindAsync(1).AsTask());
            foreach (Task call in calls)
                await call;
            await Reclaimed(bench);
            Assert.All(bench.Devices, device => Assert.Empty(device.AttachedPasids));
            await guest.DieAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Devices = 2, CachingMode = true });

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

    private static void ObserveFree(TestGuest guest, Action look) => guest.FirstTold = edge =>
    {
        if (edge.Kind == IoAsidEventKind.Freed)
            look();
    };

    private static IoAsidObserverRegistration Watch(TestGuest guest, IoAsidObserverPriority priority, List<string> told, Func<int> left) =>
        guest.Container.Set.Observe(
            edge =>
            {
                if (edge.Kind == IoAsidEventKind.Freed)
                    told.Add($"{priority} {left()}");
            },
            priority);

    private static async Task Reclaimed(IommuBench bench) =>
        Assert.True(await bench.Machine.Scheduler.WaitUntil(() => bench.Subsystem.Pasids.GetStatistics().Outstanding == 0, TimeSpan.FromSeconds(10)));

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
