using IoAsid.Typed.Core;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Behaviour;

/// <summary>A free is permanent and never fails.</summary>
public sealed class FreeTests : IDisposable
{
    private readonly IoAsidSpace _space = new();
    private readonly IoAsidSet<SvaBinding> _set;

    public FreeTests() => _set = _space.CreateSet<SvaBinding>("sva");

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task FreeAsync_completes_after_the_return_of_the_number(bool watched, bool custom)
    {
        if (watched)
            _set.Observe(_ => { });

        if (custom)
            _space.RegisterAllocator(new ScriptedAllocator());

        IoAsidHandle<SvaBinding> handle = _set.Allocate(new NativeSvaBinding("a"), 5, 5);
        Assert.True(_set.TryHold(handle.Id, out IoAsidReference<SvaBinding>? reference));

        Task freed = handle.FreeAsync(TestContext.Current.CancellationToken);
        Task again = handle.FreeAsync(TestContext.Current.CancellationToken);
        Assert.False(freed.IsCompleted);
        Assert.Equal(IoAsidLookupStatus.FreePending, _set.Find(handle.Id).Status);
        reference.Dispose();
        await Task.WhenAll(freed, again).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(1u, _set.Allocate(null, 5, 5).Generation);
    }

    [Fact]
    public async Task Cancelling_stops_the_wait_and_not_the_free()
    {
        IoAsidHandle<SvaBinding> handle = _set.Allocate(new NativeSvaBinding("a"));
        IoAsidBinding binding = handle.Bind();
        using CancellationTokenSource cancellation = new();

        Task freed = handle.FreeAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => freed);

        Assert.Equal(IoAsidLookupStatus.FreePending, _set.Find(handle.Id).Status);
        binding.Drain();
        Assert.Equal(IoAsidLookupStatus.NotFound, _set.Find(handle.Id).Status);
    }

    [Fact]
    public void FreeAsync_with_a_cancelled_token_still_frees()
    {
        IoAsidHandle<SvaBinding> handle = _set.Allocate(new NativeSvaBinding("a"));

        Task freed = handle.FreeAsync(new CancellationToken(canceled: true));

        Assert.True(freed.IsCompletedSuccessfully);
        Assert.Equal(0, _space.Pool.Outstanding);
    }

    [Fact]
    public async Task A_wait_for_a_free_that_is_about_to_end_completes()
    {
        IoAsidHandle<SvaBinding> handle = _set.Allocate(new NativeSvaBinding("a"), 5, 5);
        Write(LifeWord.Pending);

        Task waiting = Task.Run(() => handle.FreeAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Write(LifeWord.Free(1).Bits);

        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        // Stores the life word as the other thread does before and after its last steps.
        void Write(ulong bits) => Volatile.Write(ref _space.Lives.Find(5)!.Word(5), bits);
    }

    [Fact]
    public void The_last_release_of_any_kind_reclaims()
    {
        IoAsidHandle<SvaBinding> handle = _set.Allocate(new NativeSvaBinding("a"));
        IoAsidHold<SvaBinding> hold = _set.Hold(handle.Id);
        Assert.Equal(IoAsidFreeResult.Pending, handle.Free());
        Assert.Equal(IoAsidFreeResult.AlreadyFreed, handle.Free());
        Assert.Equal((0, 1), (_set.GetStatistics().Live, _set.GetStatistics().Pending));

        hold.Dispose();

        Assert.Multiple(
            () => Assert.Equal(0, _set.GetStatistics().Live),
            () => Assert.Equal(0, _set.GetStatistics().Pending),
            () => Assert.Equal(1ul, _set.GetStatistics().Reclaimed));
        Assert.Equal(IoAsidFreeResult.AlreadyFreed, handle.Free());
    }

    public void Dispose() => _space.Dispose();
}
