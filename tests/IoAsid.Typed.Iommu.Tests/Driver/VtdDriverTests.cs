using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The start and the stop of units, their reports, and the recovery of their queue.</summary>
public sealed class VtdDriverTests
{
    private const int Seeds = 10;
    private const ulong Pattern = 0x5555_6666_7777_8888;

    [Fact]
    public void A_unit_without_scalable_mode_is_refused_with_the_bits_that_it_lacks()
    {
        UnitOptions legacy = new() { Capabilities = new VtdCapabilities(IommuFixture.Capability & ~(1UL << 56), 0x20C2, 48) };
        EmulatedMachine machine = new(new MachineOptions { Units = [new MachineUnit("old", legacy)] });

        IommuException refusal = Assert.Throws<IommuException>(() => machine.Run(() => IommuSubsystem.StartAsync(machine).AsTask()));

        Assert.Equal(IommuError.NotSupported, refusal.Error);
        Assert.Contains("ECAP.SMTS", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_before_an_attach_are_refused_and_reported() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            fixture.Drivers[0].Post(IommuFixture.PlainQueue, new DmaDescriptor { Operation = DmaOperation.Fill, Destination = 0x9000, Length = 64 });
            await fixture.Machine.Scheduler.WaitUntil(() => fixture.Faults.Count > 0, TimeSpan.FromSeconds(1));

            DmaFault fault = Assert.Single(fixture.Faults);
            Assert.Multiple(
                () => Assert.Equal(fixture.Engines[0].RequesterId, fault.Requester),
                () => Assert.Null(fault.Pasid),
                () => Assert.Equal(FaultReason.PasidDirectoryNotPresent, fault.Reason),
                () => Assert.Equal(FaultRequestType.Write, fault.Type));
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Engine = new DmaEngineOptions { InvalidateQueueDepth = 0, PageRequestCapacity = 0 } });

    [Fact]
    public void A_descriptor_that_the_unit_refuses_fails_its_batch_and_no_other() => IommuFixture.Run(Seeds, async fixture =>
    {
        InvalidationQueue queue = fixture.Subsystem.Units[0].Invalidations;
        InvalidationBatch good = new InvalidationBatch().AllTranslations();
        Task before = queue.RunAsync(good).AsTask();
        // AM exceeds the capability of the unit, so its value is reserved.
        Task bad = queue.RunAsync(new InvalidationBatch().DomainPages(new DomainId(5), new DeviceTlbRange(0, 40), onlyLeaves: true)).AsTask();
        Task after = queue.RunAsync(new InvalidationBatch().AllPasids()).AsTask();

        await before;
        IommuException refusal = await Assert.ThrowsAsync<IommuException>(() => bad);
        await after;

        Assert.Equal(IommuError.NotSupported, refusal.Error);
        Assert.Equal(1, fixture.Subsystem.Units[0].Statistics.InvalidationQueueErrors);
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void Batches_beyond_the_size_of_the_queue_wait_for_room() => IommuFixture.Run(3, async fixture =>
    {
        InvalidationQueue queue = fixture.Subsystem.Units[0].Invalidations;

        await Task.WhenAll(Enumerable.Range(0, 700).Select(_ => queue.RunAsync(new InvalidationBatch().AllTranslations()).AsTask()));

        Assert.Equal(0, fixture.Subsystem.Units[0].Statistics.InvalidationQueueErrors);
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_fence_separates_device_TLB_invalidations_from_those_of_the_unit()
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
    public void A_unit_left_enabled_is_taken_over_without_its_old_translations()
    {
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            IommuFixture fixture = new(seed, new FixtureOptions { RemembersPastRoots = true });
            fixture.Machine.Run(async () =>
            {
                await fixture.StartAsync();
                TestProcess past = fixture.CreateProcess("past");
                SvaBond old = await fixture.Subsystem.BindAsync(fixture.Devices[0], past.Memory);
                Assert.Equal(DmaStatus.Success, (await past.FillAsync(fixture.Drivers[0], old, 0, 4, Pattern)).Status);

                // The system crashes. The next one starts and resets the device. The unit is not stopped in between.
                await fixture.RestartAsync();
                TestProcess present = fixture.CreateProcess("present");
                SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], present.Memory);
                Assert.Equal(old.Pasid, bond.Pasid);
                Assert.Equal(DmaStatus.Success, (await present.FillAsync(fixture.Drivers[0], bond, 0, 4, ~Pattern)).Status);

                Assert.Equal(~Pattern, await present.WordAsync(0));
                await fixture.UnbindAllAsync([bond]);
                await present.Memory.ExitAsync();
                await fixture.AssertReclaimedAsync();
            });
        }
    }

    [Fact]
    public void Caching_mode_invalidates_entries_that_become_present() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
            Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], bond, 0, 8, Pattern)).Status);
            await fixture.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { CachingMode = true });
}
