using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// Two guests share a machine and a device, and one guest names PASIDs of the other. No call reaches them or reveals whether they exist. Drivers that passed no
/// set to a lookup had this defect.
/// </summary>
public sealed class ForeignIdTests
{
    private const int Seeds = 10;
    private const ulong Pattern = 0x1111_2222_3333_4444;

    // The victim's private id, its PASID on the host, and an id that no guest has.
    public static TheoryData<string> Numbers => ["the victim's private id", "the host's PASID", "an unknown id"];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void No_call_of_a_guest_reaches_another_guests_PASID(string named) => IommuFixture.Run(Seeds, async fixture =>
    {
        TestGuest victim = await TestGuest.StartAsync(fixture, "victim");
        TestGuest attacker = await TestGuest.StartAsync(fixture, "attacker");
        victim.Container.Allocate(); // The numbers in the guest and on the host differ after this.
        GuestProcess work = await victim.CreateBoundProcessAsync();
        Assert.Equal(DmaStatus.Success, await work.FillAsync(page: 0, pages: 2, Pattern));
        PrivateIoAsid number = Name(named, victim, work);
        RequesterId requester = TestGuest.VirtualId(0);
        string before = StateOf(fixture);

        Assert.False(attacker.Container.TryHold(number, out _));
        Assert.Equal(IommuError.NotFound, (await Assert.ThrowsAsync<IommuException>(
            async () => await attacker.Container.BindAsync(number, requester, new GuestPageTable(TestGuest.RamBase)))).Error);
        Assert.Null(attacker.Container.FindBond(number, requester));
        Assert.Equal(IoAsidFreeResult.AlreadyFreed, attacker.Container.Free(number));
        Assert.False(attacker.Devices[0].TryResolve(number, out _));
        await attacker.Devices[0].ClearContextAsync(number);
        Assert.Equal(GuestEnqueueResult.Fault, attacker.Processor.TryEnqueue(number, attacker.Devices[0], IommuFixture.SharedQueue, new byte[64]));
        Assert.Equal(GuestResponseResult.NoSuchGroup, attacker.Container.Respond(requester, number, index: 0, PageResponse.Success));
        foreach (Bits256 descriptor in DescriptorsNaming(number))
            Assert.Equal(InvalidationQueueError.ReservedField, await attacker.Container.InvalidateAsync(new InvalidationDescriptor(descriptor)));

        Assert.Equal(before, StateOf(fixture));
        Assert.True(attacker.Container.Statistics.Refused >= 7);
        Assert.Equal(0, victim.Container.Statistics.Refused);
        Assert.Equal(DmaStatus.Success, await work.FillAsync(page: 2, pages: 2, Pattern));
        await attacker.TerminateAsync();
        Assert.Equal(DmaStatus.Success, await work.FillAsync(page: 4, pages: 2, Pattern));
        await victim.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void A_guest_sees_only_private_ids() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestGuest[] guests = [await TestGuest.StartAsync(fixture, "a"), await TestGuest.StartAsync(fixture, "b")];
        foreach (TestGuest guest in guests)
            Assert.Equal([1u, 2u, 3u], Enumerable.Range(0, 3).Select(_ => guest.Container.Allocate().Value));
        Assert.Equal(6, fixture.Subsystem.Pasids.GetStatistics().Outstanding);

        foreach (TestGuest guest in guests)
        {
            guest.Behaviour = GuestBehaviour.Ignores;
            GuestProcess process = guest.CreateProcess(new PrivateIoAsid(2));
            await process.BindAsync();
            await process.SubmitFillAsync(page: 0, pages: 1, Pattern);
            GuestPageRequestGroup group = await guest.WaitForGroupAsync();
            Assert.Equal((2u, TestGuest.VirtualId(0)), (group.Pasid.Value, group.Requester));
            Assert.Equal(process.Work.PageAt(0), Assert.Single(group.Requests).Address);
        }

        foreach (TestGuest guest in guests)
            await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void An_exhausted_quota_and_an_exhausted_machine_are_distinguished() => IommuFixture.Run(
        seeds: 1,
        async fixture =>
        {
            Assert.Equal(IommuError.NoPasid, Assert.Throws<IommuException>(() => fixture.Subsystem.CreateContainer("greedy", quota: 100)).Error);
            TestGuest small = await TestGuest.StartAsync(fixture, "small", quota: 2);
            TestGuest other = await TestGuest.StartAsync(fixture, "other", quota: 5);
            small.Container.Allocate();
            small.Container.Allocate();

            Assert.False(small.Container.TryAllocate(out _, out IoAsidAllocationFailure failure));
            Assert.Equal(IoAsidAllocationFailure.QuotaExhausted, failure);
            Assert.Equal(IommuError.NoPasid, Assert.Throws<IommuException>(() => small.Container.Allocate()).Error);
            Assert.Equal(0, fixture.Subsystem.Pasids.GetStatistics().Available);

            await small.TerminateAsync();
            Assert.Equal(2, fixture.Subsystem.Pasids.GetStatistics().Available);
            await other.TerminateAsync();
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Iommu = new IommuOptions { Pasids = new IoAsidSpaceOptions { Capacity = 8 } } });

    private static PrivateIoAsid Name(string named, TestGuest victim, GuestProcess work) => named switch
    {
        "the victim's private id" => work.Pasid,
        "the host's PASID" => victim.Container.Set.TryResolve(work.Pasid, out RawIoAsid host) ? new PrivateIoAsid(host.Value) : default,
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

    // The state that a call could change: ids and the descriptors of hardware.
    private static string StateOf(IommuFixture fixture) => string.Join(
        "; ",
        fixture.Subsystem.Pasids.GetStatistics(),
        string.Join(",", fixture.Devices[0].AttachedPasids),
        fixture.Subsystem.Units[0].Statistics,
        fixture.Subsystem.PageRequests.Statistics);
}
