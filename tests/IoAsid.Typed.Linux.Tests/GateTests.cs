namespace IoAsid.Typed.Linux.Tests;

/// <summary>The lock of the fast paths, which one thread enters at a time.</summary>
public sealed class GateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public async Task A_gate_has_one_thread_at_a_time(int threads)
    {
        const int rounds = 20_000;
        Gate gate = new();
        int inside = 0;
        int mostInside = 0;
        long sum = 0;

        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (int round = 0; round < rounds; round++)
                {
                    using Gate.Scope scope = gate.Enter();
                    mostInside = Math.Max(mostInside, ++inside);
                    sum++;
                    inside--;
                }
            },
            Cancellation,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Equal((1, (long)threads * rounds), (mostInside, sum));
    }

    [Fact]
    public async Task A_thread_waits_until_the_gate_is_left()
    {
        Gate gate = new();
        int waited = 0;
        Task[] waiting;
        using (gate.Enter())
        {
            waiting = [.. Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    using Gate.Scope scope = gate.Enter();
                    waited++;
                },
                Cancellation,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default))];
            Assert.DoesNotContain(waiting, task => task.IsCompleted);
        }

        await Task.WhenAll(waiting);
        Assert.Equal(3, waited);
    }
}
