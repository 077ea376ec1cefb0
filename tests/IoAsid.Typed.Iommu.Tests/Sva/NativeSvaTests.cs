using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// A process's own pointers on devices (DOMAIN 2.1), whatever the order of events: each test runs for many seeds, and a checker watches for stale translations,
/// re-use before a drain and answers that are missing or doubled.
/// </summary>
public sealed class NativeSvaTests
{
    private const int Seeds = 25;
    private const ulong Pattern = 0x0123_4567_89AB_CDEF;

    private static readonly BenchOptions TwoUnits = new() { Units = 2, Devices = 3 };

    [Fact]
    public void A_bound_process_keeps_its_structure_until_the_last_unbind_also_after_its_exit() => IommuBench.Run(1, async bench =>
    {
        TestProcess process = bench.CreateProcess();
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        Assert.Equal((1, 2), (process.Memory.Users, process.Memory.References));
        SvaBond again = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        Assert.Equal((2, 1), (process.Memory.References, process.Memory.Observers));
        await bench.UnbindAllAsync([bond, again]);
        Assert.Equal((1, 0), (process.Memory.References, process.Memory.Observers));

        bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        await process.Memory.ExitAsync();
        Assert.Equal((0, 1), (process.Memory.Users, process.Memory.References));

        await bench.UnbindAllAsync([bond]);

        Assert.Equal(0, process.Memory.References);
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_device_writes_to_pages_that_were_never_touched() => IommuBench.Run(Seeds, async bench =>
    {
        TestProcess process = bench.CreateProcess();
        await using (SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory))
        {
            DmaCompletionRecord record = await process.FillAsync(bench.Drivers[0], bond, page: 3, pages: 5, Pattern);

            Assert.Equal(DmaStatus.Success, record.Status);
            Assert.Equal(Pattern, await process.WordAsync(7));
            await bench.Drivers[0].StopAsync(bond.Pasid);
        }

        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_process_has_one_PASID_on_all_its_devices_and_one_bond_on_each() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            List<SvaBond> bonds = [];
            foreach (IommuDevice device in bench.Devices.Concat(bench.Devices))
                bonds.Add(await bench.Subsystem.Sva.BindAsync(device, process.Memory));

            Assert.Single(bonds.Select(bond => bond.Pasid).Distinct());
            Assert.All(bench.Devices, device => Assert.Contains(bonds[0].Pasid, device.AttachedPasids));
            IoAsidLookup<SvaBinding> found = bench.Subsystem.SvaBindings.Find(bonds[0].Pasid.ToRawIoAsid());
            Assert.True(found.IsFound && found.Data is NativeSvaBinding native && native.AddressSpace == process.Memory);

            for (int index = 0; index < bench.Devices.Count; index++)
            {
                DmaCompletionRecord record = await process.FillAsync(bench.Drivers[index], bonds[index], page: index, pages: 2, Pattern + (ulong)index);
                Assert.Equal(DmaStatus.Success, record.Status);
            }

            await bench.UnbindAllAsync(bonds);
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        TwoUnits);

    [Fact]
    public void The_last_of_several_users_of_a_bond_ends_it_and_no_user_ends_it_twice() => IommuBench.Run(Seeds, async bench =>
    {
        TestProcess process = bench.CreateProcess();
        SvaBond first = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        SvaBond second = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);

        await first.DisposeAsync();
        await first.DisposeAsync();

        Assert.Contains(second.Pasid, bench.Devices[0].AttachedPasids);
        Assert.Equal(DmaStatus.Success, (await process.FillAsync(bench.Drivers[0], second, page: 0, pages: 1, Pattern)).Status);
        await bench.UnbindAllAsync([second]);
        Assert.Empty(bench.Devices[0].AttachedPasids);
        await process.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    [Specification("6.10/1")]
    public void Pages_that_are_unmapped_or_protected_are_out_of_reach_when_that_returns() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            List<SvaBond> bonds = await bench.BindAllAsync(process);
            foreach ((SvaBond bond, DmaEngineDriver driver) in bonds.Zip(bench.Drivers))
                Assert.Equal(DmaStatus.Success, (await process.FillAsync(driver, bond, page: 0, pages: 4, Pattern)).Status);

            await process.Memory.UnmapAsync(new AddressRange(process.PageAt(0), AddressRange.PageSize));
            await process.Memory.ProtectAsync(new AddressRange(process.PageAt(1), AddressRange.PageSize), MemoryRights.Read);

            foreach ((SvaBond bond, DmaEngineDriver driver) in bonds.Zip(bench.Drivers))
            {
                Assert.Equal(DmaStatus.PageRequestRefused, (await process.FillAsync(driver, bond, page: 0, pages: 1, 0)).Status);
                Assert.Equal(DmaStatus.PageRequestRefused, (await process.FillAsync(driver, bond, page: 1, pages: 1, 0)).Status);
                Assert.Equal(DmaStatus.Success, (await process.FillAsync(driver, bond, page: 2, pages: 1, Pattern)).Status);
            }

            Assert.Equal(Pattern, await process.WordAsync(1));
            await bench.UnbindAllAsync(bonds);
            await process.Memory.ExitAsync();
            await bench.AssertReclaimedAsync();
        },
        TwoUnits);

    [Fact]
    public void A_process_may_exit_while_its_devices_work() => IommuBench.Run(
        Seeds * 2,
        async bench =>
        {
            TestProcess process = bench.CreateProcess();
            List<SvaBond> bonds = [];
            List<Task> work = [];
            foreach ((IommuDevice device, DmaEngineDriver driver) in bench.Devices.Zip(bench.Drivers))
            {
                SvaBond bond = await bench.Subsystem.Sva.BindAsync(device, process.Memory);
                bonds.Add(bond);
                for (int job = 0; job < 3; job++)
                    await driver.SubmitAsync(IommuBench.SharedQueue, bond.Pasid, process.Fill(job * 8, 8, Pattern));
            }

            Pasid pasid = bonds[0].Pasid;
            await process.Memory.ExitAsync();
            Assert.Equal(0, process.Memory.ResidentPages);
            // The number still belongs to the process: its devices may use it until they are told.
            Assert.True(bench.Subsystem.SvaBindings.Contains(bonds[0].Pasid.ToRawIoAsid()));
            Assert.All(bench.Devices, device => Assert.Contains(pasid, device.AttachedPasids));

            await bench.UnbindAllAsync(bonds, abort: true);
            await bench.AssertReclaimedAsync();
            Assert.Empty(bench.Faults);
        },
        TwoUnits);

    [Fact]
    public void After_the_exit_a_device_gets_Invalid_Request_until_it_is_unbound() => IommuBench.Run(Seeds, async bench =>
    {
        TestProcess process = bench.CreateProcess();
        TestProcess witness = bench.CreateProcess("witness");
        SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
        SvaBond other = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], witness.Memory);
        await process.Memory.ExitAsync();
        long refused = bench.Subsystem.PageRequests.Statistics.Refused;

        await bench.Drivers[0].SubmitAsync(IommuBench.SharedQueue, bond.Pasid, process.Fill(0, 1, Pattern));
        Assert.Equal(DmaStatus.Success, (await witness.FillAsync(bench.Drivers[0], other, 0, 1, Pattern)).Status);
        await bench.Drivers[0].StopAsync(bond.Pasid);

        // The unit refuses by itself, in silence: the entry is gone, and FPD is set.
        Assert.Equal(refused, bench.Subsystem.PageRequests.Statistics.Refused);
        Assert.Empty(bench.Faults);
        await bench.UnbindAllAsync([bond, other]);
        await witness.Memory.ExitAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_process_that_has_exited_cannot_be_bound() => IommuBench.Run(1, async bench =>
    {
        TestProcess process = bench.CreateProcess();
        await process.Memory.ExitAsync();

        IommuException refusal = await Assert.ThrowsAsync<IommuException>(
            () => bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory).AsTask());

        Assert.Equal(IommuError.Exited, refusal.Error);
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_PASID_is_used_again_only_after_the_last_unbind() => IommuBench.Run(Seeds, async bench =>
    {
        HashSet<uint> live = [];
        List<(TestProcess Process, SvaBond Bond)> bound = [];
        for (int turn = 0; turn < 6; turn++)
        {
            TestProcess process = bench.CreateProcess($"process {turn}");
            SvaBond bond = await bench.Subsystem.Sva.BindAsync(bench.Devices[0], process.Memory);
            Assert.True(live.Add(bond.Pasid.Value));
            bound.Add((process, bond));
            await bench.Drivers[0].SubmitAsync(IommuBench.SharedQueue, bond.Pasid, process.Fill(0, 2, Pattern));
            if (turn % 2 == 0)
                continue;
            (TestProcess old, SvaBond oldBond) = bound[0];
            bound.RemoveAt(0);
            await old.Memory.ExitAsync();
            await bench.UnbindAllAsync([oldBond], abort: true);
            live.Remove(oldBond.Pasid.Value);
        }

        foreach ((TestProcess process, SvaBond bond) in bound)
        {
            await bench.UnbindAllAsync([bond]);
            await process.Memory.ExitAsync();
        }

        await bench.AssertReclaimedAsync();
    });

    [Theory]
    [InlineData(6)]
    [InlineData(12)]
    public void A_device_that_cannot_send_a_process_PASID_is_refused_and_one_that_can_gets_one_in_its_range(int width) => IommuBench.Run(
        1,
        async bench =>
        {
            List<SvaBond> bonds = [];
            int numbers = (1 << width) - 1;
            for (int process = 0; process < Math.Min(numbers, 70); process++)
                bonds.Add(await bench.Subsystem.Sva.BindAsync(bench.Devices[0], bench.CreateProcess($"process {process}").Memory));

            Assert.All(bonds, bond => Assert.InRange(bond.Pasid.Value, 1u, (uint)numbers));
            if (width == 6)
            {
                IommuException refusal = await Assert.ThrowsAsync<IommuException>(
                    () => bench.Subsystem.Sva.BindAsync(bench.Devices[0], bench.CreateProcess("one more").Memory).AsTask());
                Assert.Equal(IommuError.NoPasid, refusal.Error);
            }

            await bench.UnbindAllAsync(bonds);
        },
        new BenchOptions { Engine = new Emulation.DmaEngineOptions { PasidWidth = width } });
}
