using IoAsid.Typed.Exploration.Scheduling;

namespace IoAsid.Typed.Exploration.Scenarios;

/// <summary>In a space with relaxed order, a set has numbers in stock while other threads need them, count them or close the set.</summary>
public sealed class StockScenarios
{
    // The frees of all ids of a set read each word of a page, and each read is a step.
    private const uint ManySteps = 10;

    private const uint ThreeThreads = 3;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_set_gets_the_number_that_another_one_has_in_stock(bool watched) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New(numbers: 3);
        IoAsidSet<Payload> other = test.Space.CreateSet<Payload>("other");
        IoAsidHandle<Payload> kept = test.Root.Allocate();
        using IoAsidObserverRegistration? watch = watched ? test.Space.Observe(_ => { }) : null;
        await Concurrently.Run(
            () => AllocateAndFree(test.Root),
            () => AllocateAndFree(other));
        kept.Free();
        test.AssertAllReclaimed();
    });

    [Fact]
    public void A_number_that_is_said_to_be_reclaimed_can_be_allocated_in_another_set() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New(numbers: 2);
        IoAsidSet<Payload> other = test.Space.CreateSet<Payload>("other");
        IoAsidHandle<Payload> first = test.Root.Allocate(new Payload("first"));
        IoAsidHandle<Payload> second = test.Root.Allocate(new Payload("second"));
        await Concurrently.Run(
            () => first.Free(),
            () =>
            {
                // A wait that is complete means that the number is back.
                if (first.IsStale && first.FreeAsync().IsCompletedSuccessfully)
                    AllocateAndFree(other);
            });
        second.Free();
        test.AssertAllReclaimed();
    });

    [Fact]
    public void Counts_are_of_one_moment() => Scheduling.Exploration.Of(async () =>
    {
        const int Numbers = 4;
        TestSpace test = New(Numbers);
        IoAsidSet<Payload> other = test.Space.CreateSet<Payload>("other");
        IoAsidHandle<Payload> kept = test.Root.Allocate();
        await Concurrently.Run(
            () => AllocateAndFree(test.Root),
            () => AllocateAndFree(other),
            () =>
            {
                IoAsidSpaceStatistics counts = test.Space.GetStatistics();
                Assert.Equal(Numbers, counts.Outstanding + counts.Available);
                Assert.InRange(counts.Outstanding, 1, 3);
                IoAsidSetStatistics ofSet = test.Root.GetStatistics();
                Assert.InRange(ofSet.Live, 1, 2);
                Assert.Equal(ofSet.Allocated, ofSet.Reclaimed + (ulong)(ofSet.Live + ofSet.Pending));
            });
        kept.Free();
        test.AssertAllReclaimed();
    }, ThreeThreads);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_close_and_a_free_of_all_leave_no_id(bool ofParent) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New(numbers: 3);
        IoAsidSet<Payload> parent = test.Root.CreateSubset<Payload>("parent", quota: 3);
        IoAsidSet<Payload> set = parent.CreateSubset<Payload>("closing");
        IoAsidHandle<Payload> first = set.Allocate();
        await Concurrently.Run(
            () => set.TryAllocate(new Payload("late"), out _, out _),
            () => first.Free(),
            () =>
            {
                IoAsidSet<Payload> closed = ofParent ? parent : set;
                closed.Close();
                closed.FreeAll();
            });
        Assert.Equal(0, set.Unreclaimed);
        parent.Close();
        test.AssertAllReclaimed();
    }, ManySteps);

    [Fact]
    public void Siblings_whose_stocks_exchange_numbers_read_only_their_own_data() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New(numbers: 2);
        IoAsidSet<Payload> mine = test.Root.CreateSubset<Payload>("mine");
        IoAsidSet<Payload> sibling = test.Root.CreateSubset<Payload>("sibling");
        TestSpace.Warm(mine, sibling);
        await Concurrently.Run(
            () => mine.Allocate(new Payload("mine")).Free(),
            () => sibling.Allocate(new Payload("sibling")).Free(),
            () =>
            {
                TestSpace.AssertOnlyOwn(mine, "mine");
                TestSpace.AssertOnlyOwn(sibling, "sibling");
            });
        test.AssertAllReclaimed();
    }, ThreeThreads);

    [Fact]
    public void Threads_of_one_set_share_its_stock() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New(numbers: 4);
        IoAsidHandle<Payload> kept = test.Root.Allocate();
        await Concurrently.Run(
            () => AllocateAndFree(test.Root),
            () => AllocateAndFree(test.Root),
            () => AllocateAndFree(test.Root));
        kept.Free();
        test.AssertAllReclaimed();
    }, ThreeThreads);

    /// <summary>Makes a space in which the first allocation of a set takes all free numbers that are left.</summary>
    private static TestSpace New(int numbers) => new(numbers, policy: IoAsidReusePolicy.Relaxed);

    private static void AllocateAndFree(IoAsidSet<Payload> set)
    {
        Payload data = new(set.Name);
        IoAsidHandle<Payload> handle = set.Allocate(data);
        Assert.Same(data, set.Find(handle.Id).Data);
        Assert.Equal(IoAsidFreeResult.Reclaimed, handle.Free());
        Assert.NotSame(data, set.Find(handle.Id).Data);
    }
}
