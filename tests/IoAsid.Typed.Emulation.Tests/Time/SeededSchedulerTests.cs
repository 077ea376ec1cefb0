using CsCheck;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>What the scheduler promises to everything that runs on it.</summary>
public sealed class SeededSchedulerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static SeededScheduler Calm() => new();

    private static SeededScheduler Seeded(ulong seed) => new(new SchedulerOptions { Seed = seed });

    [Fact]
    public void The_calm_order_is_the_order_of_posting_whoever_posts()
    {
        SeededScheduler scheduler = Calm();
        List<int> order = [];
        for (int number = 0; number < 200; number++)
        {
            int mine = number;
            (number % 3 == 0 ? scheduler.Hardware : scheduler).Post(() => order.Add(mine));
        }

        scheduler.Run();

        Assert.Equal(Enumerable.Range(0, 200), order);
    }

    [Fact]
    public void Every_posted_step_runs_once_under_every_seed()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            SeededScheduler scheduler = Seeded(seed);
            int[] runs = new int[300];
            for (int number = 0; number < runs.Length; number++)
            {
                int mine = number;
                (number % 2 == 0 ? scheduler.Hardware : scheduler).Post(() => runs[mine]++);
            }

            scheduler.Run();

            Assert.All(runs, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_steps_and_another_seed_others()
    {
        Assert.Equal(TraceOf(7), TraceOf(7));
        Assert.NotEqual(TraceOf(7), TraceOf(8));
    }

    [Fact]
    public void The_sequence_of_a_seed_is_the_same_on_every_machine()
    {
        SeededRandom random = new(1);

        // xoshiro256** with its state from SplitMix64(1).
        Assert.Equal([0xB3F2AF6D0FC710C5, 0x853B559647364CEA, 0x92F89756082A4514], [random.NextUInt64(), random.NextUInt64(), random.NextUInt64()]);
    }

    [Fact]
    public void What_is_awaited_goes_on_as_a_step_whoever_completes_it()
    {
        SeededScheduler scheduler = Calm();
        StepLog log = new();
        scheduler.Observe(log);
        TaskCompletionSource outsider = new(TaskCreationOptions.RunContinuationsAsynchronously);

        scheduler.Run(async () =>
        {
            scheduler.Hardware.Post(outsider.SetResult);
            await outsider.Task;
            Assert.Equal(Party.Processor, log.Steps[^1].Party);
            Assert.Equal("continuation", log.Steps[^1].Name);
        });
    }

    [Fact]
    public void Code_of_hardware_goes_on_as_hardware()
    {
        SeededScheduler scheduler = Calm();
        StepLog log = new();
        scheduler.Observe(log);
        Task? work = null;
        scheduler.Hardware.Post(() => work = Work());

        scheduler.Run();

        Assert.True(work!.IsCompletedSuccessfully);
        Assert.All(log.Steps, step => Assert.Equal(Party.Hardware, step.Party));

        async Task Work()
        {
            await scheduler.Hardware.Yield();
            await Task.Delay(Second, scheduler.Clock);
            await scheduler.Hardware.Delay(Second);
        }
    }

    [Fact]
    public void Time_jumps_to_the_next_timer_when_nothing_is_runnable()
    {
        SeededScheduler scheduler = Calm();
        long start = scheduler.Clock.GetTimestamp();

        scheduler.Run(async () => await scheduler.Delay(TimeSpan.FromHours(5)));

        TimeSpan passed = scheduler.Clock.GetElapsedTime(start);
        Assert.InRange(passed, TimeSpan.FromHours(5), TimeSpan.FromHours(5) + TimeSpan.FromMilliseconds(1));
        Assert.True(scheduler.Steps < 10);
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_times_and_not_after_they_were_changed_or_disposed()
    {
        SeededScheduler scheduler = Calm();
        List<string> fired = [];
        ITimer Timer(string name, int seconds) =>
            scheduler.Clock.CreateTimer(_ => fired.Add(name), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);
        using ITimer late = Timer("late", 9), early = Timer("early", 1), disposed = Timer("disposed", 2), moved = Timer("moved", 3);
        disposed.Dispose();
        Assert.True(moved.Change(TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan));
        Assert.False(disposed.Change(Second, Second));

        scheduler.Run();

        Assert.Equal(["early", "moved", "late"], fired);
    }

    [Fact]
    public void Any_set_of_timers_fires_in_order()
    {
        Check.Sample(Gen.Int[0, 40].Array[1, 60], delays =>
        {
            SeededScheduler scheduler = Calm();
            List<int> fired = [];
            ITimer[] timers = [.. delays.Select(delay => scheduler.Clock.CreateTimer(
                _ => fired.Add(delay), null, TimeSpan.FromMilliseconds(delay), Timeout.InfiniteTimeSpan))];
            for (int dropped = 0; dropped < timers.Length; dropped += 3)
                timers[dropped].Dispose();

            scheduler.Run();

            return fired.SequenceEqual(delays.Where((_, at) => at % 3 != 0).Order());
        });
    }

    [Fact]
    public void A_periodic_timer_fires_in_each_period_until_disposed()
    {
        SeededScheduler scheduler = Calm();
        int fired = 0;
        using ITimer timer = scheduler.Clock.CreateTimer(_ => fired++, null, Second, Second);

        scheduler.RunFor(TimeSpan.FromSeconds(10.5));
        timer.Dispose();
        scheduler.Run();

        Assert.Equal(10, fired);
    }

    [Fact]
    public void Polling_ends_when_the_condition_holds_and_not_later()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            SeededScheduler scheduler = Seeded(seed);
            bool flag = false;
            scheduler.Hardware.Post(() => flag = true);

            Assert.True(scheduler.Run(async () => await scheduler.WaitUntil(() => flag, Second)));
            Assert.True(scheduler.Clock.GetElapsedTime(0) < Second);
        }
    }

    [Fact]
    public void Polling_gives_up_when_the_time_is_over()
    {
        SeededScheduler scheduler = Calm();

        Assert.False(scheduler.Run(async () => await scheduler.WaitUntil(() => false, Second)));
        Assert.True(scheduler.Clock.GetElapsedTime(0) >= Second);
    }

    [Fact]
    public void Running_for_a_span_stops_there_and_leaves_the_rest()
    {
        SeededScheduler scheduler = Calm();
        Task later = Task.CompletedTask;
        scheduler.Post(() => later = scheduler.Delay(TimeSpan.FromSeconds(3)).AsTask());

        scheduler.RunFor(TimeSpan.FromSeconds(2));
        Assert.False(later.IsCompleted);
        Assert.Equal(TimeSpan.FromSeconds(2), scheduler.Clock.GetElapsedTime(0));

        scheduler.RunFor(TimeSpan.FromSeconds(2));
        Assert.True(later.IsCompleted);
    }

    [Fact]
    public void A_deadlock_names_what_is_waited_for()
    {
        SeededScheduler scheduler = Calm();
        using IDisposable explained = scheduler.ExplainWaits(waits => waits.Add("00:02.0 waits for an answer to group 5"));

        DeadlockException deadlock = Assert.Throws<DeadlockException>(() => scheduler.Run(() => new TaskCompletionSource().Task));

        Assert.Equal(["00:02.0 waits for an answer to group 5"], deadlock.Waits);
        Assert.Contains("group 5", deadlock.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_end_says_so()
    {
        SeededScheduler scheduler = new(new SchedulerOptions { StepLimit = 1000 });
        scheduler.Hardware.Post(Again);

        StepLimitException endless = Assert.Throws<StepLimitException>(scheduler.Run);

        Assert.Equal(1000, endless.Limit);
        Assert.Equal(1000, scheduler.Steps);

        void Again() => scheduler.Hardware.Post(Again);
    }

    [Fact]
    public void The_largest_step_limit_is_none_also_after_the_first_run()
    {
        SeededScheduler scheduler = new(new SchedulerOptions { StepLimit = long.MaxValue });
        int runs = 0;

        for (int run = 0; run < 2; run++)
        {
            scheduler.Post(() => runs++);
            scheduler.Run();
        }

        Assert.Equal(2, runs);
    }

    [Fact]
    public void The_exception_of_a_step_ends_the_run_and_that_of_a_task_is_the_tasks()
    {
        SeededScheduler scheduler = Calm();
        scheduler.Post(() => throw new TimeoutException());

        Assert.Throws<TimeoutException>(scheduler.Run);
        Assert.Throws<FormatException>(() => scheduler.Run(async () =>
        {
            await scheduler.Yield();
            throw new FormatException();
        }));
    }

    [Fact]
    public void A_step_cannot_run_the_machine() =>
        Assert.Throws<InvalidOperationException>(() =>
        {
            SeededScheduler scheduler = Calm();
            scheduler.Post(scheduler.Run);
            scheduler.Run();
        });

    [Fact]
    public void What_the_scheduler_returns_is_awaited_once()
    {
        SeededScheduler scheduler = Calm();

        Assert.Throws<InvalidOperationException>(() => scheduler.Run(async () =>
        {
            ValueTask yielded = scheduler.Yield();
            await yielded;
#pragma warning disable CA2012 // It is the mistake this test makes.
            await yielded;
#pragma warning restore CA2012
        }));
    }

    [Fact]
    public void Steps_allocate_nothing_once_the_scheduler_is_warm()
    {
        SeededScheduler scheduler = Seeded(3);
        long rounds = 0;
        Func<bool> always = () => true;
        Task loop = Task.CompletedTask;
        scheduler.Post(() => loop = Loop());
        scheduler.RunFor(TimeSpan.FromMilliseconds(10));

        long roundsBefore = rounds;
        Assert.Equal(0, SteadyState.AllocatedBy(() => scheduler.RunFor(TimeSpan.FromMilliseconds(10))));

        Assert.True(rounds - roundsBefore > 1000);
        Assert.False(loop.IsCompleted);

        async Task Loop()
        {
            while (true)
            {
                rounds++;
                await scheduler.Yield();
                await scheduler.Delay(TimeSpan.FromMicroseconds(1));
                await scheduler.WaitUntil(always, Second);
            }
        }
    }

    private static List<StepRecord> TraceOf(ulong seed)
    {
        SeededScheduler scheduler = Seeded(seed);
        StepLog log = new();
        scheduler.Observe(log);
        scheduler.Run(async () => await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Party(scheduler)).Concat(
            Enumerable.Range(0, 5).Select(_ => Party(scheduler.Hardware)))));
        return log.Steps;

        static async Task Party(Hardware.IScheduler scheduler)
        {
            for (int turn = 0; turn < 10; turn++)
            {
                await scheduler.Yield();
                await scheduler.Delay(TimeSpan.FromMicroseconds(turn));
            }
        }
    }
}
