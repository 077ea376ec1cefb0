using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Switching units on and off, what they report, and how their queue recovers.</summary>
public sealed class VtdDriverTests
{
    private const int Seeds = 10;
    private const ulong Pattern = 0x5555_6666_7777_8888;

    [Fact]
    public void A_unit_without_scalable_mode_is_refused_with_the_bits_that_it_lacks()
    {
        UnitOptions legacy = new() { Capabilities = new VtdCapabilities(IommuBench.Capability & ~(1UL << 56), 0xF0_20C2, 48) };
        EmulatedMachine machine = new(new MachineOptions { Units = [new MachineUnit("old", legacy)] });

        IommuException refusal = Assert.Throws<IommuException>(() => machine.Run(() => IommuSubsystem.StartAsync(machine).AsTask()));

        Assert.Equal(IommuError.NotSupported, refusal.Error);
        Assert.Contains("ECAP.SMTS", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_passes_before_something_is_attached_and_the_refusal_is_reported() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            bench.Drivers[0].Post(IommuBench.PlainQueue, new DmaDescriptor { Operation = DmaOperation.Fill, Destination = 0x9000, Length = 64 });
            await bench.Machine.Scheduler.WaitUntil(() => bench.Faults.Count > 0, TimeSpan.FromSeconds(1));

            DmaFault fault = Assert.Single(bench.Faults);
            Assert.Equal(
                (bench.Engines[0].RequesterId, null, FaultReason.PasidDirectoryNotPresent, FaultRequestType.Write),
                (fault.Requester, fault.Pasid, fault.Reason, fault.Type));
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Engine = new DmaEngineOptions { InvalidateQueueDepth = 0, PageRequestCapacity = 0 } });

    [Fact]
    public void A_descriptor_that_the_unit_refuses_fails_its_batch_and_no_other() => IommuBench.Run(Seeds, async bench =>
    {
        InvalidationQueue queue = bench.Subsystem.Units[0].Invalidations;
        InvalidationBatch good = new InvalidationBatch().AllTranslations();
        Task before = queue.RunAsync(good).AsTask();
        // AM is too large for the unit, which is a reserved value.
        Task bad = queue.RunAsync(new InvalidationBatch().DomainPages(new DomainId(5), new DeviceTlbRange(0, 40), onlyLeaves: true)).AsTask();
        Task after = queue.RunAsync(new InvalidationBatch().AllPasids()).AsTask();

        await before;
        IommuException refusal = await Assert.ThrowsAsync<IommuException>(() => bad);
        await after;

        Assert.Equal(IommuError.NotSupported, refusal.Error);
        Assert.Equal(1, bench.Subsystem.Units[0].Statistics.InvalidationQueueErrors);
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void More_than_the_queue_holds_waits_for_room() => IommuBench.Run(3, async bench =>
    {
        InvalidationQueue queue = bench.Subsystem.Units[0].Invalidations;

        await Task.WhenAll(Enumerable.Range(0, 700).Select(_ => queue.RunAsync(new InvalidationBatch().AllTranslations()).AsTask()));

        Assert.Equal(0, bench.Subsystem.Units[0].Statistics.InvalidationQueueErrors);
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_device_TLB_is_dropped_only_behind_a_fence_when_the_unit_has_dropped_the_same()
    {
        DeviceTlbTarget target = new(new RequesterId(0, 2, 0), 32, default);
        InvalidationBatch batch = new InvalidationBatch()
            .Pasid(new DomainId(1), new Pasid(5)).PasidTranslations(new DomainId(1), new Pasid(5))
            .DeviceTlb(target, new Pasid(5), DeviceTlbRange.Everything).DeviceTlb(target, DeviceTlbRange.Everything);

        Assert.Equal(
            [InvalidationType.PasidCache, InvalidationType.PasidIotlb, InvalidationType.Wait, InvalidationType.PasidDeviceTlb, InvalidationType.DeviceTlb],
            batch.Descriptors.Select(bits => new InvalidationDescriptor(bits).Type));
        Assert.True(new InvalidationWait(batch.Descriptors[2]).Fence);
    }

    [Fact]
    public void A_unit_that_somebody_left_on_is_taken_over_with_nothing_of_the_past()
    {
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            IommuBench bench = new(seed, new BenchOptions { RemembersPastRoots = true });
            bench.Machine.Run(async () =>
            {
                await bench.StartAsync();
                TestProcess past = bench.CreateProcess("past");
                SvaBond old = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], past.Memory);
                Assert.Equal(DmaStatus.Success, (await past.FillAsync(bench.Drivers[0], old, 0, 4, Pattern)).Status);

                // The system crashes; the next one begins, the device is reset, nobody says goodbye to the unit.
                await bench.RestartAsync();
                TestProcess present = bench.CreateProcess("present");
                SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], present.Memory);
                Assert.Equal(old.Pasid, bond.Pasid);
                Assert.Equal(DmaStatus.Success, (await present.FillAsync(bench.Drivers[0], bond, 0, 4, ~Pattern)).Status);

                Assert.Equal(~Pattern, await present.WordAsync(0));
                await bench.UnbindAllAsync([bond]);
                await present.Memory.ExitAsync();
                await bench.AssertReclaimedAsync();
            });
        }
    }

    [Fact]
    public void Where_a_unit_caches_what_is_absent_it_is_told_of_what_becomes_present() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
            Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[0], bond, 0, 8, Pattern)).Status);
            await bench.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { CachingMode = true });
}
