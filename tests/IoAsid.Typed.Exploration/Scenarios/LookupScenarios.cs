using IoAsid.Typed.Core;
using IoAsid.Typed.Exploration.Scheduling;
using static IoAsid.Typed.Exploration.Scenarios.TestSpace;

namespace IoAsid.Typed.Exploration.Scenarios;

public sealed class LookupScenarios
{
    private static readonly IoAsidLookupStatus[] Gone = [IoAsidLookupStatus.NotFound, IoAsidLookupStatus.FreePending];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_id_allocated_with_data_is_never_seen_without(bool warm) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidSet<Payload> set = warm ? test.Warm().Root : test.Root;
        Payload data = new("only");
        await Concurrently.Run(
            () => set.Allocate(data).Free(),
            () => AssertNeverBack(set, data),
            () => AssertNeverBack(set, data));
        test.AssertAllReclaimed();
    });

    [Fact]
    public void No_data_is_found_after_any_of_two_frees_has_returned() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("freed"));
        void Free()
        {
            handle.Free();
            Assert.Contains(test.Root.Find(Only).Status, Gone);
            Assert.False(test.Root.TryFind(Only, out _));
        }

        await Concurrently.Run(Free, Free);
    });

    [Fact]
    public void A_handle_that_says_it_is_stale_has_no_data_behind_it() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("freed"));
        await Concurrently.Run(
            () => handle.Free(),
            () =>
            {
                try
                {
                    handle.SetData(new Payload("late"));
                }
                catch (StaleIoAsidException)
                {
                    Assert.False(test.Root.TryFind(Only, out _));
                }
            },
            () => Assert.False(handle.IsStale && test.Root.TryFind(Only, out _)));
        Assert.Contains(test.Root.Find(Only).Status, Gone);
        test.AssertAllReclaimed();
    });

    [Fact]
    public void Data_that_is_set_is_not_lost_to_an_allocation_without_data() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        using IoAsidObserverRegistration watch = test.Space.Observe(_ => { });
        Payload data = new("given by whom took the handle");
        bool given = false;
        await Concurrently.Run(
            () => test.Root.Allocate(),
            () =>
            {
                if (test.Root.TryGetHandle(Only, out IoAsidHandle<Payload> handle))
                {
                    handle.SetData(data);
                    given = true;
                }
            });
        Assert.Equal(given ? IoAsidLookupStatus.Found : IoAsidLookupStatus.NoData, test.Root.Find(Only).Status);
    });

    [Fact]
    public void A_lookup_returns_the_old_data_the_new_data_or_no_data() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        Payload first = new("first");
        Payload second = new("second");
        IoAsidHandle<Payload> handle = test.Root.Allocate(first);
        await Concurrently.Run(
            () => handle.ClearData(),
            () => Assert.Equal(second, SetAndRead(handle, second)),
            () => Assert.NotEqual(IoAsidLookupStatus.NotFound, test.Root.Find(Only).Status));

        static Payload? SetAndRead(IoAsidHandle<Payload> handle, Payload data)
        {
            handle.SetData(data);
            return handle.Data ?? data;
        }
    });

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void A_subset_never_reads_what_a_sibling_puts_under_the_number(bool warm, bool fromAbove) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidSet<Payload> mine = test.Root.CreateSubset<Payload>("mine");
        IoAsidSet<Payload> owner = fromAbove ? mine.CreateSubset<Payload>("below mine") : mine;
        IoAsidSet<Payload> sibling = test.Root.CreateSubset<Payload>("sibling");
        Warm(warm ? [owner, sibling] : [owner]);
        IoAsidHandle<Payload> handle = owner.Allocate(new Payload("mine"));
        await Concurrently.Run(
            () =>
            {
                handle.Free();
                sibling.TryAllocate(new Payload("sibling"), out _, out _);
            },
            () => AssertOnlyOwn(mine, "mine"),
            () => AssertOnlyOwn(sibling, "sibling"));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_number_that_comes_back_is_not_read_in_its_former_set(bool fromAbove) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidSet<Payload> mine = test.Root.CreateSubset<Payload>("mine");
        IoAsidSet<Payload> owner = fromAbove ? mine.CreateSubset<Payload>("below mine") : mine;
        IoAsidSet<Payload> sibling = test.Root.CreateSubset<Payload>("sibling");
        Warm(owner, sibling);
        owner.Allocate(new Payload("mine")).Free();
        await Concurrently.Run(
            () => sibling.Allocate(new Payload("sibling")),
            () => AssertOnlyOwn(mine, "mine"));
    });

    [Fact]
    public void The_next_set_of_a_number_never_reads_the_data_of_the_last_one() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidSet<Payload> last = test.Root.CreateSubset<Payload>("last");
        IoAsidSet<Payload> next = test.Root.CreateSubset<Payload>("next");
        Warm(next, last);
        IoAsidHandle<Payload> handle = last.Allocate(new Payload("last"));
        await Concurrently.Run(
            () =>
            {
                handle.Free();
                next.TryAllocate(new Payload("next"), out _, out _);
            },
            () => Assert.NotEqual("last", next.Find(Only).Data?.Of));
    });

    [Fact]
    public void A_number_without_data_that_comes_back_is_not_held_in_its_former_set() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidSet<Payload> mine = test.Root.CreateSubset<Payload>("mine");
        IoAsidSet<Payload> sibling = test.Root.CreateSubset<Payload>("sibling");
        Warm(sibling, mine);
        await Concurrently.Run(
            () => sibling.Allocate(),
            () => Assert.False(mine.TryHold(Only, out IoAsidReference? _), "Another set's id was held."));
    });

    [Fact]
    public void A_mixture_of_two_handles_frees_no_id() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new();
        IoAsidSet<Payload> mine = test.Root.CreateSubset<Payload>("mine");
        IoAsidSet<Payload> sibling = test.Root.CreateSubset<Payload>("sibling");
        Warm(mine, sibling);
        IoAsidHandle<Payload> mixed = new(mine, new Life(Only.Value, generation: 2));
        await Concurrently.Run(
            () => Assert.Equal(2u, sibling.Allocate(new Payload("sibling")).Generation),
            () => Assert.Equal(IoAsidFreeResult.AlreadyFreed, mixed.Free()));
        Assert.Equal("sibling", sibling.Find(Only).Data?.Of);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_first_id_of_a_second_set_leaves_other_ids_their_set(bool ofAnotherRoot) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new(numbers: 2);
        IoAsidSet<Payload> first = test.Root.CreateSubset<Payload>("first");
        IoAsidSet<Payload> second = ofAnotherRoot ? test.Space.CreateSet<Payload>("second") : test.Root.CreateSubset<Payload>("second");
        IoAsidHandle<Payload> handle = first.Allocate(new Payload("first"));
        await Concurrently.Run(
            () => second.Allocate(new Payload("second")),
            () =>
            {
                Assert.Equal("first", handle.Data?.Of);
                Assert.Equal("first", first.Find(Only).Data?.Of);
                using (IoAsidHold<Payload> hold = first.Hold(Only))
                    Assert.Equal("first", hold.Data.Of);

                AssertOnlyOwn(second, "second");
                Assert.Equal(IoAsidFreeResult.Reclaimed, handle.Free());
            });
    });

    [Fact]
    public void A_page_of_a_set_stays_listed_while_other_pages_are_added() => Scheduling.Exploration.Of(async () =>
    {
        PageSet pages = new();
        pages.Add(3);
        await Concurrently.Run(
            () =>
            {
                pages.Add(5);
                pages.Add(5_000);
            },
            () => AssertListed(pages),
            () => AssertListed(pages));
        Assert.Equal([3u, 5u, 5_000u], pages.InOrder());

        static void AssertListed(PageSet pages)
        {
            PageSet copy = new();
            copy.UnionWith(pages);
            Assert.True(copy.Contains(3) && pages.Contains(3) && pages.InOrder().First() == 3);
        }
    });

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    public void The_index_of_a_set_that_is_gone_opens_no_other_set(uint startGeneration) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new(numbers: 2, startGeneration);
        IoAsidSet<Payload> reading = test.Root.CreateSubset<Payload>("reading");
        IoAsidSet<Payload> foreign = test.Root.CreateSubset<Payload>("foreign");
        IoAsidHandle<Payload> handle = foreign.Allocate(new Payload("foreign"));
        await Concurrently.Run(
            () =>
            {
                handle.Free();
                foreign.Close();
                reading.CreateSubset<Payload>("takes the index").TryAllocate(new Payload("reading"), out _, out _);
            },
            () => AssertOnlyOwn(reading, "reading"));
    });

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    public void A_pending_id_is_never_described_as_that_of_another_set(uint startGeneration) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = new(numbers: 2, startGeneration);
        IoAsidSet<Payload> gone = test.Root.CreateSubset<Payload>("gone");
        IoAsidHandle<Payload> handle = gone.Allocate(new Payload("gone"));
        Assert.True(gone.TryHold(handle.Id, out IoAsidReference<Payload>? last));
        handle.Free();
        await Concurrently.Run(
            () =>
            {
                last.Dispose();
                gone.Close();
                test.Root.CreateSubset<Payload>("takes the index");
            },
            () => Assert.All(test.Space.DescribePending(), pending => Assert.Equal(gone, pending.Set)));
    });

    /// <summary>Asserts that an id which one lookup does not find is not found by a later lookup.</summary>
    private static void AssertNeverBack(IoAsidSet<Payload> set, Payload data)
    {
        bool seen = false;
        bool gone = false;
        for (int i = 0; i < 4; i++)
        {
            IoAsidLookup<Payload> lookup = set.Find(Only);
            Assert.Contains(lookup.Status, (IoAsidLookupStatus[])[.. Gone, IoAsidLookupStatus.Found]);
            Assert.False(lookup.IsFound && (gone || lookup.Data != data), "Data was found after it was gone, or was that of another id.");
            seen |= lookup.IsFound;
            gone |= lookup.Status == IoAsidLookupStatus.FreePending || (seen && !lookup.IsFound) || (seen && !set.Contains(Only));
        }
    }
}
