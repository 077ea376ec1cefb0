using CsCheck;
using IoAsid.Typed.Core;
using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Parts;

/// <summary>The data blocks of a root: chunks where it has few ids, whole pages where it has many ids, and no block where it has no ids.</summary>
public sealed class BlockTests
{
    private static readonly PagePolicy ChunksOnly = new() { WholeAtOnce = 0, IdsPerWholePage = int.MaxValue };

    private readonly HashSet<IoAsidHandle<SvaBinding>> _stale = [];
    private readonly Dictionary<uint, IoAsidHandle<SvaBinding>> _live = [];
    private readonly Dictionary<uint, uint> _generations = [];
    private readonly List<IoAsidSet<SvaBinding>> _closed = [];
    private int _made;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 2)]
    public void A_space_with_any_blocks_answers_as_a_dictionary_does(int mostIdle, int mostChunks)
    {
        // Numbers in two chunks of each of three pages, and in a chunk of a fourth page beyond the first segment of pages.
        Gen<uint> numbers = Gen.Frequency((4, Gen.UInt[0, 40]), (2, Gen.UInt[1_020, 1_060]), (1, Gen.UInt[3_000, 3_005]), (1, Gen.UInt[5u << 20, (5u << 20) + 3]));
        Gen.Select(Gen.Int[0, 7], numbers).Array[1, 120].Sample(steps => new BlockTests().Run(steps, ChunksOnly with { MostChunks = mostChunks, MostIdle = mostIdle }), iter: 100, threads: 1);
    }

    [Fact]
    public void A_page_becomes_whole_with_its_ninth_chunk()
    {
        using IoAsidSpace space = Space(ChunksOnly);
        IoAsidSet<SvaBinding> root = space.CreateSet<SvaBinding>("root");
        for (uint id = 0; id < 8 * DataChunk.Size; id++)
            root.Allocate(new NativeSvaBinding($"{id}"));

        Assert.IsType<DataChunk>(root.Table.Find(0));
        root.Allocate(new NativeSvaBinding("next"));
        Assert.All(Enumerable.Range(0, LifePage.Size), id => Assert.Same(root.OwnPages[0], root.Table.Find((uint)id)));
        Assert.All(Enumerable.Range(0, 8 * DataChunk.Size), id => Assert.Equal($"{id}", root.Find(new RawIoAsid((uint)id)).Data?.Name));
    }

    [Fact]
    public void The_first_pages_and_those_of_dense_ids_are_whole_at_once()
    {
        using IoAsidSpace space = Space(PagePolicy.Default);
        IoAsidSet<SvaBinding> dense = space.CreateSet<SvaBinding>("dense");
        for (uint id = 0; id < 20 * LifePage.Size; id++)
        {
            if (id % 7 < 3)
                dense.Allocate(null, id, id);
        }

        IoAsidSet<SvaBinding>[] sparse = [.. Enumerable.Range(0, 100).Select(_ => space.CreateSet<SvaBinding>("sparse"))];
        Array.ForEach(sparse, set => set.Allocate());
        Assert.All(Enumerable.Range(0, 20), page => Assert.NotNull(dense.OwnPages[page]));
        Assert.Contains(sparse, set => set.OwnPages.Length == 0);
        Assert.Contains(sparse, set => set.OwnPages.Length > 0);
    }

    [Fact]
    public void A_set_finds_no_data_of_a_later_set_that_has_the_index_of_a_third_one()
    {
        using IoAsidSpace space = Space(PagePolicy.Default);
        IoAsidSet<SvaBinding> root = space.CreateSet<SvaBinding>("root");
        IoAsidSet<SvaBinding> former = root.CreateSubset<SvaBinding>("former");
        IoAsidSet<SvaBinding> neighbour = root.CreateSubset<SvaBinding>("neighbour");
        former.Allocate(null, 5, 5).Free();
        neighbour.Allocate(null, 6, 6);

        // The number's last owner is in another tree, and leaves its index to a set of this one.
        IoAsidSet<SvaBinding> elsewhere = space.CreateSet<SvaBinding>("elsewhere");
        int index = elsewhere.Index;
        elsewhere.Allocate(null, 5, 5).Free();
        elsewhere.Close();
        IoAsidSet<SvaBinding> later = root.CreateSubset<SvaBinding>("later");
        Assert.Equal(index, later.Index);
        NativeSvaBinding data = new("later");
        later.Allocate(data, 5, 5);

        Assert.False(former.TryFind(new RawIoAsid(5), out _));
        Assert.False(elsewhere.TryFind(new RawIoAsid(5), out _));
        Assert.Same(data, later.Find(new RawIoAsid(5)).Data);
        Assert.Same(data, root.Find(new RawIoAsid(5)).Data);
    }

    [Fact]
    public void A_page_counts_only_the_ids_that_change_their_owner()
    {
        using IoAsidSpace space = Space(PagePolicy.Default);
        IoAsidSet<SvaBinding> root = space.CreateSet<SvaBinding>("root");
        IoAsidSet<SvaBinding>[] sets = [root.CreateSubset<SvaBinding>("first"), root.CreateSubset<SvaBinding>("second")];
        sets[0].Allocate(null, 5, 5).Free();
        DataPage page = root.OwnPages[0]!;
        Assert.Equal(sets[0].BlockKey, page.Use);

        // From the second set on, the use is even. Each set takes the number twice.
        List<ulong> uses = [];
        foreach (IoAsidSet<SvaBinding> set in (IoAsidSet<SvaBinding>[])[sets[1], sets[1], sets[0], sets[0]])
        {
            set.Allocate(null, 5, 5).Free();
            uses.Add(page.Use);
        }

        Assert.Equal([4ul, 4ul, 6ul, 6ul], uses);
    }

    [Fact]
    public void Sets_with_indexes_of_more_than_16_bits_find_their_own_data()
    {
        using IoAsidSpace space = Space(PagePolicy.Default);
        IoAsidSet<SvaBinding> root = space.CreateSet<SvaBinding>("root");
        IoAsidSet<SvaBinding>[] sets = [.. Enumerable.Range(0, (1 << 16) + 8).Select(_ => root.CreateSubset<SvaBinding>("sub"))];
        IoAsidSet<SvaBinding>[] some = [.. sets[..8], .. sets[^16..]];
        IoAsidSet<SvaBinding> gone = root.CreateSubset<SvaBinding>("gone");
        gone.Close();
        Assert.True(some[^1].Index > ushort.MaxValue);
        for (uint id = 0; id < some.Length; id++)
            some[id].Allocate(new NativeSvaBinding($"{id}"), id, id);

        for (uint id = 0; id < some.Length; id++)
        {
            Assert.Equal($"{id}", some[id].Find(new RawIoAsid(id)).Data?.Name);
            Assert.All(some.Where((_, other) => other != id).Append(gone), other => Assert.False(other.TryFind(new RawIoAsid(id), out _)));
        }
    }

    [Fact]
    public void The_last_blocks_without_ids_stay_for_later_ids()
    {
        using IoAsidSpace space = Space(ChunksOnly with { MostIdle = 2 });
        IoAsidSet<SvaBinding> root = space.CreateSet<SvaBinding>("root");
        IoAsidHandle<SvaBinding>[] handles = [.. new uint[] { 0, 16, 32, 48 }.Select(id => root.Allocate(null, id, id))];
        DataBlock?[] blocks = [.. handles.Select(handle => root.Table.Find(handle.Id.Value))];
        Array.ForEach(handles, handle => handle.Free());
        Assert.Equal([null, null, blocks[2], blocks[3]], handles.Select(handle => root.Table.Find(handle.Id.Value)));

        // A block that has ids again stays when its turn for removal comes.
        root.Allocate(null, 32, 32);
        root.Allocate(null, 64, 64).Free();
        Assert.Same(blocks[2], root.Table.Find(32));
        root.Allocate(null, 80, 80).Free();
        Assert.Null(root.Table.Find(48));
    }

    [Fact]
    public void Generations_continue_after_the_page_of_a_number_was_removed()
    {
        using IoAsidSpace space = Space(ChunksOnly with { MostIdle = 0 });
        IoAsidSet<SvaBinding> root = space.CreateSet<SvaBinding>("root");
        IoAsidHandle<SvaBinding> old = root.Allocate();
        old.Free();
        Assert.Null(space.Lives.Find(old.Id.Value));
        StaleIoAsidException stale = Assert.Throws<StaleIoAsidException>(() => old.Data);
        Assert.Equal((0u, 1u), (stale.Generation, stale.CurrentGeneration));

        IoAsidHandle<SvaBinding> next = root.Allocate();
        Assert.Equal((old.Id, 1u), (next.Id, next.Generation));
        Assert.True(old.IsStale && !next.IsStale);
        Assert.Equal(IoAsidFreeResult.AlreadyFreed, old.Free());
    }

    [Theory]
    [InlineData((1u << 31) - 3, true)]
    [InlineData((1u << 31) - 1, false)]
    [InlineData(uint.MaxValue, false)]
    public void A_page_with_high_generations_stays(uint startGeneration, bool removed)
    {
        using IoAsidSpace space = new(new IoAsidSpaceOptions { StartGeneration = startGeneration, Pages = ChunksOnly with { MostIdle = 0 } });
        IoAsidSet<SvaBinding> root = space.CreateSet<SvaBinding>("root");
        root.Allocate(null, 1, 1).Free();
        Assert.Equal(removed, space.Lives.Find(1) is null);
        Assert.Equal(startGeneration, root.Allocate(null, 2, 2).Generation - (removed ? 1 : 0));
    }

    [Fact]
    public void A_set_that_was_freed_lists_its_later_ids()
    {
        using IoAsidSpace space = Space(ChunksOnly with { MostIdle = 0 });
        IoAsidSet<SvaBinding> root = space.CreateSet<SvaBinding>("root");
        IoAsidSet<SvaBinding> sub = root.CreateSubset<SvaBinding>("sub");
        for (int turn = 0; turn < 3; turn++)
        {
            sub.Allocate(null, 5_000, 5_000);
            root.Allocate(null, 5_001, 5_001);
            Assert.Equal([5_000u], sub.Ids.Select(id => id.Value));
            Assert.Equal([5_000u, 5_001u], root.Ids.Select(id => id.Value));
            root.FreeAll();
            Assert.Empty(root.Ids);
            Assert.Null(space.Lives.Find(5_000));
        }
    }

    [Fact]
    public void A_closed_root_leaves_no_blocks()
    {
        using IoAsidSpace space = new();
        for (int turn = 0; turn < 3; turn++)
        {
            IoAsidSet<SvaBinding> root = space.CreateSet<SvaBinding>("root");
            for (uint id = 5; id < 20_000; id += 500)
                root.Allocate(null, id, id);

            root.Close();
            root.FreeAll();
            Assert.Empty(space.Tree.Roots());
            Assert.All(Enumerable.Range(0, 20), page => Assert.Null(space.Lives.FindPage((uint)page)));
        }
    }

    private static IoAsidSpace Space(PagePolicy policy) =>
        new(new IoAsidSpaceOptions { ReservedNumbers = [], Capacity = IoAsidSpaceOptions.MaxCapacity, Pages = policy });

    private void Run((int Verb, uint Number)[] steps, PagePolicy policy)
    {
        using IoAsidSpace space = Space(policy);
        IoAsidSet<SvaBinding>[] roots = [space.CreateSet<SvaBinding>("one"), space.CreateSet<SvaBinding>("other")];
        IoAsidSet<SvaBinding>[] sets = [.. roots, Below(roots[0]), Below(roots[0]), Below(roots[1])];
        foreach ((int verb, uint number) in steps)
        {
            if (verb < sets.Length)
                Allocate(sets[verb], number);
            else if (verb == sets.Length)
                Replace(ref sets[roots.Length + (number % 3)], roots[number % 2]);
            else
                Free(number);

            AssertAnswers([.. sets, .. _closed.TakeLast(3)], number);
        }

        Array.ForEach([.. _live.Keys], Free);
        Assert.All(steps, step => AssertAnswers([.. sets, .. _closed], step.Number));
        Assert.Equal(0, space.GetStatistics().Outstanding);
        int blocks = steps.Select(step => step.Number).SelectMany(number => roots.Select(root => root.Table.Find(number))).Distinct().Count(block => block is not null);
        Assert.True(blocks <= policy.MostIdle, $"{blocks} blocks are left.");
    }

    private IoAsidSet<SvaBinding> Below(IoAsidSet<SvaBinding> parent) => parent.CreateSubset<SvaBinding>($"below {_made++}");

    /// <summary>Closes a set, and makes another one, which gets the index of the closed set.</summary>
    private void Replace(ref IoAsidSet<SvaBinding> set, IoAsidSet<SvaBinding> parent)
    {
        IoAsidSet<SvaBinding> closed = set;
        int index = closed.Index;
        Array.ForEach([.. _live.Where(entry => entry.Value.Set == closed).Select(entry => entry.Key)], Free);
        closed.Close();
        _closed.Add(closed);
        set = Below(parent);
        Assert.Equal(index, set.Index);
    }

    private void Allocate(IoAsidSet<SvaBinding> set, uint number)
    {
        bool allocated = set.TryAllocate(new NativeSvaBinding($"{set.Name} {number}"), number, number, out IoAsidHandle<SvaBinding> handle, out _);
        Assert.Equal(!_live.ContainsKey(number), allocated);
        if (allocated)
        {
            Assert.True(!_generations.TryGetValue(number, out uint last) || handle.Generation > last);
            _generations[number] = handle.Generation;
            _live.Add(number, handle);
        }
    }

    private void Free(uint number)
    {
        if (_live.Remove(number, out IoAsidHandle<SvaBinding> handle))
        {
            Assert.Equal(IoAsidFreeResult.Reclaimed, handle.Free());
            _stale.Add(handle);
        }
    }

    private void AssertAnswers(IoAsidSet<SvaBinding>[] sets, uint number)
    {
        bool live = _live.TryGetValue(number, out IoAsidHandle<SvaBinding> handle);
        foreach (IoAsidSet<SvaBinding> set in sets)
        {
            bool own = live && handle.Set.IsWithin(set);
            Assert.Equal(own, set.TryFind(new RawIoAsid(number), out SvaBinding? data));
            Assert.Equal(own ? $"{handle.Set.Name} {number}" : null, data?.Name);
            Assert.Equal(own ? IoAsidLookupStatus.Found : live ? IoAsidLookupStatus.OtherSet : IoAsidLookupStatus.NotFound, set.Find(new RawIoAsid(number)).Status);
            using (IoAsidHold<SvaBinding> hold = set.Hold(new RawIoAsid(number)))
                Assert.Equal(own ? data : null, hold.IsHeld ? hold.Data : null);

            if (set.Parent is null)
                Assert.Equal(_live.Where(entry => entry.Value.Set.Root == set).Select(entry => entry.Key).Order(), set.Ids.Select(id => id.Value));
        }

        // A page of several sets has the owner of each live id, so that a lookup through the owner needs no life word.
        if (live && handle.Set.Table.Find(number) is DataPage page)
            Assert.True(page.IsOnlyOf(handle.Set) || page.Owner(number) == handle.Set.Index, $"The page has the owner {page.Owner(number)}.");

        Assert.All(_stale, stale => Assert.True(stale.IsStale));
    }
}
