using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// Shared virtual addressing for any order of events. Each test runs for several seeds, and a checker reports stale translations, reuse before a drain, and
/// missing or repeated responses.
/// </summary>
public sealed class NativeSvaTests
{
    private const int Seeds = 25;
    private const ulong Pattern = 0x0123_4567_89AB_CDEF;

    private static readonly FixtureOptions TwoUnits = new() { Units = 2, Devices = 3 };

    [Fact]
    public void A_bound_process_keeps_its_structure_until_the_last_unbind() => IommuFixture.Run(1, async fixture =>
    {
        TestProcess process = fixture.CreateProcess();
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        Assert.Equal((1, 2), (process.Memory.Users, process.Memory.References));
        SvaBond again = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        Assert.Equal((2, 1), (process.Memory.References, process.Memory.Observers));
        await fixture.UnbindAllAsync([bond, again]);
        Assert.Equal((1, 0), (process.Memory.References, process.Memory.Observers));

        bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        await process.Memory.ExitAsync();
        Assert.Equal((0, 1), (process.Memory.Users, process.Memory.References));

        await fixture.UnbindAllAsync([bond]);

        Assert.Equal(0, process.Memory.References);
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_device_writes_to_pages_that_were_never_touched() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestProcess process = fixture.CreateProcess();
        await using (SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory))
        {
            DmaCompletionRecord record = await process.FillAsync(fixture.Drivers[0], bond, page: 3, pages: 5, Pattern);

            Assert.Equal(DmaStatus.Success, record.Status);
            Assert.Equal(Pattern, await process.WordAsync(7));
            await fixture.Drivers[0].StopAsync(bond.Pasid);
        }

        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_process_has_one_PASID_on_all_its_devices_and_one_bond_on_each() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            List<SvaBond> bonds = [];
            foreach (IommuDevice device in fixture.Devices.Concat(fixture.Devices))
                bonds.Add(await fixture.Subsystem.BindAsync(device, process.Memory));

            Assert.Single(bonds.Select(bond => bond.Pasid).Distinct());
            Assert.All(fixture.Devices, device => Assert.Contains(bonds[0].Pasid, device.AttachedPasids));
            IoAsidLookup<SvaBinding> found = fixture.Subsystem.SvaBindings.Find(bonds[0].Pasid.ToRawIoAsid());
            Assert.True(found.IsFound && found.Data is NativeSvaBinding native && native.AddressSpace == process.Memory);

            for (int index = 0; index < fixture.Devices.Count; index++)
            {
                DmaCompletionRecord record = await process.FillAsync(fixture.Drivers[index], bonds[index], page: index, pages: 2, Pattern + (ulong)index);
                Assert.Equal(DmaStatus.Success, record.Status);
            }

            await fixture.UnbindAllAsync(bonds);
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        TwoUnits);

