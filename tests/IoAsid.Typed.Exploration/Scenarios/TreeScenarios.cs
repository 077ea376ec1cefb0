using IoAsid.Typed.Exploration.Scheduling;
using static IoAsid.Typed.Exploration.Scenarios.TestSpace;

namespace IoAsid.Typed.Exploration.Scenarios;

public sealed class TreeScenarios
{
    // Freeing all ids reads the word of every number of a page, and each read is a step.
    private const uint ManySteps = 10;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_quota_of_one_gives_one(bool watched) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new(numbers: 2);
        using IoAsidObserverRegistration? watch = watched ? test.Space.Observe(_ => { }) : null;
        IoAsidSet<Payload> set = test.Root.CreateSubset<Payload>("narrow", quota: 1);
        int given = 0;
        void Allocate() => Interlocked.Add(ref given, set.TryAllocate(new Payload("one"), out _, out _) ? 1 : 0);
        await Concurrently.Run(Allocate, Allocate);
        Assert.Equal(1, given);
        set.TryGetHandle(new RawIoAsid(1), out IoAsidHandle<Payload> handle);
        handle.Free();
        Assert.Equal(1, set.GetStatistics().Available);
        set.Close();
        test.AssertAllReclaimed();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_close_leaves_no_allocation_half_made_and_no_quota_behind(bool warm) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new(numbers: 2);
        IoAsidSet<Payload> set = test.Root.CreateSubset<Payload>("closing", quota: 2);
        if (warm)
            set.Allocate().Free();

        await Concurrently.Run(
            set.Close,
            () =>
            {
                if (set.TryAllocate(new Payload("late"), out IoAsidHandle<Payload> handle, out IoAsidAllocationFailure failure))
                    handle.Free();
                else
                    Assert.Equal(IoAsidAllocationFailure.SetClosed, failure);
            });
        Assert.Equal(IoAsidSet.NoIndex, set.Index);
        test.AssertAllReclaimed();
    });

    [Fact]
    public void A_close_and_a_free_of_all_that_overtake_an_allocation_leave_no_id() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidSet<Payload> set = test.Root.CreateSubset<Payload>("closing");
        await Concurrently.Run(
            () => set.TryAllocate(new Payload("late"), out _, out _),
            () =>
            {
                set.Close();
                set.FreeAll();
            });
        Assert.Equal(0, set.Unreclaimed);
        test.AssertAllReclaimed();
    });

    [Fact]
    public void Nothing_is_found_in_a_space_once_it_is_disposed() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidSet<Payload> set = test.Root.CreateSubset<Payload>("disposed", quota: 1);
        await Concurrently.Run(
            test.Space.Dispose,
            () => set.TryAllocate(new Payload("late"), out _, out _));
        Assert.Equal(IoAsidLookupStatus.NotFound, test.Root.Find(Only).Status);
        Assert.Equal(0, test.Space.Pool.Outstanding);
    }, ManySteps);

    [Fact]
    public void Freeing_all_of_a_parent_gives_each_id_back_to_its_own_set() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new(numbers: 2);
        IoAsidSet<Payload> set = test.Root.CreateSubset<Payload>("narrow", quota: 1);
        await Concurrently.Run(
            test.Root.FreeAll,
            () => set.TryAllocate(new Payload("one"), out _, out _));
        test.Root.FreeAll();
        Assert.Equal(0, set.Unreclaimed);
        Assert.Equal(1, set.GetStatistics().Available);
        Assert.Equal(0, test.Root.Unreclaimed);
    }, ManySteps);

    [Fact]
    public void Two_threads_that_create_the_first_page_find_both_ids() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new(numbers: 2);
        void Allocate()
        {
            IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("first"));
            Assert.Equal(handle.Data, test.Root.Find(handle.Id).Data);
        }

        await Concurrently.Run(Allocate, Allocate);
        Assert.Equal(2, test.Root.Ids.Count());
    }, ManySteps);
}
