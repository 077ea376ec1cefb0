using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The group indices of a guest. An index is not reused while others are free, and never belongs to two groups.</summary>
public sealed class GuestGroupIndexTests
{
    private const int Numbers = 512;

    [Fact]
    public void Group_indices_are_used_in_turn() => Run((guest, add) =>
    {
        for (int group = 0; group < 2 * Numbers; group++)
        {
            GuestPageRequestGroup added = add()!;
            Assert.Equal(group % Numbers, added.Index);
            Assert.Equal(GuestResponseResult.Sent, guest.Container.Respond(added.Requester, added.Pasid, added.Index, PageResponse.Success));
            Assert.Equal(GuestResponseResult.NoSuchGroup, guest.Container.Respond(added.Requester, added.Pasid, added.Index, PageResponse.Success));
        }
    });

    [Fact]
    public void A_group_is_refused_without_a_free_index_until_a_response_frees_one() => Run((guest, add) =>
    {
        List<GuestPageRequestGroup> added = [.. Enumerable.Range(0, Numbers).Select(_ => add()!)];
        Assert.Null(add());
        Assert.True(added[7].Respond(PageResponse.Success));
        Assert.Equal(7, add()!.Index);
    });

    [Fact]
    public void An_index_answered_by_the_host_is_reused_if_no_other_is_free() => Run((guest, add) =>
    {
        List<GuestPageRequestGroup> added = [.. Enumerable.Range(0, Numbers).Select(_ => add()!)];
        guest.Container.Devices.Single().Device.PageRequests.Refuse();
        Assert.All(added, group => Assert.True(group.IsAnswered));

        GuestPageRequestGroup next = add()!;
        Assert.Equal(0, next.Index);
        Assert.False(added[0].Respond(PageResponse.Success));
        Assert.Equal(GuestResponseResult.Sent, guest.Container.Respond(next.Requester, next.Pasid, next.Index, PageResponse.Success));
        Assert.Equal((1L, 0L), (guest.Container.Statistics.LateResponses, guest.Container.Statistics.RefusedResponses));
    });

    [Fact]
    public void A_group_that_the_guest_refused_cannot_be_answered() => Run((guest, add) =>
    {
        guest.Behaviour = GuestBehaviour.Throws;
        Assert.Throws<InvalidOperationException>(add);
        PrivateIoAsid pasid = Assert.Single(guest.Container.Bindings).GuestPasid;
        Assert.Equal(GuestResponseResult.NoSuchGroup, guest.Container.Respond(TestGuest.VirtualId(0), pasid, index: 0, PageResponse.Success));
    });

    [Fact]
    public void Groups_are_refused_in_the_step_that_ends_the_guest() => Run((guest, add) =>
    {
        List<GuestPageRequestGroup> added = [.. Enumerable.Range(0, 3).Select(_ => add()!)];
        Assert.True(added[1].Respond(PageResponse.Success));
        Task dying = guest.Container.DisposeAsync().AsTask();
        Assert.All(added, group => Assert.True(group.IsAnswered));
        Assert.False(dying.IsCompleted);
        Assert.Equal(0, guest.Container.Statistics.LateResponses);
    });

    /// <summary>Runs a test with a function that adds a group like one from the ring. The function returns null if the group was refused at once.</summary>
    private static void Run(Action<TestGuest, Func<GuestPageRequestGroup?>> test) => IommuFixture.RunByHand(async fixture =>
    {
        TestGuest guest = await TestGuest.StartAsync(fixture);
        guest.Behaviour = GuestBehaviour.Ignores;
        await guest.CreateBoundProcessAsync();
        GuestSvaBinding binding = Assert.Single(guest.Container.Bindings);
        int index = 0;
        test(guest, () =>
        {
            int before = guest.Unanswered.Count;
            PageRequestGroup group = new(fixture.Subsystem.PageRequests, fixture.Devices[0], binding.Pasid, index++ % Numbers);
            fixture.Devices[0].PageRequests.AddWaiting(group);
            guest.Devices[0].PageRequests.Forward(group, binding);
            Assert.Equal(guest.Unanswered.Count == before, group.IsAnswered);
            return guest.Unanswered.Count == before ? null : guest.Unanswered[^1];
        });
        await guest.TerminateAsync();
    });
}
