namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The numbers under which a guest knows page request groups: each rests as long as others are free, and is never two groups' at once.</summary>
public sealed class GuestGroupNumberTests
{
    private const int Numbers = 512;

    [Fact]
    public void Numbers_are_given_in_turn_and_rest_before_they_come_again() => Run((guest, ask) =>
    {
        for (int group = 0; group < 2 * Numbers; group++)
        {
            GuestPageRequestGroup asked = ask()!;
            Assert.Equal(group % Numbers, asked.Index);
            Assert.Equal(GuestAnswer.Sent, guest.Container.Respond(asked.Requester, asked.Pasid, asked.Index, PageResponse.Success));
            Assert.Equal(GuestAnswer.Refused, guest.Container.Respond(asked.Requester, asked.Pasid, asked.Index, PageResponse.Success));
        }
    });

    [Fact]
    public void With_all_numbers_in_the_guests_hands_a_group_is_refused_and_the_number_of_an_answer_is_free() => Run((guest, ask) =>
    {
        List<GuestPageRequestGroup> asked = [.. Enumerable.Range(0, Numbers).Select(_ => ask()!)];
        Assert.Null(ask());
        Assert.True(asked[7].Respond(PageResponse.Success));
        Assert.Equal(7, ask()!.Index);
    });

    [Fact]
    public void What_the_host_answered_gives_its_number_away_for_want_of_others_and_a_late_answer_does_not_reach_the_next_group() => Run((guest, ask) =>
    {
        List<GuestPageRequestGroup> asked = [.. Enumerable.Range(0, Numbers).Select(_ => ask()!)];
        guest.Container.Devices.Single().Device.PageRequests.Refuse();
        Assert.All(asked, group => Assert.True(group.IsAnswered));

        GuestPageRequestGroup next = ask()!;
        Assert.Equal(0, next.Index);
        Assert.False(asked[0].Respond(PageResponse.Success));
        Assert.Equal(GuestAnswer.Sent, guest.Container.Respond(next.Requester, next.Pasid, next.Index, PageResponse.Success));
        Assert.Equal((1L, 0L), (guest.Container.Statistics.AnsweredTooLate, guest.Container.Statistics.AnswersRefused));
    });

    [Fact]
    public void What_the_guest_did_not_take_it_cannot_answer() => Run((guest, ask) =>
    {
        guest.Manners = GuestManners.Throws;
        Assert.Throws<InvalidOperationException>(ask);
        PrivateIoAsid pasid = Assert.Single(guest.Container.Bindings).GuestPasid;
        Assert.Equal(GuestAnswer.Refused, guest.Container.Respond(TestGuest.VirtualId(0), pasid, index: 0, PageResponse.Success));
    });

    [Fact]
    public void What_is_refused_for_the_guest_at_its_death_is_refused_in_the_very_step() => Run((guest, ask) =>
    {
        List<GuestPageRequestGroup> asked = [.. Enumerable.Range(0, 3).Select(_ => ask()!)];
        Assert.True(asked[1].Respond(PageResponse.Success));
        Task dying = guest.Container.DisposeAsync().AsTask();
        Assert.All(asked, group => Assert.True(group.IsAnswered));
        Assert.False(dying.IsCompleted);
        Assert.Equal(0, guest.Container.Statistics.AnsweredTooLate);
    });

    /// <summary>What asks comes by hand, as from the ring: null if it was refused at once.</summary>
    private static void Run(Action<TestGuest, Func<GuestPageRequestGroup?>> test) => IommuBench.RunByHand(async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
        guest.Manners = GuestManners.Keeps;
        await guest.CreateBoundProcessAsync();
        GuestSvaBinding binding = Assert.Single(guest.Container.Bindings);
        int index = 0;
        test(guest, () =>
        {
            int before = guest.Kept.Count;
            PageRequestGroup group = new(bench.Subsystem.PageRequests, bench.Devices[0], binding.Pasid, index++ % Numbers);
            bench.Devices[0].PageRequests.AddWaiting(group);
            guest.Devices[0].PageRequests.Forward(group, binding);
            Assert.Equal(guest.Kept.Count == before, group.IsAnswered);
            return guest.Kept.Count == before ? null : guest.Kept[^1];
        });
        await guest.DieAsync();
    });
}
