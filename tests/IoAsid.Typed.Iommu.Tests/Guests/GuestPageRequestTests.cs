using IoAsid.Typed.DmaEngine;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// A guest is asked for pages in its own ids, and the first of its answer, the clock, the unbind, its death and the device's removal answers. That the device gets exactly one
/// answer the checker sees.
/// </summary>
public sealed class GuestPageRequestTests
{
    private const int Seeds = 15;
    private const ulong Pattern = 0x7777_0000_7777_0000;

    public static TheoryData<string> Ends => ["clock", "unbind", "free", "death", "removal", "unassign"];

    [Theory]
    [MemberData(nameof(Ends))]
    public void Who_answers_first_answers_and_the_guest_comes_too_late(string end) => IommuBench.Run(Seeds, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
        guest.Manners = GuestManners.Keeps;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        await process.SubmitFillAsync(page: 0, pages: 1, Pattern);
        GuestPageRequestGroup group = await guest.WaitForGroupAsync();
        Assert.True(guest.Container.Set.TryResolve(process.Pasid, out RawIoAsid host));

        await EndAsync(end, bench, guest, process);

        Assert.True(group.IsAnswered);
        Assert.False(group.Respond(PageResponse.Success));
        Assert.Equal(1, guest.Container.Statistics.AnsweredTooLate);
        Assert.Equal(GuestAnswer.Refused, guest.Container.Respond(group.Requester, group.Pasid, group.Index, PageResponse.Success));
        await guest.DieAsync();
        Assert.False(bench.Subsystem.SvaBindings.Contains(host));
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void The_hosts_number_is_held_until_the_group_is_answered() => IommuBench.Run(
        Seeds,
        async bench =>
        {
            TestGuest guest = await TestGuest.StartAsync(bench);
            guest.Manners = GuestManners.Keeps;
            GuestProcess process = await guest.CreateBoundProcessAsync();
            await process.SubmitFillAsync(page: 0, pages: 1, Pattern);
            GuestPageRequestGroup group = await guest.WaitForGroupAsync();
            uint references = 0;
            guest.FirstTold = edge => references = edge.Kind == IoAsidEventKind.Freed
                ? Assert.Single(bench.Subsystem.Pasids.DescribePending()).References
                : references;
            process.Free();
            Assert.Equal(4u, references); // The allocation, the binding, the processors and the group.
            await guest.DieAsync();
            Assert.True(group.IsAnswered);
            await bench.AssertReclaimedAsync();
        },
        new BenchOptions { Iommu = new IommuOptions { Pasids = new IoAsidSpaceOptions { TrackHolders = true } } });

    [Fact]
    public void An_answer_to_a_group_the_guest_does_not_have_or_with_a_wrong_PASID_is_refused() => IommuBench.Run(Seeds, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
        guest.Manners = GuestManners.Keeps;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        PrivateIoAsid other = guest.Container.Allocate();
        await process.SubmitFillAsync(page: 0, pages: 1, Pattern);
        GuestPageRequestGroup group = await guest.WaitForGroupAsync();

        Assert.Equal(GuestAnswer.Refused, guest.Container.Respond(group.Requester, other, group.Index, PageResponse.Success));
        Assert.Equal(GuestAnswer.Refused, guest.Container.Respond(group.Requester, group.Pasid, group.Index + 1, PageResponse.Success));
        Assert.Equal(GuestAnswer.Refused, guest.Container.Respond(TestGuest.VirtualId(5), group.Pasid, group.Index, PageResponse.Success));
        Assert.Equal(3, guest.Container.Statistics.AnswersRefused);
        Assert.False(group.IsAnswered);

        Assert.Equal(PageFaultOutcome.Handled, await process.Memory.HandleFaultAsync(process.Work.PageAt(0), MemoryRights.ReadWrite));
        Assert.Equal(GuestAnswer.Sent, guest.Container.Respond(group.Requester, group.Pasid, group.Index, PageResponse.Success));
        await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Pattern, await process.Work.WordAsync(0));
        await guest.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    /// <summary>The device uses an index again once the host has answered; the guest must not be able to answer the new group by the old number.</summary>
    [Fact]
    public void A_late_answer_is_not_taken_for_that_of_the_next_group() => IommuBench.Run(Seeds, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
        guest.Manners = GuestManners.Keeps;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        await process.SubmitFillAsync(page: 0, pages: 1, Pattern);
        GuestPageRequestGroup first = await guest.WaitForGroupAsync();
        await bench.Machine.Scheduler.Delay(TimeSpan.FromSeconds(2));
        Assert.True(first.IsAnswered);
        await process.SubmitFillAsync(page: 1, pages: 1, Pattern);
        GuestPageRequestGroup second = await guest.WaitForGroupAsync();

        Assert.NotEqual(first.Index, second.Index);
        Assert.Equal(GuestAnswer.TooLate, guest.Container.Respond(first.Requester, first.Pasid, first.Index, PageResponse.Success));
        Assert.False(second.IsAnswered);
        await guest.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void A_guest_that_takes_no_groups_or_throws_has_them_refused() => IommuBench.Run(Seeds, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
        int faults = 0;
        bench.Subsystem.PageRequests.Faulted += (_, _) => faults++;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        guest.Manners = GuestManners.Throws;
        Assert.Equal(DmaStatus.PageRequestRefused, await process.FillAsync(page: 0, pages: 1, Pattern));
        Assert.True(faults > 0);
        guest.Subscription.Dispose();
        Assert.Equal(DmaStatus.PageRequestRefused, await process.FillAsync(page: 1, pages: 1, Pattern));
        await guest.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    [Fact]
    public void Only_the_host_has_a_device_stop_asking() => IommuBench.Run(Seeds, async bench =>
    {
        TestGuest guest = await TestGuest.StartAsync(bench);
        TestGuest neighbour = await TestGuest.StartAsync(bench, "neighbour");
        guest.Manners = GuestManners.Keeps;
        GuestProcess process = await guest.CreateBoundProcessAsync();
        await process.SubmitFillAsync(page: 0, pages: 1, Pattern);
        GuestPageRequestGroup group = await guest.WaitForGroupAsync();

        Assert.True(group.Respond(PageResponse.ResponseFailure));

        GuestProcess others = await neighbour.CreateBoundProcessAsync();
        Assert.Equal(DmaStatus.Success, await others.FillAsync(page: 0, pages: 2, Pattern));
        Assert.False(bench.Engines[0].Pri!.ResponseFailure);
        await guest.DieAsync();
        await neighbour.DieAsync();
        await bench.AssertReclaimedAsync();
    });

    private static async Task EndAsync(string end, IommuBench bench, TestGuest guest, GuestProcess process)
    {
        switch (end)
        {
            case "clock":
                await bench.Machine.Scheduler.Delay(TimeSpan.FromSeconds(2));
                break;
            case "unbind":
                Assert.True(await process.UnbindAsync());
                break;
            case "free":
                process.Free();
                await bench.Machine.Scheduler.WaitUntil(() => bench.Subsystem.Pasids.GetStatistics().Outstanding == 0, TimeSpan.FromSeconds(10));
                break;
            case "death":
                await guest.Container.DisposeAsync();
                break;
            case "unassign":
                await guest.Devices[0].DisposeAsync();
                break;
            default:
                bench.Machine.RemoveFunction(bench.Engines[0]);
                await bench.Machine.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
                break;
        }
    }
}
