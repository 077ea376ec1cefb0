using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// Page requests of a guest, in ids of the guest. The first response is sent: that of the guest, the deadline, the unbind, the end of the guest or the removal
/// of the device. The checker reports a group with no response or with several.
/// </summary>
public sealed class GuestPageRequestTests
{
    private const int Seeds = 15;
    private const ulong Pattern = 0x7777_0000_7777_0000;

    public static TheoryData<string> Ends => ["deadline", "unbind", "free", "end of the guest", "removal", "unassign"];

    [Theory]
    [MemberData(nameof(Ends))]
    public void The_first_response_is_sent_and_the_guests_later_one_is_dropped(string end) => IommuFixture.Run(Seeds, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        guest.Behaviour = GuestBehaviour.Ignores;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        await process.SubmitFillAsync(page: 0, pages: 1, Pattern);
        GuestPageRequestGroup group = await guest.WaitForGroupAsync();
        Assert.True(guest.Container.Set.TryResolve(process.Pasid, out RawIoAsid host));

        await EndAsync(end, fixture, guest, process);

        Assert.True(group.IsAnswered);
        Assert.False(group.Respond(PageResponse.Success));
        Assert.Equal(1, guest.Container.Statistics.LateResponses);
        Assert.Equal(GuestResponseResult.NoSuchGroup, guest.Container.Respond(group.Requester, group.Pasid, group.Index, PageResponse.Success));
        await guest.TerminateAsync();
        Assert.False(fixture.Subsystem.SvaBindings.Contains(host));
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void The_PASID_is_held_until_the_group_is_answered() => IommuFixture.Run(
        Seeds,
        async fixture =>
        {
            TestGuest guest = await TestGuest.StartAsync(fixture);
            guest.Behaviour = GuestBehaviour.Ignores;
            GuestProcess process = await guest.CreateBoundProcessAsync();
            await process.SubmitFillAsync(page: 0, pages: 1, Pattern);
            GuestPageRequestGroup group = await guest.WaitForGroupAsync();
            uint references = 0;
            guest.BeforeObservers = edge => references = edge.Kind == IoAsidEventKind.Freed
                ? Assert.Single(fixture.Subsystem.Pasids.DescribePending()).References
                : references;
            process.Free();
            Assert.Equal(4u, references); // The holders are the allocation, the binding, the processors and the group.
            await guest.TerminateAsync();
            Assert.True(group.IsAnswered);
            await fixture.AssertReclaimedAsync();
        },
        new FixtureOptions { Iommu = new IommuOptions { Pasids = new IoAsidSpaceOptions { TrackHolders = true } } });

    [Fact]
    public void A_response_with_an_unknown_index_or_a_wrong_PASID_is_refused() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        guest.Behaviour = GuestBehaviour.Ignores;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        PrivateIoAsid other = guest.Container.Allocate();
        await process.SubmitFillAsync(page: 0, pages: 1, Pattern);
        GuestPageRequestGroup group = await guest.WaitForGroupAsync();

        Assert.Equal(GuestResponseResult.NoSuchGroup, guest.Container.Respond(group.Requester, other, group.Index, PageResponse.Success));
        Assert.Equal(GuestResponseResult.NoSuchGroup, guest.Container.Respond(group.Requester, group.Pasid, group.Index + 1, PageResponse.Success));
        Assert.Equal(GuestResponseResult.NoSuchGroup, guest.Container.Respond(TestGuest.VirtualId(5), group.Pasid, group.Index, PageResponse.Success));
        Assert.Equal(3, guest.Container.Statistics.RefusedResponses);
        Assert.False(group.IsAnswered);

        Assert.Equal(PageFaultOutcome.Handled, await process.Memory.HandleFaultAsync(process.Work.PageAt(0), MemoryRights.ReadWrite));
        Assert.Equal(GuestResponseResult.Sent, guest.Container.Respond(group.Requester, group.Pasid, group.Index, PageResponse.Success));
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Pattern, await process.Work.WordAsync(0));
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    /// <summary>The device uses an index again after the host's response. The guest must not answer the new group with the old index.</summary>
    [Fact]
    public void A_late_response_does_not_answer_the_next_group() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        guest.Behaviour = GuestBehaviour.Ignores;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        await process.SubmitFillAsync(page: 0, pages: 1, Pattern);
        GuestPageRequestGroup first = await guest.WaitForGroupAsync();
        await fixture.Machine.Scheduler.Delay(TimeSpan.FromSeconds(2));
        Assert.True(first.IsAnswered);
        await process.SubmitFillAsync(page: 1, pages: 1, Pattern);
        GuestPageRequestGroup second = await guest.WaitForGroupAsync();

        Assert.NotEqual(first.Index, second.Index);
        Assert.Equal(GuestResponseResult.TooLate, guest.Container.Respond(first.Requester, first.Pasid, first.Index, PageResponse.Success));
        Assert.False(second.IsAnswered);
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void Groups_are_refused_if_the_guest_throws_or_has_no_unit() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        int faults = 0;
        fixture.Subsystem.PageRequestFailed += (_, _) => faults++;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        guest.Behaviour = GuestBehaviour.Throws;
        Assert.Equal(DmaStatus.PageRequestRefused, await process.FillAsync(page: 0, pages: 1, Pattern));
        Assert.True(faults > 0);
        guest.Subscription.Dispose();
        Assert.Equal(DmaStatus.PageRequestRefused, await process.FillAsync(page: 1, pages: 1, Pattern));
        await guest.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    [Fact]
    public void Only_the_host_responds_with_Response_Failure() => IommuFixture.Run(Seeds, async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        TestGuest neighbour = await TestGuest.StartAsync(fixture, "neighbour");
        guest.Behaviour = GuestBehaviour.Ignores;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        await process.SubmitFillAsync(page: 0, pages: 1, Pattern);
        GuestPageRequestGroup group = await guest.WaitForGroupAsync();

        Assert.True(group.Respond(PageResponse.ResponseFailure));

        GuestProcess others = await neighbour.CreateBoundProcessAsync();
        Assert.Equal(DmaStatus.Success, await others.FillAsync(page: 0, pages: 2, Pattern));
        Assert.False(fixture.Engines[0].Pri!.ResponseFailure);
        await guest.TerminateAsync();
        await neighbour.TerminateAsync();
        await fixture.AssertReclaimedAsync();
    });

    private static async Task EndAsync(string end, IommuFixture fixture, TestGuest guest, GuestProcess process)
    {
        switch (end)
        {
            case "deadline":
                await fixture.Machine.Scheduler.Delay(TimeSpan.FromSeconds(2));
                break;
            case "unbind":
                Assert.True(await process.UnbindAsync());
                break;
            case "free":
                process.Free();
                await fixture.Machine.Scheduler.WaitUntil(() => fixture.Subsystem.Pasids.GetStatistics().Outstanding == 0, TimeSpan.FromSeconds(10));
                break;
            case "end of the guest":
                await guest.Container.DisposeAsync();
                break;
            case "unassign":
                await guest.Devices[0].DisposeAsync();
                break;
            default:
                fixture.Machine.RemoveFunction(fixture.Engines[0]);
                await fixture.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
                break;
        }
    }
}
