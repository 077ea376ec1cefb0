using System.Globalization;
using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>When the clock answers: each group at its own time, whatever became of those before it.</summary>
public sealed class PageRequestDeadlineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    // When groups come, and which of them are answered by somebody, in milliseconds.
    [Theory]
    [InlineData("0 30 60", "")]
    [InlineData("0 30 60", "0")]
    [InlineData("0 30 60", "1")]
    [InlineData("0 30 60", "0 1 2")]
    [InlineData("0 0 0 150 400", "1")]
    [InlineData("0 99 100 101 300", "3")]
    public void Each_group_that_nobody_answers_is_refused_when_its_time_is_over_and_not_before(string comings, string answers) => IommuBench.RunByHand(async bench =>
    {
        (int[] arrivals, int[] answered) = (Numbers(comings), Numbers(answers));
        SeededScheduler scheduler = bench.Machine.Scheduler;
        PageRequestDeadlines deadlines = new(scheduler.Clock, Patience);
        long start = scheduler.Clock.GetTimestamp();
        List<PageRequestGroup> groups = [];
        List<Task<int>> ends = [];
        foreach (int arrival in arrivals)
        {
            await DelayUntilAsync(scheduler, start, arrival);
            PageRequestGroup group = new(bench.Subsystem.PageRequests, bench.Devices[0], new Pasid(1), groups.Count);
            groups.Add(group);
            ends.Add(EndOfAsync(scheduler, start, group));
            deadlines.Add(group);
            if (answered.Contains(groups.Count - 1))
                group.Respond(PageResponse.Success);
        }

        int[] expected = [.. arrivals.Select((arrival, group) => answered.Contains(group) ? arrival : arrival + (int)Patience.TotalMilliseconds)];
        Assert.Equal(expected, await Task.WhenAll(ends));
        Assert.Equal(arrivals.Length - answered.Length, deadlines.Expired);
        deadlines.Add(new PageRequestGroup(bench.Subsystem.PageRequests, bench.Devices[0], null, 0));
        Assert.Equal(1, deadlines.Count);
        deadlines.Stop();
        await scheduler.Delay(2 * Patience);
        Assert.Equal(1, deadlines.Count);
        await bench.Subsystem.Units[0].Invalidations.RunAsync(new InvalidationBatch());
    });

    [Fact]
    public void What_is_answered_is_not_kept_until_its_time_is_over() => IommuBench.RunByHand(bench =>
    {
        PageRequestDeadlines deadlines = new(bench.Machine.Scheduler.Clock, Patience);
        for (int index = 0; index < 100; index++)
        {
            PageRequestGroup group = new(bench.Subsystem.PageRequests, bench.Devices[0], new Pasid(1), index);
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
