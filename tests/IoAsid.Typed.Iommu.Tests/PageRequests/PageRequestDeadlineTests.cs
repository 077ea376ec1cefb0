using System.Globalization;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>The deadlines of groups. Each group has a deadline of its own, independent of earlier groups.</summary>
public sealed class PageRequestDeadlineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    // The times at which groups arrive, and the indices of those that are answered, in milliseconds.
    [Theory]
    [InlineData("0 30 60", "")]
    [InlineData("0 30 60", "0")]
    [InlineData("0 30 60", "1")]
    [InlineData("0 30 60", "0 1 2")]
    [InlineData("0 0 0 150 400", "1")]
    [InlineData("0 99 100 101 300", "3")]
    public void An_unanswered_group_is_refused_exactly_at_its_deadline(string comings, string answers) => IommuFixture.RunByHand(async fixture =>
    {
        (int[] arrivals, int[] answered) = (Numbers(comings), Numbers(answers));
        SeededScheduler scheduler = fixture.Machine.Scheduler;
        PageRequestDeadlines deadlines = new(scheduler.Clock, Patience);
        long start = scheduler.Clock.GetTimestamp();
        List<PageRequestGroup> groups = [];
        List<Task<int>> ends = [];
        foreach (int arrival in arrivals)
        {
            await DelayUntilAsync(scheduler, start, arrival);
            PageRequestGroup group = new(fixture.Subsystem.PageRequests, fixture.Devices[0], new Pasid(1), groups.Count);
            groups.Add(group);
            ends.Add(EndOfAsync(scheduler, start, group));
            deadlines.Add(group);
            if (answered.Contains(groups.Count - 1))
                group.Respond(PageResponse.Success);
        }

        int[] expected = [.. arrivals.Select((arrival, group) => answered.Contains(group) ? arrival : arrival + (int)Patience.TotalMilliseconds)];
        Assert.Equal(expected, await Task.WhenAll(ends));
        Assert.Equal(arrivals.Length - answered.Length, deadlines.Expired);
        deadlines.Add(new PageRequestGroup(fixture.Subsystem.PageRequests, fixture.Devices[0], null, 0));
        Assert.Equal(1, deadlines.Count);
        deadlines.Stop();
        await scheduler.Delay(2 * Patience);
        Assert.Equal(1, deadlines.Count);
        await fixture.Subsystem.Units[0].Invalidations.RunAsync(new InvalidationBatch());
    });

    [Fact]
    public void An_answered_group_is_not_kept_until_its_deadline() => IommuFixture.RunByHand(fixture =>
    {
        PageRequestDeadlines deadlines = new(fixture.Machine.Scheduler.Clock, Patience);
        for (int index = 0; index < 100; index++)
        {
            PageRequestGroup group = new(fixture.Subsystem.PageRequests, fixture.Devices[0], new Pasid(1), index);
            deadlines.Add(group);
            group.Respond(PageResponse.Success);
        }

        Assert.Equal(1, deadlines.Count);
        deadlines.Stop();
        return Task.CompletedTask;
    });

    private static int[] Numbers(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture))];

    private static Task DelayUntilAsync(SeededScheduler scheduler, long start, int milliseconds)
    {
        TimeSpan left = TimeSpan.FromMilliseconds(milliseconds) - scheduler.Clock.GetElapsedTime(start);
        return left > TimeSpan.Zero ? scheduler.Delay(left).AsTask() : Task.CompletedTask;
    }

    private static async Task<int> EndOfAsync(SeededScheduler scheduler, long start, PageRequestGroup group)
    {
        await group.WaitForResponseAsync();
        return (int)scheduler.Clock.GetElapsedTime(start).TotalMilliseconds;
    }
}
