using IoAsid.Typed.Emulation;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>One at a time, in the order in which they came, whatever the scheduler does.</summary>
public sealed class AsyncLockTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Those_who_wait_come_in_one_after_the_other_in_order(ulong seed)
    {
        SeededScheduler scheduler = new(new SchedulerOptions { Seed = seed });
        AsyncLock door = new();
        List<int> entered = [];
        int inside = 0;

        scheduler.Run(() => Task.WhenAll(Enumerable.Range(0, 8).Select(Visit)));

        Assert.Equal(Enumerable.Range(0, 8), entered);
        Assert.False(door.IsHeld);

        async Task Visit(int who)
        {
            using AsyncLockEntry turn = await door.EnterAsync();
            Assert.Equal(1, ++inside);
            entered.Add(who);
            await scheduler.Yield();
            inside--;
        }
    }

    [Fact]
    public void Whoever_leaves_goes_on_before_the_next_comes_in()
    {
        SeededScheduler scheduler = new();
        AsyncLock door = new();
        bool isInside = false;
        scheduler.Run(async () =>
        {
            AsyncLockEntry turn = await door.EnterAsync();
            Task next = Enter();
            turn.Dispose();
            Assert.False(isInside);
            await next;
        });
        Assert.True(isInside);

        async Task Enter()
        {
            using AsyncLockEntry turn = await door.EnterAsync();
            isInside = true;
        }
    }

    [Fact]
    public void Leaving_twice_does_not_let_out_the_next()
    {
        AsyncLock door = new();
        AsyncLockEntry first = AtOnce.Get(door.EnterAsync());
        first.Dispose();
        using AsyncLockEntry second = AtOnce.Get(door.EnterAsync());

        first.Dispose();

        Assert.True(door.IsHeld);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_cancelled_wait_passes_its_turn_on(ulong seed)
    {
        SeededScheduler scheduler = new(new SchedulerOptions { Seed = seed });
        AsyncLock door = new();
        using CancellationTokenSource cancellation = new();

        scheduler.Run(async () =>
        {
            AsyncLockEntry first = await door.EnterAsync();
            ValueTask<AsyncLockEntry> cancelled = door.EnterAsync(cancellation.Token);
            ValueTask<AsyncLockEntry> last = door.EnterAsync();
            Cancel(cancellation);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);
            first.Dispose();
            (await last).Dispose();
        });

        Assert.False(door.IsHeld);
    }

    // CancelAsync uses threads.
    private static void Cancel(CancellationTokenSource source) => source.Cancel();
}
