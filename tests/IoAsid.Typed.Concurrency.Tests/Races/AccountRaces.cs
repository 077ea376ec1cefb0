namespace IoAsid.Typed.Concurrency.Tests.Races;

public sealed class AccountRaces : IDisposable
{
    private const int Quota = 3;

    private readonly Hammer _hammer = new();
    private readonly IoAsidSpace _space = New(IoAsidReusePolicy.Lowest, capacity: 9);
    private readonly IoAsidSet<Life> _root;

    public AccountRaces() => _root = _space.CreateSet<Life>("root");

    public void Dispose() => _space.Dispose();

    [Theory]
    [InlineData(IoAsidReusePolicy.Lowest, false)]
    [InlineData(IoAsidReusePolicy.Lowest, true)]
    [InlineData(IoAsidReusePolicy.Relaxed, false)]
    public void A_quota_is_never_exceeded_and_exact_at_the_end(IoAsidReusePolicy policy, bool watched)
    {
        using IoAsidSpace space = New(policy, capacity: 9);
        using IoAsidObserverRegistration? watch = watched ? space.Observe(_ => { }) : null;
        IoAsidSet<Life> root = space.CreateSet<Life>("root");
        IoAsidSet<Life> set = root.CreateSubset<Life>("narrow", quota: Quota);
        IoAsidSet<Life> below = set.CreateSubset<Life>("below");
        int live = 0;
        void Churn(Random random)
        {
            IoAsidSet<Life> from = random.Next(2) == 0 ? set : below;
            if (from.TryAllocate(new Life(from, 0), out IoAsidHandle<Life> handle, out IoAsidAllocationFailure failure))
            {
                _hammer.Expect(Interlocked.Increment(ref live) <= Quota, "More ids are live than the quota allows.");
                Interlocked.Decrement(ref live);
                handle.Free();
            }

            _hammer.Expect(failure is IoAsidAllocationFailure.None or IoAsidAllocationFailure.QuotaExhausted, "An allocation failed for another reason than the quota.");
        }

        _hammer.Run(Churn, Churn, Churn);
        Assert.Equal(Quota, set.GetStatistics().Available);
        set.Close();
        Assert.Equal(8, root.GetStatistics().Available);
        Assert.Equal(0, space.Pool.Outstanding);
    }

    [Fact]
    public void Relaxed_order_fails_only_if_all_numbers_are_allocated()
    {
        const int Numbers = 200;
        const int Most = Numbers / 4;
        using IoAsidSpace space = New(IoAsidReusePolicy.Relaxed, Numbers + 1);
        IoAsidSet<Life>[] sets = [.. Enumerable.Range(0, 3).Select(set => space.CreateSet<Life>($"{set}"))];
        int[] owners = new int[Numbers + 1];
        void Churn(Random random, int own)
        {
            List<IoAsidHandle<Life>> live = [];
            for (int count = random.Next(Most) + Most / 3; live.Count < count;)
            {
                live.Add(sets[own].Allocate(new Life(sets[own], 0)));
                _hammer.Expect(Interlocked.Exchange(ref owners[live[^1].Id.Value], own + 1) == 0, "A number was allocated twice.");
            }

            foreach (IoAsidHandle<Life> handle in live)
            {
                Volatile.Write(ref owners[handle.Id.Value], 0);
                handle.Free();
            }
        }

        void Count(Random random)
        {
            IoAsidSpaceStatistics counts = space.GetStatistics();
            _hammer.Expect(counts.Outstanding + counts.Available == Numbers, "Numbers were lost or counted twice.");
            foreach (IoAsidSet<Life> set in sets)
                _hammer.Expect(set.GetStatistics().Live is >= 0 and <= 2 * Most, "A count is wrong.");
        }

        _hammer.Run(random => Churn(random, 0), random => Churn(random, 1), random => Churn(random, 2), Count);
        Assert.Equal(Numbers, space.GetStatistics().Available);
    }

    [Fact]
    public void Every_wait_for_a_free_ends()
    {
        async Task Race(Random random)
        {
            if (!_root.TryAllocate(new Life(_root, 0), out IoAsidHandle<Life> handle, out _))
                return;

            _root.TryHold(handle.Id, out IoAsidReference<Life>? reference);
            Task[] waits =
            [
                Task.Run(() => handle.FreeAsync()),
                Task.Run(() => random.Next(2) == 0 ? handle.FreeAsync() : Task.FromResult(handle.Free())),
                Task.Run(() => reference?.Dispose()),
            ];
            await Task.WhenAll(waits).WaitAsync(TimeSpan.FromSeconds(30));
            _hammer.Expect(handle.Free() == IoAsidFreeResult.AlreadyFreed, "A second free did not return AlreadyFreed.");
        }

        void RaceAndWait(Random random) => Race(random).GetAwaiter().GetResult();

        _hammer.Run(RaceAndWait, RaceAndWait);
        Assert.Equal(0, _space.Pool.Outstanding);
    }

    [Theory]
    [InlineData(IoAsidReusePolicy.Lowest)]
    [InlineData(IoAsidReusePolicy.Relaxed)]
    public void A_dispose_leaves_nothing_allocated(IoAsidReusePolicy policy)
    {
        _hammer.Run(random =>
        {
            using IoAsidSpace space = New(policy, capacity: 4);
            IoAsidSet<Life> set = space.CreateSet<Life>("root").CreateSubset<Life>("subset", quota: 2);
            Parallel.Invoke(
                () => set.TryAllocate(new Life(set, 0), out _, out _),
                () => set.TryAllocate(null, out _, out _),
                space.Dispose);
            _hammer.Expect(space.Pool.Outstanding == 0, "An id outlived its space.");
            _hammer.Expect(set.Find(new RawIoAsid(1)).Status == IoAsidLookupStatus.NotFound, "An id was found in a disposed space.");
        });
    }

    [Fact]
    public void Observers_get_each_event_once_and_in_order_over_the_lives_of_a_number()
    {
        EventOrder order = new(_hammer);
        using IoAsidObserverRegistration watch = _space.Observe(order.Check);
        void Live(Random random)
        {
            if (!_root.TryAllocate(new Life(_root, 0), out IoAsidHandle<Life> handle, out _))
                return;

            IoAsidBinding binding = handle.Bind();
            Parallel.Invoke(
                () => Drain.Complete(binding),
                () => BindAgain(handle),
                () => handle.Free());
        }

        _hammer.Run(Live, Live);
        Assert.Equal(0, _space.Pool.Outstanding);
        order.AssertAllReclaimed();
    }

    private static IoAsidSpace New(IoAsidReusePolicy policy, long capacity) =>
        new(new IoAsidSpaceOptions { Capacity = capacity, ReusePolicy = policy, RoomPerStockedNumber = 1 });

    private static void BindAgain(IoAsidHandle<Life> handle)
    {
        try
        {
            Drain.Complete(handle.Bind());
        }
        catch (StaleIoAsidException)
        {
            Assert.True(handle.IsStale);
        }
    }
}
