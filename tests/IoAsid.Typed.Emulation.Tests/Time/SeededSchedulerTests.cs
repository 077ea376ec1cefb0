using CsCheck;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>The guarantees of the scheduler to the code that runs on it.</summary>
public sealed class SeededSchedulerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static SeededScheduler Fifo() => new();

    private static SeededScheduler Seeded(ulong seed) => new(new SchedulerOptions { Seed = seed });

    [Fact]
    public void Fifo_order_runs_steps_of_both_parties_in_the_order_of_posting()
    {
        SeededScheduler scheduler = Fifo();
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
    public void Seed_determines_the_steps()
    {
        Assert.Equal(TraceOf(7), TraceOf(7));
        Assert.NotEqual(TraceOf(7), TraceOf(8));
    }

    [Fact]
    public void Random_numbers_of_a_seed_are_the_same_on_every_machine()
    {
        SeededRandom random = new(1);

        // xoshiro256** with its state from SplitMix64(1).
        Assert.Equal([0xB3F2AF6D0FC710C5, 0x853B559647364CEA, 0x92F89756082A4514], [random.NextUInt64(), random.NextUInt64(), random.NextUInt64()]);
    }

    [Fact]
    public void Awaiting_code_continues_in_a_step_of_its_party()
    {
        SeededScheduler scheduler = Fifo();
        StepLog log = new();
        scheduler.Observe(log);
        TaskCompletionSource completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        scheduler.Run(async () =>
        {
            scheduler.Hardware.Post(completed.SetResult);
            await completed.Task;
            Assert.Equal(Party.Processor, log.Steps[^1].Party);
            Assert.Equal("continuation", log.Steps[^1].Name);
        });
    }

    [Fact]
    public void Awaiting_code_of_hardware_continues_as_hardware()
    {
        SeededScheduler scheduler = Fifo();
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
        SeededScheduler scheduler = Fifo();
        long start = scheduler.Clock.GetTimestamp();

        scheduler.Run(async () => await scheduler.Delay(TimeSpan.FromHours(5)));

        TimeSpan passed = scheduler.Clock.GetElapsedTime(start);
        Assert.InRange(passed, TimeSpan.FromHours(5), TimeSpan.FromHours(5) + TimeSpan.FromMilliseconds(1));
        Assert.True(scheduler.Steps < 10);
    }

    [Fact]
    public void Timers_fire_in_order_unless_they_are_changed_or_disposed()
    {
        SeededScheduler scheduler = Fifo();
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
            SeededScheduler scheduler = Fifo();
            List<int> fired = [];
            ITimer[] timers = [.. delays.Select(delay => scheduler.Clock.CreateTimer(
                _ => fired.Add(delay), null, TimeSpan.FromMilliseconds(delay), Timeout.InfiniteTimeSpan))];
            for (int disposed = 0; disposed < timers.Length; disposed += 3)
                timers[disposed].Dispose();

            scheduler.Run();

            return fired.SequenceEqual(delays.Where((_, index) => index % 3 != 0).Order());
        });
    }

    [Fact]
    public void A_periodic_timer_fires_in_each_period_until_disposed()
    {
        SeededScheduler scheduler = Fifo();
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
    public void Polling_returns_false_after_the_timeout()
    {
        SeededScheduler scheduler = Fifo();

        Assert.False(scheduler.Run(async () => await scheduler.WaitUntil(() => false, Second)));
        Assert.True(scheduler.Clock.GetElapsedTime(0) >= Second);
    }

    [Fact]
    public void RunFor_stops_at_the_end_of_the_span()
    {
        SeededScheduler scheduler = Fifo();
        Task later = Task.CompletedTask;
        scheduler.Post(() => later = scheduler.Delay(TimeSpan.FromSeconds(3)).AsTask());

        scheduler.RunFor(TimeSpan.FromSeconds(2));
        Assert.False(later.IsCompleted);
        Assert.Equal(TimeSpan.FromSeconds(2), scheduler.Clock.GetElapsedTime(0));

        scheduler.RunFor(TimeSpan.FromSeconds(2));
        Assert.True(later.IsCompleted);
    }

    [Fact]
    public void Deadlock_exception_names_the_waits()
    {
        SeededScheduler scheduler = Fifo();
        using IDisposable explanation = scheduler.ExplainWaits(waits => waits.Add("00:02.0 waits for the response to group 5"));

        DeadlockException deadlock = Assert.Throws<DeadlockException>(() => scheduler.Run(() => new TaskCompletionSource().Task));

        Assert.Equal(["00:02.0 waits for the response to group 5"], deadlock.Waits);
        Assert.Contains("group 5", deadlock.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Endless_run_throws_at_the_step_limit()
    {
        SeededScheduler scheduler = new(new SchedulerOptions { StepLimit = 1000 });
        scheduler.Hardware.Post(Again);

        StepLimitException endless = Assert.Throws<StepLimitException>(scheduler.Run);

        Assert.Equal(1000, endless.Limit);
        Assert.Equal(1000, scheduler.Steps);

        void Again() => scheduler.Hardware.Post(Again);
    }

    [Fact]
    public void Largest_step_limit_does_not_overflow_in_a_second_run()
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
    public void Exceptions_of_steps_and_tasks_end_the_run()
    {
        SeededScheduler scheduler = Fifo();
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
            SeededScheduler scheduler = Fifo();
            scheduler.Post(scheduler.Run);
            scheduler.Run();
        });

    [Fact]
    public void Tasks_of_the_scheduler_can_be_awaited_only_once()
    {
        SeededScheduler scheduler = Fifo();

        Assert.Throws<InvalidOperationException>(() => scheduler.Run(async () =>
        {
            ValueTask yielded = scheduler.Yield();
            await yielded;
#pragma warning disable CA2012 // The test makes this mistake on purpose.
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
