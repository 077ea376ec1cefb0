using IoAsid.Typed.Emulation;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Callers enter one at a time and in the order of their calls, for any order of steps.</summary>
public sealed class AsyncLockTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Waiters_enter_one_after_the_other_in_their_order(ulong seed)
    {
        SeededScheduler scheduler = new(new SchedulerOptions { Seed = seed });
        AsyncLock asyncLock = new();
        List<int> entered = [];
        int inside = 0;

        scheduler.Run(() => Task.WhenAll(Enumerable.Range(0, 8).Select(Visit)));

        Assert.Equal(Enumerable.Range(0, 8), entered);
        Assert.False(asyncLock.IsHeld);

        async Task Visit(int caller)
        {
            using AsyncLockEntry turn = await asyncLock.EnterAsync();
            Assert.Equal(1, ++inside);
            entered.Add(caller);
            await scheduler.Yield();
            inside--;
        }
    }

    [Fact]
    public void A_caller_that_leaves_continues_before_the_next_one_enters()
    {
        SeededScheduler scheduler = new();
        AsyncLock asyncLock = new();
        bool isInside = false;
        scheduler.Run(async () =>
        {
            AsyncLockEntry turn = await asyncLock.EnterAsync();
            Task next = Enter();
            turn.Dispose();
            Assert.False(isInside);
            await next;
        });
        Assert.True(isInside);

        async Task Enter()
        {
            using AsyncLockEntry turn = await asyncLock.EnterAsync();
            isInside = true;
        }
    }

    [Fact]
    public void A_second_disposal_does_not_release_the_next_entry()
    {
        AsyncLock asyncLock = new();
        AsyncLockEntry first = Synchronous.Get(asyncLock.EnterAsync());
        first.Dispose();
        using AsyncLockEntry second = Synchronous.Get(asyncLock.EnterAsync());

        first.Dispose();

        Assert.True(asyncLock.IsHeld);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_lock_passes_to_the_next_caller_after_a_cancelled_wait(ulong seed)
    {
        SeededScheduler scheduler = new(new SchedulerOptions { Seed = seed });
        AsyncLock asyncLock = new();
        using CancellationTokenSource cancellation = new();

        scheduler.Run(async () =>
        {
            AsyncLockEntry first = await asyncLock.EnterAsync();
            ValueTask<AsyncLockEntry> cancelled = asyncLock.EnterAsync(cancellation.Token);
            ValueTask<AsyncLockEntry> last = asyncLock.EnterAsync();
            Cancel(cancellation);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);
            first.Dispose();
            (await last).Dispose();
        });

        Assert.False(asyncLock.IsHeld);
    }

    // CancelAsync uses threads.
    private static void Cancel(CancellationTokenSource source) => source.Cancel();
}
