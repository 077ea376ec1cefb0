using IoAsid.Typed.Core;
using IoAsid.Typed.Exploration.Scheduling;
using static IoAsid.Typed.Exploration.Scenarios.TestSpace;

namespace IoAsid.Typed.Exploration.Scenarios;

/// <summary>The second chunk of a page makes the page whole, and a block is removed with its last id, while other threads use the same numbers.</summary>
public sealed class BlockScenarios
{
    // A page that replaces chunks reads each slot of a chunk, and each read is a step.
    private const uint ManySteps = 10;

    /// <summary>A number of the second chunk.</summary>
    private const uint Beside = DataChunk.Size + 1;

    private static readonly PagePolicy Tight = new() { WholeAtOnce = 0, IdsPerWholePage = int.MaxValue, MostChunks = 1, MostIdle = 0 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_id_is_found_and_held_while_its_data_moves(bool ofSubset) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New();
        IoAsidSet<Payload> set = ofSubset ? test.Root.CreateSubset<Payload>("subset") : test.Root;
        Payload data = new("moved");
        IoAsidHandle<Payload> handle = set.Allocate(data);
        void Look()
        {
            Assert.True(set.TryFind(Only, out Payload? found) && found == data);
            using IoAsidHold<Payload> hold = set.Hold(Only);
            Assert.True(hold.IsHeld && hold.Data == data);
            Assert.Equal(data, handle.Data);
            Assert.True(set.TryGetHandle(Only, out IoAsidHandle<Payload> same) && same == handle);
        }

        await Concurrently.Run(() => AllocateBeside(test.Root), Look, Look);
        AssertEmptyAfterFrees(test);
    }, ManySteps);

    [Fact]
    public void Data_that_is_set_during_a_move_is_not_lost() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New();
        Payload second = new("second");
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("first"));
        await Concurrently.Run(
            () => AllocateBeside(test.Root),
            () =>
            {
                handle.SetData(second);
                Assert.Equal(second, test.Root.Find(Only).Data);
                handle.ClearData();
                Assert.Equal(IoAsidLookupStatus.NoData, test.Root.Find(Only).Status);
                handle.SetData(second);
            },
            () => Assert.Contains(test.Root.Find(Only).Status, (IoAsidLookupStatus[])[IoAsidLookupStatus.Found, IoAsidLookupStatus.NoData]));
        Assert.Equal(second, test.Root.Find(Only).Data);
        AssertEmptyAfterFrees(test);
    }, ManySteps);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_data_is_found_after_a_free_during_a_move(bool held) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New();
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("freed"));
        IoAsidReference<Payload>? reference = null;
        Assert.True(!held || test.Root.TryHold(Only, out reference));
        await Concurrently.Run(
            () => AllocateBeside(test.Root),
            () =>
            {
                Assert.Equal(held ? IoAsidFreeResult.Pending : IoAsidFreeResult.Reclaimed, handle.Free());
                Assert.False(test.Root.TryFind(Only, out _));
                reference?.Dispose();
                Assert.False(test.Root.TryFind(Only, out _));
            },
            () => Assert.False(handle.IsStale && test.Root.TryFind(Only, out _)));
        AssertEmptyAfterFrees(test);
    }, ManySteps);

    [Fact]
    public void Two_ids_allocated_during_a_move_are_both_found() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New();
        test.Root.Allocate(new Payload("first"));
        void Allocate(uint number)
        {
            Payload data = new("new");
            IoAsidHandle<Payload> handle = test.Root.Allocate(data, number, number);
            Assert.Equal(data, test.Root.Find(handle.Id).Data);
        }

        await Concurrently.Run(() => Allocate(Beside), () => Allocate(2));
        Assert.All((uint[])[1, 2, Beside], number => Assert.True(test.Root.TryFind(new RawIoAsid(number), out _)));
        AssertEmptyAfterFrees(test);
    }, ManySteps);

    [Fact]
    public void A_binding_keeps_its_id_through_a_move() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New();
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("bound"));
        await Concurrently.Run(
            () => AllocateBeside(test.Root),
            () =>
            {
                IoAsidBinding binding = handle.Bind();
                Assert.Equal(IoAsidFreeResult.Pending, handle.Free());
                Assert.Equal(IoAsidLookupStatus.FreePending, test.Root.Find(Only).Status);
                Drain.Complete(binding);
            });
        AssertEmptyAfterFrees(test);
    }, ManySteps);

    [Fact]
    public void A_sibling_that_takes_a_moved_number_is_not_read_in_its_former_set() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New();
        IoAsidSet<Payload> mine = test.Root.CreateSubset<Payload>("mine");
        IoAsidSet<Payload> sibling = test.Root.CreateSubset<Payload>("sibling");
        IoAsidHandle<Payload> handle = mine.Allocate(new Payload("mine"));
        await Concurrently.Run(
            () =>
            {
                AllocateBeside(sibling);
                handle.Free();
                sibling.TryAllocate(new Payload("sibling"), 1, 1, out _, out _);
            },
            () => AssertOnlyOwn(mine, "mine"),
            () => AssertOnlyOwn(sibling, "sibling"));
        AssertEmptyAfterFrees(test);
    }, ManySteps);

    [Fact]
    public void A_number_that_is_allocated_during_a_move_leaves_its_former_set() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New();
        IoAsidSet<Payload> former = test.Root.CreateSubset<Payload>("former");
        IoAsidSet<Payload> next = test.Root.CreateSubset<Payload>("next");
        IoAsidHandle<Payload> handle = former.Allocate(new Payload("former"), 1, 1);
        former.Allocate(new Payload("former"), 2, 2);
        handle.Free();
        await Concurrently.Run(
            () => next.Allocate(new Payload("next"), 1, 1),
            () => AllocateBeside(former));

        Assert.False(former.TryFind(new RawIoAsid(1), out _));
        Assert.True(next.TryFind(new RawIoAsid(1), out _));
        AssertEmptyAfterFrees(test);
    });

    [Theory]
    [InlineData(2u)]
    [InlineData(Beside)]
    public void An_id_allocated_while_its_block_is_removed_is_found(uint number) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New();
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("last"));
        Payload data = new("next");
        await Concurrently.Run(
            () => Assert.Equal(IoAsidFreeResult.Reclaimed, handle.Free()),
            () =>
            {
                IoAsidHandle<Payload> next = test.Root.Allocate(data, number, number);
                Assert.Equal(data, test.Root.Find(next.Id).Data);
                Assert.Equal(data, next.Data);
            },
            () => Assert.False(handle.IsStale && test.Root.TryFind(Only, out _)));
        Assert.Equal(data, test.Root.Find(new RawIoAsid(number)).Data);
        AssertEmptyAfterFrees(test);
    }, ManySteps);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stale_handle_stays_stale_after_its_page_was_removed(bool whole) => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New(whole ? 1 : 0);
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("first"));
        await Concurrently.Run(
            () =>
            {
                handle.Free();
                IoAsidHandle<Payload> next = test.Root.Allocate(new Payload("second"), 1, 1);
                Assert.True(next.Generation > handle.Generation);
                Assert.Equal("second", next.Data?.Of);
            },
            () => AssertStaleIsFinal(handle),
            () =>
            {
                Payload? found = test.Root.Find(Only).Data;
                Assert.True(found?.Of != "first" || !handle.IsStale || test.Root.Find(Only).Data != found);
            });
        Assert.Equal("second", test.Root.Find(Only).Data?.Of);
        Assert.Throws<StaleIoAsidException>(() => handle.Data);
        AssertEmptyAfterFrees(test);
    }, ManySteps);

    [Fact]
    public void Roots_that_share_the_words_of_a_page_come_and_go_apart() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New();
        IoAsidSet<Payload> other = test.Space.CreateSet<Payload>("other");
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("root"));
        void ComeAndGo(uint number)
        {
            IoAsidHandle<Payload> made = other.Allocate(new Payload("other"), number, number);
            using (IoAsidHold<Payload> hold = other.Hold(made.Id))
                Assert.True(hold.IsHeld);

            Assert.Equal(IoAsidFreeResult.Reclaimed, made.Free());
            Assert.True(made.IsStale);
        }

        await Concurrently.Run(() => handle.Free(), () => ComeAndGo(2), () => ComeAndGo(Beside));
        AssertEmptyAfterFrees(test);
    }, ManySteps);

    [Fact]
    public void A_hold_outlives_the_other_ids_of_a_page_that_is_removed() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New();
        IoAsidHandle<Payload> handle = test.Root.Allocate(new Payload("held"));
        IoAsidHandle<Payload> beside = test.Root.Allocate(new Payload("beside"), Beside, Beside);
        await Concurrently.Run(
            () => handle.Free(),
            () => beside.Free(),
            () =>
            {
                using IoAsidHold<Payload> hold = test.Root.Hold(Only);
                Assert.True(!hold.IsHeld || hold.Data.Of == "held");
                Assert.False(hold.IsHeld && test.Root.TryAllocate(new Payload("next"), 1, 1, out _, out _), "The number of a held id was allocated again.");
            });
        AssertEmptyAfterFrees(test);
    }, ManySteps);

    [Fact]
    public void A_set_is_listed_and_freed_while_its_pages_come_and_go() => Scheduling.Exploration.Of(async () =>
    {
        TestSpace test = New(numbers: 3);
        test.Root.Allocate(new Payload("listed"), 3, 3);
        await Concurrently.Run(
            () => test.Root.Allocate(new Payload("short"), 1, 1).Free(),
            () => Assert.All(test.Root.Entries(), entry => Assert.True(entry.Id.Value is 1 or 3)),
            test.Root.FreeAll);
        AssertEmptyAfterFrees(test);
    }, share: 20);

    private static void FreeAll(IoAsidSet<Payload> set)
    {
        foreach (uint number in (uint[])[1, 2, 3, Beside])
        {
            if (set.TryGetHandle(new RawIoAsid(number), out IoAsidHandle<Payload> handle))
                handle.Free();
        }
    }

    private static TestSpace New(int wholeAtOnce = 0, int numbers = (int)Beside) => new(numbers, pages: Tight with { WholeAtOnce = wholeAtOnce });

    private static void AllocateBeside(IoAsidSet<Payload> set) => set.Allocate(new Payload(set.Name), Beside, Beside);

    private static void AssertStaleIsFinal(IoAsidHandle<Payload> handle)
    {
        bool stale = false;
        for (int i = 0; i < 3; i++)
        {
            try
            {
                handle.SetData(new Payload("first"));
                Assert.False(stale, "A stale handle wrote data.");
            }
            catch (StaleIoAsidException)
            {
                stale = true;
            }

            Assert.False(stale && !handle.IsStale, "A stale handle became valid.");
        }
    }

    /// <summary>Asserts that the space keeps nothing after all ids are freed.</summary>
    private static void AssertEmptyAfterFrees(TestSpace test)
    {
        // FreeAll would read the word of every number of a page, and each read is a step.
        foreach (IoAsidSet<Payload> root in test.Space.Tree.Roots().Cast<IoAsidSet<Payload>>())
        {
            foreach (IoAsidSet<Payload> set in root.Children.Cast<IoAsidSet<Payload>>().Append(root))
                FreeAll(set);
        }

        Assert.Equal(0, test.Space.Pool.Outstanding);
        Assert.Equal(0, test.Space.Pool.Capacity.Used);
        Assert.Null(test.Space.Lives.Find(1));
        Assert.All(test.Space.Tree.Roots(), root => Assert.Null(root.Table.Find(1)));
    }
}