    [Fact]
    public void The_last_user_ends_the_bond_and_no_user_ends_it_twice() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestProcess process = fixture.CreateProcess();
        SvaBond first = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        SvaBond second = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);

        await first.DisposeAsync();
        await first.DisposeAsync();

        Assert.Contains(second.Pasid, fixture.Devices[0].AttachedPasids);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(fixture.Drivers[0], second, page: 0, pages: 1, Pattern)).Status);
        await fixture.UnbindAllAsync([second]);
        Assert.Empty(fixture.Devices[0].AttachedPasids);
        await process.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    [Specification("6.10/1")]
    public void Unmapped_and_protected_pages_are_unreachable_on_completion() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            List<SvaBond> bonds = await fixture.BindAllAsync(process);
            foreach ((SvaBond bond, DmaEngineDriver driver) in bonds.Zip(fixture.Drivers))
                Assert.Equal(DmaStatus.Success, (await process.FillAsync(driver, bond, page: 0, pages: 4, Pattern)).Status);

            await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize));
            await process.Memory.ProtectAsync(new AddressRange(process.PageAt(1), AddressRange.PageSize), MemoryRights.Read);

            foreach ((SvaBond bond, DmaEngineDriver driver) in bonds.Zip(fixture.Drivers))
            {
                Assert.Equal(DmaStatus.PageRequestRefused, (await process.FillAsync(driver, bond, page: 0, pages: 1, 0)).Status);
                Assert.Equal(DmaStatus.PageRequestRefused, (await process.FillAsync(driver, bond, page: 1, pages: 1, 0)).Status);
                Assert.Equal(DmaStatus.Success, (await process.FillAsync(driver, bond, page: 2, pages: 1, Pattern)).Status);
            }

            Assert.Equal(Pattern, await process.WordAsync(1));
            await fixture.UnbindAllAsync(bonds);
            await process.Memory.ExitAsync();
            await fixture.AssertReclaimedAsync();
        },
        TwoUnits);

    [Fact]
    public void A_process_may_exit_while_its_devices_work() => IommuFixture.Run(
        Seeds * 2,
        async fixture =>
        {
            TestProcess process = fixture.CreateProcess();
            List<SvaBond> bonds = [];
            List<Task> work = [];
            foreach ((IommuDevice device, DmaEngineDriver driver) in fixture.Devices.Zip(fixture.Drivers))
            {
                SvaBond bond = await fixture.Subsystem.BindAsync(device, process.Memory);
                bonds.Add(bond);
                for (int job = 0; job < 3; job++)
                    await driver.SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, process.Fill(job * 8, 8, Pattern));
            }

            Pasid pasid = bonds[0].Pasid;
            await process.Memory.ExitAsync();
            Assert.Equal(0, process.Memory.ResidentPages);
            // The number still belongs to the process. Its devices may use it until they are unbound.
            Assert.True(fixture.Subsystem.SvaBindings.Contains(bonds[0].Pasid.ToRawIoAsid()));
            Assert.All(fixture.Devices, device => Assert.Contains(pasid, device.AttachedPasids));

            await fixture.UnbindAllAsync(bonds, abort: true);
            await fixture.AssertReclaimedAsync();
            Assert.Empty(fixture.Faults);
        },
        TwoUnits);

    [Fact]
    public void After_the_exit_a_device_gets_Invalid_Request_until_it_is_unbound() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestProcess process = fixture.CreateProcess();
        TestProcess witness = fixture.CreateProcess("witness");
        SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
        SvaBond other = await fixture.Subsystem.BindAsync(fixture.Devices[0], witness.Memory);
        await process.Memory.ExitAsync();
        long refused = fixture.Subsystem.PageRequests.Statistics.Refused;

        await fixture.Drivers[0].SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, process.Fill(0, 1, Pattern));
        Assert.Equal(DmaStatus.Success, (await witness.FillAsync(fixture.Drivers[0], other, 0, 1, Pattern)).Status);
        await fixture.Drivers[0].StopAsync(bond.Pasid);

        // The unit refuses the requests without a report, because the entry is cleared and FPD is set.
        Assert.Equal(refused, fixture.Subsystem.PageRequests.Statistics.Refused);
        Assert.Empty(fixture.Faults);
        await fixture.UnbindAllAsync([bond, other]);
        await witness.Memory.ExitAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_process_that_has_exited_cannot_be_bound() => IommuFixture.Run(1, async fixture =>
    {
        TestProcess process = fixture.CreateProcess();
        await process.Memory.ExitAsync();

        IommuException refusal = await Assert.ThrowsAsync<IommuException>(
            () => fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory).AsTask());

        Assert.Equal(IommuError.Exited, refusal.Error);
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_PASID_is_used_again_only_after_the_last_unbind() => IommuFixture.Run(Seeds, async fixture =>
    {
        HashSet<uint> live = [];
        List<(TestProcess Process, SvaBond Bond)> bound = [];
        for (int turn = 0; turn < 6; turn++)
        {
            TestProcess process = fixture.CreateProcess($"process {turn}");
            SvaBond bond = await fixture.Subsystem.BindAsync(fixture.Devices[0], process.Memory);
            Assert.True(live.Add(bond.Pasid.Value));
            bound.Add((process, bond));
            await fixture.Drivers[0].SubmitAsync(IommuFixture.SharedQueue, bond.Pasid, process.Fill(0, 2, Pattern));
            if (turn % 2 == 0)
                continue;
            (TestProcess old, SvaBond oldBond) = bound[0];
            bound.RemoveAt(0);
            await old.Memory.ExitAsync();
            await fixture.UnbindAllAsync([oldBond], abort: true);
            live.Remove(oldBond.Pasid.Value);
        }

        foreach ((TestProcess process, SvaBond bond) in bound)
        {
            await fixture.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
        }

        await fixture.AssertReclaimedAsync();
    });

    [Theory]
    [InlineData(6)]
    [InlineData(12)]
    public void A_PASID_is_in_the_range_that_the_device_can_send(int width) => IommuFixture.Run(
        1,
        async fixture =>
        {
            List<SvaBond> bonds = [];
            int numbers = (1 << width) - 1;
            for (int process = 0; process < Math.Min(numbers, 70); process++)
                bonds.Add(await fixture.Subsystem.BindAsync(fixture.Devices[0], fixture.CreateProcess($"process {process}").Memory));

            Assert.All(bonds, bond => Assert.InRange(bond.Pasid.Value, 1u, (uint)numbers));
            if (width == 6)
            {
                IommuException refusal = await Assert.ThrowsAsync<IommuException>(
                    () => fixture.Subsystem.BindAsync(fixture.Devices[0], fixture.CreateProcess("one more").Memory).AsTask());
                Assert.Equal(IommuError.NoPasid, refusal.Error);
            }

            await fixture.UnbindAllAsync(bonds);
        },
        new FixtureOptions { Engine = new Emulation.DmaEngineOptions { PasidWidth = width } });
}
