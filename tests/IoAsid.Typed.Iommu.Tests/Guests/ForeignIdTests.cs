using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// Two guests on one machine and one device, one of which names the other's PASIDs: in no call does it reach them, and it learns nothing (DOMAIN 5: 18, 24, 26; shipped trees
/// that passed NULL for the set).
/// </summary>
public sealed class ForeignIdTests
{
    private const int Seeds = 10;
    private const ulong Pattern = 0x1111_2222_3333_4444;

    // The victim's number in its own guest, its number on the host, and a number that nobody has.
    public static TheoryData<string> Numbers => ["the victim's own number", "the host's number", "no number of anybody"];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void No_call_of_a_guest_reaches_another_guests_PASID(string named) => IommuBench.Run(Seeds, async bench =>
    {
        TestGuest victim = await TestGuest.StartAsync(bench, "victim");
        TestGuest thief = await TestGuest.StartAsync(bench, "thief");
        victim.Container.Allocate(); // So that the numbers in the guest and on the host differ.
        GuestProcess work = await victim.CreateBoundProcessAsync();
        Assert.Equal(DmaStatus.Success, await work.FillAsync(page: 0, pages: 2, Pattern));
        PrivateIoAsid number = Name(named, victim, work);
        RequesterId requester = TestGuest.VirtualId(0);
        string before = StateOf(bench);

        Assert.False(thief.Container.TryHold(number, out _));
        Assert.Equal(IommuError.NotFound, (await Assert.ThrowsAsync<IommuException>(
            async () => await thief.Container.BindAsync(number, requester, new GuestPageTable(TestGuest.RamBase)))).Error);
        Assert.Null(thief.Container.FindBond(number, requester));
        Assert.Equal(IoAsidFreeResult.AlreadyFreed, thief.Container.Free(number));
        Assert.False(thief.Devices[0].TryResolve(number, out _));
        await thief.Devices[0].ClearContextAsync(number);
        Assert.Equal(GuestEnqueueResult.Fault, thief.Processor.TryEnqueue(number, thief.Devices[0], IommuBench.SharedQueue, new byte[64]));
        Assert.Equal(GuestAnswer.Refused, thief.Container.Respond(requester, number, index: 0, PageResponse.Success));
        foreach (Bits256 descriptor in DescriptorsNaming(number))
            Assert.Equal(InvalidationQueueError.ReservedField, await thief.Container.InvalidateAsync(new InvalidationDescriptor(descriptor)));

        Assert.Equal(before, StateOf(bench));
        Assert.True(thief.Container.Statistics.Refused >= 7);
        Assert.Equal(0, victim.Container.Statistics.Refused);
        Assert.Equal(DmaStatus.Success, await work.FillAsync(page: 2, pages: 2, Pattern));
        await thief.DieAsync();
        Assert.Equal(DmaStatus.Success, await work.FillAsync(page: 4, pages: 2, Pattern));
        await victim.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_guest_sees_only_its_own_numbers_whatever_those_of_the_host_are() => IommuBench.Run(Seeds, async bench =>
    {
        TestGuest[] guests = [await TestGuest.StartAsync(bench, "a"), await TestGuest.StartAsync(bench, "b")];
        foreach (TestGuest guest in guests)
            Assert.Equal([1u, 2u, 3u], Enumerable.Range(0, 3).Select(_ => guest.Container.Allocate().Value));
        Assert.Equal(6, bench.Subsystem.Pasids.GetStatistics().Outstanding);

        foreach (TestGuest guest in guests)
        {
            guest.Manners = GuestManners.Keeps;
            GuestProcess process = guest.CreateProcess(new PrivateIoAsid(2));
            await process.BindAsync();
            await process.SubmitFillAsync(page: 0, pages: 1, Pattern);
            GuestPageRequestGroup group = await guest.WaitForGroupAsync();
            Assert.Equal((2u, TestGuest.VirtualId(0)), (group.Pasid.Value, group.Requester));
            Assert.Equal(process.Work.PageAt(0), Assert.Single(group.Requests).Address);
        }

        foreach (TestGuest guest in guests)
            await guest.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_quota_used_up_and_a_machine_without_numbers_are_told_apart_and_cost_nothing() => IommuBench.Run(
        seeds: 1,
        async bench =>
        {
            Assert.Equal(IommuError.NoPasid, Assert.Throws<IommuException>(() => bench.Subsystem.CreateContainer("greedy", quota: 100)).Error);
            TestGuest small = await TestGuest.StartAsync(bench, "small", quota: 2);
            TestGuest other = await TestGuest.StartAsync(bench, "other", quota: 5);
            small.Container.Allocate();
            small.Container.Allocate();

            Assert.False(small.Container.TryAllocate(out _, out IoAsidAllocationFailure failure));
            Assert.Equal(IoAsidAllocationFailure.QuotaExhausted, failure);
            Assert.Equal(IommuError.NoPasid, Assert.Throws<IommuException>(() => small.Container.Allocate()).Error);
            Assert.Equal(0, bench.Subsystem.Pasids.GetStatistics().Available);

            await small.DieAsync();
            Assert.Equal(2, bench.Subsystem.Pasids.GetStatistics().Available);
            await other.DieAsync();
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Iommu = new IommuOptions { Pasids = new IoAsidSpaceOptions { Capacity = 8 } } });

    private static PrivateIoAsid Name(string named, TestGuest victim, GuestProcess work) => named switch
    {
        "the victim's own number" => work.Pasid,
        "the host's number" => victim.Container.Set.TryResolve(work.Pasid, out RawIoAsid host) ? new PrivateIoAsid(host.Value) : default,
        _ => new PrivateIoAsid(77),
    };

    private static IEnumerable<Bits256> DescriptorsNaming(PrivateIoAsid number) =>
    [
        new PasidCacheInvalidation { Granularity = PasidCacheGranularity.Pasid, Pasid = new Pasid(number.Value) }.Bits,
        new PasidIotlbInvalidation { Granularity = PasidIotlbGranularity.Pasid, Pasid = new Pasid(number.Value) }.Bits,
        new PasidIotlbInvalidation { Granularity = PasidIotlbGranularity.Page, Pasid = new Pasid(number.Value), Address = 0x1000 }.Bits,
        new PasidDeviceTlbInvalidation { SourceId = TestGuest.VirtualId(0), Pasid = new Pasid(number.Value) }.Bits,
        new PageGroupResponse { RequesterId = TestGuest.VirtualId(0), PasidPresent = true, Pasid = new Pasid(number.Value) }.Bits,
    ];

    // What a call could change: ids, and what hardware was told.
    private static string StateOf(IommuBench bench) => string.Join(
        "; ",
        bench.Subsystem.Pasids.GetStatistics(),
        string.Join(",", bench.Devices[0].AttachedPasids),
        bench.Subsystem.Units[0].Statistics,
        bench.Subsystem.PageRequests.Statistics);
}
